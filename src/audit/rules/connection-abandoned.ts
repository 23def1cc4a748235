import { ESTABLISHED } from '../../tracker/tcp-state.ts'
import { defineRule } from '../rule.ts'
import { seconds } from '../rule-options.ts'

export default defineRule({
  id: 'connection-abandoned',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'A connection is open when the capture ends, and has been silent for long.',
  references: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6'],
  tunables: [{ name: 'net.ipv4.tcp_keepalive_time', default: '7200' }],
  options: { patience: seconds(300, 'silence at the end of the capture that is worth mentioning') },
  messages: { silent: { silence: 'duration' } },
  notes: { last: {} },
  groupBy: 'server',
  merge: { silent: { silence: 'max' } },
  unreliableWhen: ['one-sided'],
  create: (context) => ({
    closed(event) {
      const { connection, endpoint, peer, time } = event
      const silence = time - connection.end
      if (silence <= context.options.patience) return
      if (endpoint.state !== ESTABLISHED || peer.state !== ESTABLISHED) return
      const [last = peer] = [endpoint, peer].sort((a, b) => b.lastTime - a.lastTime)
      const moment = { packet: connection.lastPacket, time: connection.end, side: last.index & 1 }
      context.report('silent', event, {
        data: { silence },
        evidence: [context.note('last', event, {}, moment)],
      })
    },
  }),
})
