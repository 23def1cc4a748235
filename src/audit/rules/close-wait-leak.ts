import { ASSUMED, CLOSE_WAIT } from '../../tracker/tcp-state.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { ConnectionEvent, WaitEvent } from '../rule-handlers.ts'
import { count, seconds } from '../rule-options.ts'

/** Behind late data the silence is measured anew, to this, ns. */
const LOOK_AGAIN = 1e9

export default defineRule({
  id: 'close-wait-leak',
  scope: 'connection',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An endpoint stays in CLOSE_WAIT and sends nothing: its application does not call close().',
  references: ['RFC 9293 §3.6', 'Linux tcp_fin'],
  options: {
    patience: seconds(10, 'silence in CLOSE_WAIT that is worth a notice'),
    leak: seconds(60, 'silence in CLOSE_WAIT that is an error'),
    many: count(10, 'sockets of one address and port that make it an error'),
  },
  messages: { leaked: { held: 'duration' } },
  notes: { fin: {} },
  groupBy: 'end',
  escalation: { option: 'many', severity: 'error' },
  merge: { leaked: { held: 'max' } },
  unreliableWhen: ['loss', 'one-sided', 'midstream'],
  state: (): { fin: Moment | undefined } => ({ fin: undefined }),
  create: (context) => {
    const { patience, leak } = context.options

    /** `fin` is the FIN that brought the endpoint there. */
    function report(event: ConnectionEvent, fin: Moment): void {
      const { endpoint, connection } = event
      const held = event.time - Math.max(fin.time, endpoint.resendTime)
      const isClient = (endpoint.index & 1) === connection.clientSide
      context.stateOf(connection).fin = fin
      context.report('leaked', event, {
        data: { held },
        evidence: [context.note('fin', event, {}, fin)],
        severity: held < leak ? 'notice' : 'error',
        confidence: endpoint.basis === ASSUMED ? 'likely' : 'certain',
        blame: isClient ? 'client' : 'server',
      })
    }

    function look(event: WaitEvent): void {
      const { endpoint, since, sincePacket, time } = event
      if (endpoint.state !== CLOSE_WAIT) return
      // Data of a half-closed connection: the silence begins behind it.
      if (time - Math.max(since, endpoint.resendTime) < patience) lookAgain(event)
      else report(event, { packet: sincePacket, time: since, side: event.peer.index & 1 })
    }
    const lookFirst = context.after(patience, look)
    const lookAgain = context.after(LOOK_AGAIN, look)

    return {
      enters: { CLOSE_WAIT: lookFirst },
      known: {
        leaves: {
          CLOSE_WAIT(event, { fin }) {
            if (fin !== undefined) report(event, fin)
          },
        },
        closed(event, { fin }) {
          if (fin === undefined) return
          for (const end of [event, { ...event, endpoint: event.peer, peer: event.endpoint }]) {
            if (end.endpoint.state === CLOSE_WAIT) report(end, fin)
          }
        },
      },
    }
  },
})
