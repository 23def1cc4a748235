import { silenceOfServer } from '../close-cause.ts'
import { ListenerCloses } from '../listener-closes.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

/** Limits that servers have by default, or are given often. */
const KNOWN_LIMITS = [100, 500, 1000, 10_000]

export default defineRule({
  id: 'close-cause-request-limit',
  scope: 'host',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A server closes first after a constant number of exchanges: a request limit.',
  references: ['RFC 9112 §9.6', 'RFC 9293 §3.6.1'],
  options: {
    least: count(5, 'connections closed after the same number of exchanges'),
    most: share(0.8, 'share they have of those that the listener closed behind several exchanges'),
    fewest: count(5, 'exchanges from which a limit is thought of'),
    prompt: seconds(0.5, 'silence behind the last answer up to which it closes at once'),
  },
  messages: { closes: { limit: 'count', alike: 'count', closed: 'count' } },
  notes: { fin: {} },
  unreliableWhen: ['one-sided', 'loss', 'midstream'],
  create(context) {
    const { least, most, fewest, prompt } = context.options
    const listeners = new ListenerCloses(context, least)
    return {
      firstFin(event) {
        const { server, exchanges } = event
        if (exchanges < 2 || event.serverSpokeFirst) return
        const at = listeners.sees(server, exchanges)
        const silence = silenceOfServer(event)
        if (silence === undefined || silence > prompt) return
        listeners.closes(at, event)
      },
      end() {
        for (const { end, value } of listeners.entries()) {
          const { members, all, longest } = value
          // Nobody goes on beyond a limit.
          if (members === undefined || longest < fewest) continue
          if (members.count < least || members.count < most * all) continue
          const { count, first, last, connections, beginnings } = members
          context.report('closes', {
            time: last,
            firstSeen: first,
            data: { limit: longest, alike: count, closed: all },
            evidence: beginnings.map((fin) => context.note('fin', fin, 'server', {})),
            connections,
            count,
            host: end,
            confidence: KNOWN_LIMITS.includes(longest) ? 'likely' : 'possible',
            blame: 'server',
          })
        }
      },
    }
  },
})
