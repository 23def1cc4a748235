import { MISSED_SEGMENTS } from '../../tracker/connection-flags.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

export default defineRule({
  id: 'handshake-without-data',
  scope: 'connection',
  category: 'opening',
  severity: 'info',
  since: '0.2.0',
  summary: 'A connection was opened and closed again without a byte of data.',
  references: ['RFC 9293 §3.5'],
  options: { many: count(20, 'such connections from one address that make it a notice') },
  messages: { empty: { byFin: 'count', byReset: 'count', lasted: 'duration' } },
  notes: { opened: {}, ended: {} },
  groupBy: 'client',
  escalation: { option: 'many', severity: 'notice' },
  merge: { empty: { byFin: 'sum', byReset: 'sum', lasted: 'max' } },
  unreliableWhen: ['loss', 'midstream', 'one-sided'],
  create: (context) => ({
    closed(event) {
      const { connection, endpoint, peer, finished } = event
      const { outcome } = finished
      if (connection.openTime < 0 || (outcome !== 'closed' && outcome !== 'reset')) return
      if (endpoint.payloadBytes + peer.payloadBytes > 0 || (connection.flags & MISSED_SEGMENTS) !== 0) return
      const { start, end, firstPacket, lastPacket, clientSide } = connection
      context.report('empty', event, {
        data: {
          byFin: outcome === 'closed' ? 1 : 0,
          byReset: outcome === 'reset' ? 1 : 0,
          lasted: end - start,
        },
        evidence: [
          context.note('opened', event, {}, { packet: firstPacket, time: start, side: clientSide }),
          context.note('ended', event, {}, { packet: lastPacket, time: end, side: clientSide }),
        ],
      })
    },
  }),
})
