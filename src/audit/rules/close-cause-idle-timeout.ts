import { silenceOfServer } from '../close-cause.ts'
import { type IdleClose, idleCluster } from '../idle-cluster.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

/** Closes of one listener that are looked into, and FINs shown. */
const MOST_CLOSES = 1000
const MOST_SHOWN = 8

export default defineRule({
  id: 'close-cause-idle-timeout',
  scope: 'host',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A server closes first when a connection has been idle for a constant time: a keep-alive timeout.',
  references: ['RFC 9112 §9.5', 'RFC 9293 §3.6.1'],
  options: {
    least: count(5, 'closes after the same silence'),
    most: share(0.8, 'share they have of the listener’s closes behind a silence'),
    idle: seconds(1, 'silence that makes a close the end of an idle connection'),
    spread: share(0.1, 'how much longer the longest of these silences may be than the shortest'),
  },
  messages: { closes: { idle: 'duration', width: 'duration', alike: 'count', closed: 'count' } },
  notes: { fin: { silence: 'duration' } },
  unreliableWhen: ['one-sided', 'loss', 'midstream'],
  create(context) {
    const { least, most, idle, spread } = context.options
    const listeners = context.places(
      'listener',
      () => new ListenerCloses(),
      // mutant: equivalent, because it decides only which of too many listeners are forgotten
      ({ closes }) => (closes?.length ?? 0) >= least,
    )
    return {
      firstFin(event) {
        const silence = silenceOfServer(event)
        if (silence === undefined || silence < idle) return
        const { connection, server, packet, time } = event
        const listener = listeners.of(server)
        listener.closes ??= []
        const { closes } = listener
        // mutant: equivalent, because more than that many tell nothing new
        if (closes.length < MOST_CLOSES) closes.push({ silence, time, connection, packet })
      },
      end() {
        for (const { end, value } of listeners.entries()) {
          const { closes = [] } = value
          const cluster = idleCluster(closes, spread)
          if (cluster === undefined) continue
          const alike = cluster.closes.length
          if (alike < least || alike < most * closes.length) continue
          const inOrder = cluster.closes.toSorted((a, b) => a.packet - b.packet)
          context.report('closes', {
            time: Math.max(...inOrder.map(({ time }) => time)),
            firstSeen: Math.min(...inOrder.map(({ time }) => time)),
            data: { idle: cluster.median, width: cluster.width, alike, closed: closes.length },
            evidence: inOrder
              .slice(0, MOST_SHOWN)
              .map((close) => context.note('fin', close, 'server', { silence: close.silence })),
            connections: inOrder.map(({ connection }) => connection).sort((a, b) => a - b),
            count: alike,
            host: end,
            confidence: 'likely',
            blame: 'server',
          })
        }
      },
    }
  },
})

/** None as long as it has closed nothing behind a silence. */
class ListenerCloses {
  closes: IdleClose[] | undefined

  clear(): void {
    this.closes = undefined
  }
}
