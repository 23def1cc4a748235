import { silenceOfServer } from '../close-cause.ts'
import { HostMembers } from '../host-members.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

export default defineRule({
  id: 'close-cause-no-keepalive',
  scope: 'host',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A server closes first after a single exchange, again and again.',
  references: ['RFC 9112 §9.3', 'RFC 9112 §9.6', 'RFC 9293 §3.6.1'],
  options: {
    least: count(20, 'connections of one listener that it closed after one exchange'),
    most: share(0.9, 'share they have of its connections with an exchange that somebody closed'),
    prompt: seconds(0.5, 'silence behind the answer up to which it closes at once'),
  },
  messages: { closes: { single: 'count', closed: 'count', within: 'duration' } },
  notes: { fin: {} },
  unreliableWhen: ['one-sided', 'loss', 'midstream'],
  create(context) {
    const { least, most, prompt } = context.options
    const listeners = context.places(
      'listener',
      () => new ListenerCloses(),
      // mutant: equivalent, because it decides only which of too many listeners are forgotten
      ({ single }) => single.count >= least,
    )
    return {
      firstFin(event) {
        const { connection, server, exchanges, packet: firstPacket, time: start } = event
        if (exchanges === 0) return
        const listener = listeners.of(server)
        listener.closed++
        const silence = silenceOfServer(event)
        if (silence === undefined || exchanges !== 1 || silence > prompt) return
        listener.single.add({ connection, firstPacket, start })
      },
      end() {
        for (const { end, value } of listeners.entries()) {
          const { single, closed } = value
          if (single.count < least || single.count < most * closed) continue
          const { count, first, last, connections, beginnings } = single
          context.report('closes', {
            time: last,
            firstSeen: first,
            data: { single: count, closed, within: last - first },
            evidence: beginnings.map((fin) => context.note('fin', fin, 'server', {})),
            connections,
            count,
            host: end,
            confidence: 'likely',
            blame: 'server',
          })
        }
      },
    }
  },
})

class ListenerCloses {
  readonly single = new HostMembers()
  /** Connections with an exchange that somebody closed. */
  closed = 0

  clear(): void {
    this.single.clear()
    this.closed = 0
  }
}
