import { endsOf } from '../opening-trace.ts'
import { defineRule } from '../rule.ts'
import { seconds } from '../rule-options.ts'
import { SYN_ACK_FATES, synAckFate } from '../syn-ack-fate.ts'

export default defineRule({
  id: 'handshake-slow',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'The SYN-ACK came, or could be acknowledged, more than a second after the SYN.',
  references: ['RFC 6298 §2', 'RFC 9293 §3.8.1', 'Linux tcp_retransmit_timer'],
  tunables: [
    { name: 'net.ipv4.tcp_syn_retries', default: '6' },
    { name: 'net.ipv4.tcp_syn_linear_timeouts', default: '4 (since 6.5)' },
  ],
  options: { slow: seconds(1, 'time from SYN to SYN-ACK that is slow') },
  messages: {
    retried: { took: 'duration', attempts: 'count', times: 'durations', cause: SYN_ACK_FATES },
    slow: { took: 'duration', answer: 'duration', attempts: 'count' },
  },
  notes: { syn: { copy: 'count', after: 'duration' }, arrived: { passed: 'flag' } },
  groupBy: 'server',
  merge: {
    retried: { took: 'max', attempts: 'sum' },
    slow: { took: 'max', answer: 'max', attempts: 'sum' },
  },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'one-sided', 'midstream', 'snaplen'],
  create: (context) => ({
    judgeOpening(event, trace) {
      const { connection } = event
      const { client, server } = endsOf(event)
      const fate = synAckFate(trace, client, server)
      if (fate === undefined) return
      const { syns, synAcks, acks } = trace
      // Behind the place of the trouble, the SYN-ACK passes at once and its acknowledgment late.
      const arrived = fate.passed ? acks[0] : synAcks[0]
      if (arrived === undefined) return
      const took = arrived.time - connection.start
      if (took <= context.options.slow) return
      const attempts = syns.filter(({ time }) => time <= arrived.time)
      const evidence = [
        ...attempts.map((copy, index) =>
          context.note('syn', event, { copy: index + 1, after: copy.time - connection.start }, copy),
        ),
        context.note('arrived', event, { passed: fate.passed }, arrived),
      ]
      const common = { evidence, blame: 'network' } as const
      if (fate.kind === 'answer-late') {
        context.report('slow', event, {
          ...common,
          data: { took, answer: fate.answer, attempts: attempts.length },
          confidence: 'likely',
        })
        return
      }
      context.report('retried', event, {
        ...common,
        data: {
          took,
          attempts: attempts.length,
          times: attempts.map(({ time }) => time - connection.start),
          cause: fate.kind,
        },
        confidence: fate.proven ? 'certain' : 'likely',
      })
    },
  }),
})
