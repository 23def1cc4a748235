import { SYN_SENT } from '../../tracker/tcp-state.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

export default defineRule({
  id: 'handshake-refused',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A SYN was answered by an RST: nothing listens there.',
  references: ['RFC 9293 §3.10.7.1', 'Linux tcp_v4_send_reset'],
  options: { many: count(20, 'refused connections to one server port that make it a warning') },
  messages: { refused: { after: 'duration' } },
  notes: { syn: {}, reset: {} },
  groupBy: 'server',
  escalation: { option: 'many', severity: 'warning' },
  merge: { refused: { after: 'max' } },
  unreliableWhen: ['midstream'],
  create: (context) => ({
    reset(event) {
      if (event.peerBefore !== SYN_SENT || event.detail !== RESET_ACCEPTED) return
      const { start, firstPacket, clientSide } = event.connection
      context.report('refused', event, {
        data: { after: event.time - start },
        evidence: [
          context.note('syn', event, {}, { packet: firstPacket, time: start, side: clientSide }),
          context.note('reset', event, {}),
        ],
        blame: 'server',
      })
    },
  }),
})
