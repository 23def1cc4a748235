import type { HostClosed } from '../../tracker/host-events.ts'
import { ESTABLISHED } from '../../tracker/tcp-state.ts'
import type { EndEntry } from '../end-table.ts'
import { idleCluster } from '../idle-cluster.ts'
import { IdleFates, restartsFor } from '../idle-deaths.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'
import { SurvivedSilences } from '../survived-silences.ts'

/** Pairs of a client's host and a listener whose silences are remembered. */
const MOST_PAIRS = 4096
/** Deaths that are shown. */
const MOST_SHOWN = 8

export default defineRule({
  id: 'idle-timeout-middlebox',
  scope: 'host',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary:
    'Connections that were silent for long are dead though neither end has closed them: something on the way forgets them.',
  references: ['RFC 5382 §5', 'RFC 2979', 'Linux nf_conntrack_proto_tcp.c'],
  tunables: [
    { name: 'net.netfilter.nf_conntrack_tcp_timeout_established', default: '432000 s' },
    { name: 'net.ipv4.tcp_keepalive_time', default: '7200 s' },
  ],
  options: {
    least: count(5, 'connections that died behind a silence'),
    most: share(0.8, 'share they have of the connections between both hosts that died'),
    idle: seconds(1, 'silence behind which a death is that of an idle connection'),
    survived: count(3, 'shorter silences that must have done no harm'),
    moments: count(3, 'restarts of a host that it would take to explain the deaths otherwise'),
    tries: count(3, 'how often what is never answered must have been sent again'),
    spread: share(
      0.1,
      'how much longer the longest silence before a reset that nothing drew may be than the shortest',
    ),
  },
  messages: {
    forgotten: {
      client: 'host',
      longest: 'duration',
      shortest: 'duration',
      died: 'count',
      reset: 'count',
      survived: 'count',
      restarts: 'count',
    },
    expired: { client: 'host', idle: 'duration', width: 'duration', alike: 'count' },
  },
  notes: {
    death: { silence: 'duration', tries: 'count' },
    survived: { silence: 'duration' },
    expiry: { silence: 'duration' },
  },
  unreliableWhen: ['one-sided', 'loss'],
  create(context) {
    const { least, most, idle, survived, moments, tries, spread } = context.options
    const pairs = context.places(
      'pair',
      () => new IdleFates(),
      // mutant: equivalent, because it decides only which of too many pairs are forgotten
      ({ deaths, expiries }) => deaths !== undefined || expiries !== undefined,
    )

    const survivedBy = new SurvivedSilences(MOST_PAIRS)

    /** What is sent again and again behind a silence, to a host that had closed nothing. */
    function noteUnanswered(event: HostClosed, role: 'client' | 'server'): void {
      const end = event[role]
      const peer = event[role === 'client' ? 'server' : 'client']
      if (end.tries < tries || peer.lastTime > end.triesSince || peer.finSent || !peer.seen) return
      const { connection } = event
      const fates = pairs.of(event.client, event.server)
      const { silenceBefore: silence, triesSince: time, triesPacket: packet } = end
      if (silence < idle) fates.others++
      else fates.die({ silence, time, connection, packet, from: role, tries: end.tries })
    }

    function reportExpired({ end: client, other, value: { expiries = [] } }: EndEntry<IdleFates>): boolean {
      const cluster = idleCluster(expiries, spread)
      if (cluster === undefined || cluster.closes.length < Math.max(least, most * expiries.length))
        return false
      const inOrder = cluster.closes.toSorted((a, b) => a.packet - b.packet)
      const alike = inOrder.length
      context.report('expired', {
        ...span(inOrder),
        data: { client, idle: cluster.median, width: cluster.width, alike },
        evidence: inOrder
          .slice(0, MOST_SHOWN)
          .map((expiry) => context.note('expiry', expiry, null, { silence: expiry.silence })),
        connections: inOrder.map(({ connection }) => connection),
        count: alike,
        host: other,
        peer: client,
        confidence: 'likely',
        blame: 'middlebox',
      })
      return true
    }

    function reportForgotten({ end: client, other, value }: EndEntry<IdleFates>): void {
      const { deaths = [], others } = value
      const harmless = survivedBy.of(client, other)
      if (harmless === undefined || harmless.count < survived) return
      const { longest } = harmless
      const beyond = deaths.filter(({ silence }) => silence > longest.silence)
      if (beyond.length < Math.max(least, most * (deaths.length + others))) return
      const restarts = restartsFor(beyond)
      if (restarts < moments) return
      const inOrder = beyond.toSorted((a, b) => a.packet - b.packet)
      context.report('forgotten', {
        ...span(inOrder),
        data: {
          client,
          longest: longest.silence,
          shortest: Math.min(...inOrder.map(({ silence }) => silence)),
          died: inOrder.length,
          reset: inOrder.filter((death) => death.tries === 0).length,
          survived: harmless.count,
          restarts,
        },
        evidence: [
          context.note('survived', longest, null, { silence: longest.silence }),
          ...inOrder
            .slice(0, MOST_SHOWN)
            .map(({ silence, tries: sent, ...at }) =>
              context.note('death', at, at.from, { silence, tries: sent }),
            ),
        ],
        connections: inOrder.map(({ connection }) => connection).sort((a, b) => a - b),
        count: inOrder.length,
        host: other,
        peer: client,
        confidence: 'likely',
        blame: 'middlebox',
      })
    }

    return {
      awoke(event) {
        survivedBy.add(event.client, event.server, event)
      },
      reset(event) {
        if (event.before !== ESTABLISHED || event.peerBefore !== ESTABLISHED) return
        const { client, server, role: from, unanswered, silence, window, fromElsewhere } = event
        const { time, packet, connection } = event
        // A socket of its own sends its window: it is alive, and aborts.
        if (unanswered >= idle && (window === 0 || fromElsewhere)) {
          pairs.of(client, server).die({ silence: unanswered, time, connection, packet, from, tries: 0 })
        } else if (silence >= idle && fromElsewhere) {
          pairs.of(client, server).expire({ silence, time, connection, packet })
        }
      },
      closed(event) {
        noteUnanswered(event, 'client')
        noteUnanswered(event, 'server')
      },
      end() {
        for (const entry of pairs.entries()) if (!reportExpired(entry)) reportForgotten(entry)
      },
    }
  },
})

function span(deaths: readonly { readonly time: number }[]): { time: number; firstSeen: number } {
  const times = deaths.map(({ time }) => time)
  return { time: Math.max(...times), firstSeen: Math.min(...times) }
}
