import { ESTABLISHED } from '../../tracker/tcp-state.ts'
import { isKeepAlive } from '../keep-alive.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'

interface Memory {
  /** The longest silence so far that something ended, ns, and what did. */
  silence: number
  end: Moment | undefined
  /** Some end asks now and then whether the other lives. */
  isProbed: boolean
}

export default defineRule({
  id: 'idle-connection',
  scope: 'connection',
  category: 'open',
  severity: 'info',
  since: '0.2.0',
  summary: 'An open connection was silent for hours, without a keep-alive probe.',
  references: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6', 'RFC 5382 §5'],
  tunables: [{ name: 'net.ipv4.tcp_keepalive_time', default: '7200 s' }],
  options: {
    patience: seconds(7500, 'silence that is worth mentioning: keep-alive by default probes after 7200 s'),
  },
  messages: { silent: { silence: 'duration', goesOn: 'flag' } },
  notes: { last: {}, resumes: {} },
  groupBy: 'server',
  merge: { silent: { silence: 'max' } },
  unreliableWhen: ['one-sided'],
  state: (): Memory => ({ silence: 0, end: undefined, isProbed: false }),
  create(context) {
    const { patience } = context.options

    function isOpen({ endpoint, peer }: ConnectionEvent): boolean {
      return endpoint.state === ESTABLISHED && peer.state === ESTABLISHED
    }

    return {
      resumed(event) {
        const silence = event.time - event.connection.end
        if (silence <= patience || !isOpen(event)) return
        const memory = context.stateOf(event.connection)
        if (silence <= memory.silence) return
        memory.silence = silence
        memory.end = context.moment(event)
      },
      probe(event) {
        if (isKeepAlive(event)) context.stateOf(event.connection).isProbed = true
      },
      closed(event) {
        const { connection, endpoint, peer, time } = event
        const memory = context.knownState(connection)
        if (memory?.isProbed === true) return
        const rest = isOpen(event) ? time - connection.end : 0
        const silence = Math.max(rest, memory?.silence ?? 0)
        if (silence <= patience) return
        const goesOn = silence === rest
        const [latest = peer] = [endpoint, peer].sort((a, b) => b.lastTime - a.lastTime)
        const last = { packet: connection.lastPacket, time: connection.end, side: latest.index & 1 }
        context.report('silent', event, {
          data: { silence, goesOn },
          evidence: [
            goesOn ? context.note('last', event, {}, last) : context.note('resumes', event, {}, memory?.end),
          ],
        })
      },
    }
  },
})
