import type { EndTotals } from '../../tracker/host-totals.ts'
import { isInOrder } from '../end-order.ts'
import { EndTable } from '../end-table.ts'
import { HostMembers } from '../host-members.ts'
import { defineRule } from '../rule.ts'
import { count, share } from '../rule-options.ts'

/** Paths watched at once. */
const MOST_PATHS = 4096

class Path {
  /** Segments of ends that sent data. */
  segments = 0
  timeouts = 0
  fast = 0
  probes = 0
  spurious = 0
  syns = 0
  fins = 0
  readonly troubled = new HostMembers()
  last = 0

  clear(): void {
    this.segments = 0
    this.timeouts = 0
    this.fast = 0
    this.probes = 0
    this.spurious = 0
    this.syns = 0
    this.fins = 0
    this.troubled.clear()
    this.last = 0
  }
}

export default defineRule({
  id: 'retransmission-rate',
  scope: 'host',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Between two hosts more than one data segment in a hundred is sent again.',
  references: ['RFC 6298', 'RFC 6675', 'RFC 8985', 'Linux tcp_retransmit_skb'],
  tunables: [
    { name: 'net.ipv4.tcp_recovery', default: '1 (RACK)' },
    { name: 'net.ipv4.tcp_early_retrans', default: '3 (tail loss probes)' },
  ],
  options: {
    most: share(0.01, 'share of data segments that may be sent again'),
    least: count(20, 'segments below which nothing is said'),
    resends: count(5, 'segments sent again below which nothing is said'),
  },
  messages: {
    lossy: {
      resends: 'count',
      segments: 'count',
      share: 'share',
      timeouts: 'count',
      fast: 'count',
      probes: 'count',
      spurious: 'count',
      syns: 'count',
      fins: 'count',
      lasted: 'duration',
    },
  },
  notes: { connection: {} },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'snaplen', 'one-sided'],
  create(context) {
    const { most, least, resends: few } = context.options
    const paths = new EndTable(
      MOST_PATHS,
      () => new Path(),
      // mutant: equivalent, because it decides only which of too many paths are forgotten
      (path) => resendsOf(path) >= few,
    )

    return {
      closed(event) {
        const { client, server, end } = event
        if (client.payloadBytes + server.payloadBytes === 0) return
        // Two connections taken for one repeat each other.
        if (event.vlanCollision) return // mutant: equivalent, because ladders have no VLANs of their own
        // mutant: equivalent, because it decides only which of both hosts is named first
        const path = isInOrder(client, server)
          ? paths.of(client, 0, server, 0)
          : paths.of(server, 0, client, 0)
        const before = resendsOf(path)
        for (const each of [client, server]) add(path, each)
        path.syns += Math.max(0, event.synCopies - 1) + Math.max(0, event.synAckCopies - 1)
        if (resendsOf(path) === before) return
        path.troubled.add(event)
        path.last = Math.max(path.last, end)
      },
      end() {
        for (const { end: host, other: peer, value: path } of paths.entries()) {
          const resends = resendsOf(path)
          const { segments, timeouts, fast, probes, spurious, syns, fins, troubled, last } = path
          if (resends < few || segments < least || resends <= most * segments) continue
          context.report('lossy', {
            time: last,
            firstSeen: troubled.first,
            data: {
              resends,
              segments,
              share: resends / segments,
              timeouts,
              fast,
              probes,
              spurious,
              syns,
              fins,
              lasted: last - troubled.first,
            },
            evidence: troubled.beginnings.map((syn) => context.note('connection', syn, null, {})),
            connections: troubled.connections,
            count: troubled.count,
            host,
            peer,
            blame: 'network',
          })
        }
      },
    }
  },
})

function add(path: Path, end: EndTotals): void {
  // No more than these carried data; bare acknowledgments may be among them: the share is rather too small.
  path.segments += Math.min(end.packets, end.payloadBytes)
  path.timeouts += end.dataTimeouts
  // What was too large for the way is sent again in smaller pieces: that is how its size is found, and no loss.
  if (!end.mtuLowered) path.fast += end.dataFastResends
  path.probes += end.dataProbes
  path.spurious += end.dataSpurious
  path.fins += end.finResends
}

function resendsOf({ timeouts, fast, probes, spurious }: Path): number {
  return timeouts + fast + probes + spurious
}
