import { FIN } from '../../decode/tcp-flags.ts'
import { CLASS_SPURIOUS_RETRANSMISSION } from '../../tracker/segment-class.ts'
import { isBefore } from '../../tracker/sequence.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'

interface Ahead {
  readonly fin: Moment
  readonly ipId: number
  /** Where the gap begins. */
  readonly from: number
  filled: Moment | undefined
  cause: 'overtaken' | 'lost' | 'either'
}

export default defineRule({
  id: 'fin-out-of-order',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'A FIN came before data that belongs in front of it.',
  references: ['RFC 9293 §3.10.7.4 eighth', 'Linux tcp_ofo_queue'],
  messages: {
    ahead: { sender: ['client', 'server'], waited: 'duration', cause: ['overtaken', 'lost', 'either'] },
  },
  notes: { fin: {}, data: {} },
  groupBy: 'server',
  merge: { ahead: { waited: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided', 'midstream'],
  state: (): { ahead: Ahead | undefined } => ({ ahead: undefined }),
  create: (context) => {
    function fills(event: EventOf<'outOfOrder'>, ahead: Ahead | undefined, resent: boolean): void {
      if (ahead === undefined || ahead.fin.side !== (event.endpoint.index & 1)) return
      const { segment } = event
      if ((segment.flags & FIN) !== 0 || isBefore(segment.seq, ahead.from)) return
      ahead.filled = context.moment(event)
      ahead.cause = resent ? wasOvertaken(ahead.ipId, segment.ipId) : 'overtaken'
    }

    return {
      unseenData(event) {
        if ((event.segment.flags & FIN) === 0) return
        context.stateOf(event.connection).ahead = {
          fin: context.moment(event),
          ipId: event.segment.ipId,
          from: event.endpoint.sndNxt,
          filled: undefined,
          cause: 'either',
        }
      },
      known: {
        outOfOrder: (event, { ahead }) => fills(event, ahead, false),
        retransmission(event, { ahead }) {
          if (event.detail !== CLASS_SPURIOUS_RETRANSMISSION) fills(event, ahead, true)
        },
        closed(event, { ahead }) {
          if (ahead?.filled === undefined) return
          const { fin, filled, cause } = ahead
          context.report('ahead', event, {
            data: {
              sender: fin.side === event.connection.clientSide ? 'client' : 'server',
              waited: filled.time - fin.time,
              cause,
            },
            evidence: [context.note('fin', event, {}, fin), context.note('data', event, {}, filled)],
            blame: 'network',
          })
        },
      },
    }
  },
})

/** Whoever sends again gives it a new IP ID; 0 is none. */
function wasOvertaken(finId: number, dataId: number): Ahead['cause'] {
  if (finId <= 0 || dataId <= 0) return 'either'
  return ((dataId - finId) << 16) >> 16 < 0 ? 'overtaken' : 'lost'
}
