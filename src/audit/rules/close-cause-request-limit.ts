import { silenceOfServer } from '../close-cause.ts'
import { HostMembers } from '../host-members.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

/** Numbers of exchanges told apart at one listener. */
const MOST_NUMBERS = 64
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
    const listeners = context.places(
      'listener',
      () => new ListenerCloses(),
      // mutant: equivalent, because it decides only which of too many listeners are forgotten
      ({ all }) => all >= least,
    )
    return {
      firstFin(event) {
        const { connection, server, exchanges, packet: firstPacket, time: start } = event
        if (exchanges < 2 || event.serverSpokeFirst) return
        const listener = listeners.of(server)
        listener.longest = Math.max(listener.longest, exchanges)
        const silence = silenceOfServer(event)
        if (silence === undefined || silence > prompt) return
        listener.all++
        listener.closed ??= new Map()
        let members = listener.closed.get(exchanges)
        if (members === undefined) {
          // mutant: equivalent, because a server with so many different numbers has no limit that shows
          if (listener.closed.size === MOST_NUMBERS) return
          members = new HostMembers()
          listener.closed.set(exchanges, members)
        }
        members.add({ connection, firstPacket, start })
      },
      end() {
        for (const { end, value } of listeners.entries()) {
          const { closed, all, longest } = value
          // Nobody goes on beyond a limit.
          const members = closed?.get(longest)
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

class ListenerCloses {
  /** Connections that it closed at once behind an answer, by how many there had been. */
  closed: Map<number, HostMembers> | undefined
  /** All of them, and the most exchanges that any connection had which somebody closed. */
  all = 0
  longest = 0

  clear(): void {
    this.closed = undefined
    this.all = 0
    this.longest = 0
  }
}
