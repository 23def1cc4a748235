import { SELF } from '../../tracker/connection-flags.ts'
import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'self-connect',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A socket connected to itself: both ends are one address and port.',
  references: ['RFC 9293 §3.5 figure 7', 'Linux tcp_rcv_synsent_state_process', 'Linux inet_hash_connect'],
  tunables: [{ name: 'net.ipv4.ip_local_port_range', default: '32768 60999' }],
  messages: { connected: { after: 'duration' } },
  notes: { syn: {}, synAck: {} },
  groupBy: 'server',
  merge: { connected: { after: 'max' } },
  unreliableWhen: ['midstream'],
  create: (context) => ({
    synAck(event) {
      const { connection } = event
      // A SYN alone whose ends are equal is a forgery (land), and answered by nobody.
      if ((connection.flags & SELF) === 0) return
      const { start, firstPacket, clientSide } = connection
      context.report('connected', event, {
        data: { after: event.time - start },
        evidence: [
          context.note('syn', event, {}, { packet: firstPacket, time: start, side: clientSide }),
          context.note('synAck', event, {}),
        ],
        blame: 'client',
      })
    },
  }),
})
