// @ts-check
import { count, countOf, defineRule, durationText, endText, seconds } from 'tcpaudit'

/** What is kept of one client and one listener: when its latest connections came, as many as the threshold says. */
class Churn {
  met = 0
  /** The shortest time, ns, in which so many came; when it was over, and by which connection. */
  shortest = Number.POSITIVE_INFINITY
  when = 0
  connection = 0

  /** @param {number} length */
  constructor(length) {
    this.times = new Float64Array(length)
  }

  /** Places are used again: nothing may be left of the last one. */
  clear() {
    this.met = 0
    this.shortest = Number.POSITIVE_INFINITY
  }

  /** @param {number} time @param {number} connection */
  add(time, connection) {
    const { times } = this
    const at = this.met++ % times.length
    times[at] = time
    if (this.met < times.length) return
    const first = /** @type {number} */ (times[(at + 1) % times.length])
    if (time - first >= this.shortest) return
    this.shortest = time - first
    this.when = time
    this.connection = connection
  }
}

/** A rule about hosts: it sees the events of all connections, and keeps something of each pair of a client and a listener. */
export default defineRule({
  id: 'connection-churn',
  scope: 'host',
  category: 'opening',
  severity: 'notice',
  summary: 'A client opens connection after connection to one service instead of keeping some open.',
  since: '1',
  references: ['RFC 9112 §9.3'],
  options: {
    many: count(50, 'connections within that time that are worth a notice', { min: 2, max: 10_000 }),
    within: seconds(10, 'the stretch of time in which they must come'),
  },
  messages: { churning: { server: 'end', many: 'count', within: 'duration' } },
  unreliableWhen: ['one-sided'],
  create(context) {
    const { many, within } = context.options
    const pairs = context.places('pair', () => new Churn(many))
    return {
      handshake({ client, server, time, connection }) {
        pairs.of(client, server).add(time, connection)
      },
      end() {
        for (const { end: client, other: server, value } of pairs.entries()) {
          if (value.shortest > within) continue
          context.report('churning', {
            time: value.when,
            data: { server, many, within: value.shortest },
            evidence: [],
            connections: [value.connection],
            count: value.met,
            host: { ...client, port: 0 },
            peer: server,
            blame: 'client',
          })
        }
      },
    }
  },
  wording: {
    messages: {
      churning: {
        title: ({ server }, { host, count: all }) =>
          `${host} opened ${countOf(all, 'connection')} to ${endText(server)}, one after another`,
        detail: ({ many, within }) =>
          `${countOf(many, 'connection')} came within ${durationText(within)}: each costs a handshake, a slow start, and a port in TIME_WAIT at whoever closes first.`,
        advice: () => [
          'does the client keep its connections (keep-alive, a pool), and does the server let it?',
        ],
      },
    },
    notes: {},
  },
})
