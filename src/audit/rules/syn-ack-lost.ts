import { HANDSHAKE_ENDS, handshakeEnd } from '../handshake-end.ts'
import { endsOf } from '../opening-trace.ts'
import { defineRule } from '../rule.ts'
import { synAckFate } from '../syn-ack-fate.ts'

export default defineRule({
  id: 'syn-ack-lost',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'SYN and SYN-ACK both repeat: the second segment of the handshake does not arrive.',
  references: ['RFC 9293 §3.8.1', 'RFC 7323 §4.3', 'Linux tcp_check_req', 'Linux tcp_rtx_synack'],
  tunables: [
    { name: 'net.ipv4.tcp_syn_retries', default: '6' },
    { name: 'net.ipv4.tcp_synack_retries', default: '5' },
  ],
  messages: {
    beyond: { attempts: 'count', answers: 'count', waited: 'duration', outcome: HANDSHAKE_ENDS },
    before: { attempts: 'count', answers: 'count', waited: 'duration', outcome: HANDSHAKE_ENDS },
  },
  notes: { syn: { copy: 'count', after: 'duration' }, synAck: { copy: 'count', after: 'duration' }, ack: {} },
  groupBy: 'server',
  merge: {
    beyond: { attempts: 'sum', answers: 'sum', waited: 'max' },
    before: { attempts: 'sum', answers: 'sum', waited: 'max' },
  },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'one-sided', 'midstream', 'snaplen'],
  create: (context) => ({
    judgeOpening(event, trace) {
      const { connection } = event
      const { client, server } = endsOf(event)
      const fate = synAckFate(trace, client, server)
      if (fate?.kind !== 'answer-lost') return
      const { syns, synAcks, acks } = trace
      const { start } = connection
      const [ack] = acks
      const last = Math.max(...[...syns, ...synAcks].map(({ time }) => time))
      context.report(fate.passed ? 'beyond' : 'before', event, {
        data: {
          attempts: syns.length,
          answers: synAcks.length,
          waited: (ack?.time ?? last) - start,
          outcome: handshakeEnd(client, ack),
        },
        evidence: [
          ...syns.map((copy, index) =>
            context.note('syn', event, { copy: index + 1, after: copy.time - start }, copy),
          ),
          ...synAcks.map((copy, index) =>
            context.note('synAck', event, { copy: index + 1, after: copy.time - start }, copy),
          ),
          ...(ack === undefined ? [] : [context.note('ack', event, {}, ack)]),
        ],
        confidence: fate.proven ? 'certain' : 'likely',
        blame: 'network',
      })
    },
  }),
})
