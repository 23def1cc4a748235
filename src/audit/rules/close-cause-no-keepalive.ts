import { silenceOfServer } from '../close-cause.ts'
import { HostMembers } from '../host-members.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

/** Numbers of a listener: its connections with an exchange that somebody closed; those that it closed behind a single one. */
const CLOSED = 0
const SINGLE = 1
const NUMBERS = 2

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
    function isEnough(numbers: Float64Array, at: number): boolean {
      return (numbers[at + SINGLE] as number) >= least
    }

    const listeners = context.rows('listener', NUMBERS, () => new HostMembers())
    return {
      firstFin(event) {
        const { connection, server, exchanges, packet: firstPacket, time: start } = event
        if (exchanges === 0) return
        const at = listeners.of(server)
        const { numbers } = listeners
        numbers[at + CLOSED] = (numbers[at + CLOSED] as number) + 1
        if (exchanges !== 1) return
        const silence = silenceOfServer(event)
        if (silence === undefined || silence > prompt) return
        numbers[at + SINGLE] = (numbers[at + SINGLE] as number) + 1
        listeners.keep(at, isEnough(numbers, at))
        listeners.extra(at).add({ connection, firstPacket, start })
      },
      end() {
        for (const { end, value: at } of listeners.entries(isEnough)) {
          const single = listeners.numbers[at + SINGLE] as number
          const closed = listeners.numbers[at + CLOSED] as number
          if (single < most * closed) continue
          const { count, first, last, connections, beginnings } = listeners.extra(at)
          context.report('closes', {
            time: last,
            firstSeen: first,
            data: { single, closed, within: last - first },
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
