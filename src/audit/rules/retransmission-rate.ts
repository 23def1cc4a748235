import type { EndTotals } from '../../tracker/host-totals.ts'
import { HostMembers } from '../host-members.ts'
import { defineRule } from '../rule.ts'
import { count, share } from '../rule-options.ts'

/** Numbers of a path. Segments of ends that sent data. */
const SEGMENTS = 0
const TIMEOUTS = 1
const FAST = 2
const PROBES = 3
const SPURIOUS = 4
const SYNS = 5
const FINS = 6
/** When the last connection ended in which anything was sent again. */
const LAST = 7
const NUMBERS = 8

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
    function isTroubled(numbers: Float64Array, at: number): boolean {
      return resendsOf(numbers, at) >= few
    }

    const paths = context.rows('path', NUMBERS, () => new HostMembers())

    return {
      closed(event) {
        const { client, server, end } = event
        if (client.payloadBytes + server.payloadBytes === 0) return
        // Two connections taken for one repeat each other.
        if (event.vlanCollision) return // mutant: equivalent, because ladders have no VLANs of their own
        const at = paths.of(client, server)
        const { numbers } = paths
        const before = resendsOf(numbers, at)
        add(numbers, at, client)
        add(numbers, at, server)
        const again = Math.max(0, event.synCopies - 1) + Math.max(0, event.synAckCopies - 1)
        numbers[at + SYNS] = (numbers[at + SYNS] as number) + again
        if (resendsOf(numbers, at) === before) return
        paths.keep(at, isTroubled(numbers, at))
        paths.extra(at).add(event)
        numbers[at + LAST] = Math.max(numbers[at + LAST] as number, end)
      },
      end() {
        const { numbers } = paths
        for (const { end: host, other: peer, value: at } of paths.entries(isTroubled)) {
          const troubled = paths.extra(at)
          const resends = resendsOf(numbers, at)
          const segments = numbers[at + SEGMENTS] as number
          const last = numbers[at + LAST] as number
          if (segments < least || resends <= most * segments) continue
          context.report('lossy', {
            time: last,
            firstSeen: troubled.first,
            data: {
              resends,
              segments,
              share: resends / segments,
              timeouts: numbers[at + TIMEOUTS] as number,
              fast: numbers[at + FAST] as number,
              probes: numbers[at + PROBES] as number,
              spurious: numbers[at + SPURIOUS] as number,
              syns: numbers[at + SYNS] as number,
              fins: numbers[at + FINS] as number,
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

function add(numbers: Float64Array, at: number, end: EndTotals): void {
  // No more than these carried data; bare acknowledgments may be among them: the share is rather too small.
  numbers[at + SEGMENTS] = (numbers[at + SEGMENTS] as number) + Math.min(end.packets, end.payloadBytes)
  numbers[at + TIMEOUTS] = (numbers[at + TIMEOUTS] as number) + end.dataTimeouts
  // What was too large for the way is sent again in smaller pieces: that is how its size is found, and no loss.
  if (!end.mtuLowered) numbers[at + FAST] = (numbers[at + FAST] as number) + end.dataFastResends
  numbers[at + PROBES] = (numbers[at + PROBES] as number) + end.dataProbes
  numbers[at + SPURIOUS] = (numbers[at + SPURIOUS] as number) + end.dataSpurious
  numbers[at + FINS] = (numbers[at + FINS] as number) + end.finResends
}

function resendsOf(numbers: Float64Array, at: number): number {
  const slow = (numbers[at + TIMEOUTS] as number) + (numbers[at + PROBES] as number)
  return slow + (numbers[at + FAST] as number) + (numbers[at + SPURIOUS] as number)
}
