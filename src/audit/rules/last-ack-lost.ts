import { TIME_WAIT } from '../../tracker/tcp-state.ts'
import { firstFin, isFinAgain, isTooEarly, isTooSoon, noFinRepeats, noteFinRepeat } from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'last-ack-lost',
  scope: 'connection',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary:
    'A FIN was repeated into TIME_WAIT: the last ACK of the goodbye was lost, and TIME_WAIT began anew.',
  references: ['RFC 9293 §3.10.7.4 eighth', 'RFC 9293 §3.6.1', 'Linux tcp_timewait_state_process'],
  messages: {
    repeated: { sender: ['client', 'server'], times: 'count', longer: 'duration' },
  },
  notes: { closing: {}, fin: { after: 'duration' } },
  groupBy: 'server',
  merge: { repeated: { times: 'sum', longer: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'snaplen', 'one-sided', 'midstream'],
  state: noFinRepeats,
  create: (context) => ({
    retransmission(event) {
      if (isFinAgain(event))
        noteFinRepeat(context.stateOf(event.connection), context.moment(event), event.segment)
    },
    known: {
      closed(event, repeats) {
        const { connection } = event
        for (const [holder, sender] of [
          [event.endpoint, event.peer],
          [event.peer, event.endpoint],
        ] as const) {
          const timeWait = context.entered(holder, TIME_WAIT)
          if (timeWait === undefined) continue
          const side = (sender.index & 1) as 0 | 1
          const kept = repeats.kept[side]
          const first = firstFin(context.entered, sender)
          const late = kept.filter((copy) => {
            if (copy.time <= timeWait.time || isTooEarly(copy, first)) return false
            return !isTooSoon(holder, copy.time, timeWait.time)
          })
          const last = late.at(-1)
          if (last === undefined) continue
          context.report('repeated', event, {
            data: {
              sender: side === connection.clientSide ? 'client' : 'server',
              times: repeats.counts[side] - (kept.length - late.length),
              longer: last.time - timeWait.time,
            },
            evidence: [
              context.note('closing', event, {}, timeWait),
              ...late.map((moment) =>
                context.note('fin', event, { after: moment.time - timeWait.time }, moment),
              ),
            ],
            blame: 'network',
          })
        }
      },
    },
  }),
})
