import { TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { endsOf } from '../opening-trace.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

export default defineRule({
  id: 'syn-ack-unanswered',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary:
    'A SYN-ACK was repeated and the client never spoke again: it has vanished, or its address was forged.',
  references: ['RFC 9293 §3.8.1', 'RFC 4987 §2', 'Linux reqsk_timer_handler'],
  tunables: [
    { name: 'net.ipv4.tcp_synack_retries', default: '5' },
    { name: 'net.ipv4.tcp_syncookies', default: '1' },
  ],
  options: { repeats: count(2, 'repeats of a SYN-ACK without a word from the client') },
  messages: {
    unanswered: { repeats: 'count', waited: 'duration', times: 'durations', ended: ['gave-up', 'trying'] },
  },
  notes: { syn: {}, synAck: { copy: 'count', after: 'duration' } },
  groupBy: 'server',
  merge: { unanswered: { repeats: 'sum', waited: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'one-sided', 'midstream'],
  create: (context) => ({
    judgeOpening(event, trace) {
      const first = trace.synAcks[0]
      const syn = trace.syns[0]
      if (first === undefined || syn === undefined) return
      const { client, server } = endsOf(event)
      const repeats = trace.synAcks.length - 1
      if (repeats < context.options.repeats || client.lastTime > first.time) return
      const hasGivenUp = (server.flags & TIMED_OUT) !== 0
      context.report('unanswered', event, {
        data: {
          repeats,
          waited: server.lastTime - first.time,
          times: trace.synAcks.map(({ time }) => time - first.time),
          ended: hasGivenUp ? 'gave-up' : 'trying',
        },
        evidence: [
          context.note('syn', event, {}, syn),
          ...trace.synAcks.map((copy, index) =>
            context.note('synAck', event, { copy: index + 1, after: copy.time - first.time }, copy),
          ),
        ],
        confidence: hasGivenUp ? 'certain' : 'likely',
        blame: 'client',
      })
    },
  }),
})
