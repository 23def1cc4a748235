import { SENT_DATA } from '../../tracker/endpoint-flags.ts'
import { distance } from '../../tracker/sequence.ts'
import { firstFin } from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

interface HalfClose {
  readonly acknowledged: Moment
  /** Where the data begins that came behind its FIN. */
  readonly from: number
}

export default defineRule({
  id: 'half-close',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'One direction ended and the other went on: shutdown(), not close().',
  references: ['RFC 9293 §3.6', 'RFC 1122 §4.2.2.13'],
  messages: { halfClosed: { closer: ['client', 'server'], bytes: 'bytes', lasted: 'duration' } },
  notes: { fin: {}, acknowledged: {} },
  groupBy: 'server',
  merge: { halfClosed: { bytes: 'sum', lasted: 'max' } },
  unreliableWhen: ['midstream', 'one-sided'],
  state: (): { half: HalfClose | undefined } => ({ half: undefined }),
  create: (context) => ({
    halfClosed(event) {
      context.stateOf(event.connection).half = {
        acknowledged: context.moment(event),
        from: event.endpoint.ackSent,
      }
    },
    known: {
      closed(event, { half }) {
        if (half === undefined) return
        const { acknowledged, from } = half
        const isEndpoint = (event.endpoint.index & 1) === acknowledged.side
        const closer = isEndpoint ? event.endpoint : event.peer
        const other = isEndpoint ? event.peer : event.endpoint
        // Where its data were not captured, what is acknowledged may be its FIN.
        if ((other.flags & SENT_DATA) === 0) return
        const fin = firstFin(context.entered, closer)
        if (fin === undefined) return
        const end = firstFin(context.entered, other)
        const isClient = acknowledged.side === event.connection.clientSide
        context.report('halfClosed', event, {
          data: {
            closer: isClient ? 'client' : 'server',
            bytes: distance(other.sndNxt, from) - (end === undefined ? 0 : 1),
            lasted: (end?.time ?? other.lastTime) - fin.time,
          },
          evidence: [
            context.note('fin', event, {}, fin),
            context.note('acknowledged', event, {}, acknowledged),
          ],
        })
      },
    },
  }),
})
