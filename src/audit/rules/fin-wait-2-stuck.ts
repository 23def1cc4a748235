import type { Endpoint } from '../../tracker/endpoint.ts'
import { CLOSED, FIN_WAIT_2, TIME_WAIT, TIMER } from '../../tracker/tcp-state.ts'
import { firstFin } from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'
import type { Entry, Moment } from '../rule-context.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'

/** Behind late data the silence is measured anew, to this, ns. */
const LOOK_AGAIN = 1e9

interface Memory {
  /** Side of the end that waits. */
  waiting: number
  since: number
  fin: Moment | undefined
}

export default defineRule({
  id: 'fin-wait-2-stuck',
  scope: 'connection',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An endpoint has closed, its FIN is acknowledged, and the peer’s FIN does not come.',
  references: ['RFC 9293 §3.6', 'Linux tcp_fin_timeout', 'Linux tcp_time_wait'],
  tunables: [{ name: 'net.ipv4.tcp_fin_timeout', default: '60' }],
  options: { patience: seconds(60, 'silence in FIN_WAIT_2 that is worth a notice') },
  messages: {
    stuck: { waiting: ['client', 'server'], held: 'duration', ended: ['timer', 'late', 'waiting'] },
  },
  notes: { fin: {}, acknowledged: {} },
  groupBy: 'end',
  merge: { stuck: { held: 'max' } },
  unreliableWhen: ['loss', 'one-sided', 'midstream'],
  state: (): Memory => ({ waiting: -1, since: 0, fin: undefined }),
  create: (context) => {
    const { patience } = context.options

    /** How its wait ended: by the peer's FIN, by an RST, or by a timer. */
    function endOf(endpoint: Endpoint): Entry | undefined {
      return context.entered(endpoint, TIME_WAIT) ?? context.entered(endpoint, CLOSED)
    }

    /** `event` is about the end that waits, silent since then; `wait` brought FIN_WAIT_2. */
    function report(event: ConnectionEvent, wait: Entry, fin: Moment, since: number): void {
      const { endpoint, peer, connection } = event
      const isClient = (endpoint.index & 1) === connection.clientSide
      const end = endOf(endpoint)
      context.report('stuck', event, {
        data: {
          waiting: isClient ? 'client' : 'server',
          held: (end?.time ?? event.time) - since,
          ended: end === undefined ? 'waiting' : end.basis === TIMER ? 'timer' : 'late',
        },
        evidence: [context.note('fin', event, {}, fin), context.note('acknowledged', event, {}, wait)],
        endpoint: peer,
        blame: isClient ? 'server' : 'client',
      })
    }

    function look(event: ConnectionEvent): void {
      const { endpoint, peer, time } = event
      const wait = context.entered(endpoint, FIN_WAIT_2)
      const fin = firstFin(context.entered, endpoint)
      // By a timer: its acknowledgment was not captured, and neither may the peer's FIN have been.
      if (wait === undefined || fin === undefined || wait.basis === TIMER) return
      const end = endOf(endpoint)
      if (end !== undefined && end.basis !== TIMER) return
      // Data of a half-closed connection: the silence begins behind it.
      const since = Math.max(wait.time, peer.resendTime)
      const { given, finTimeout } = context.profileOf(endpoint)
      // Where its kernel is known to drop it sooner, nothing is to be waited for any longer.
      const least = given.has('finTimeout') ? Math.min(patience, finTimeout) : patience
      if ((end?.time ?? time) - since < least) {
        if (end === undefined) lookAgain(event)
        return
      }
      const memory = context.stateOf(event.connection)
      memory.waiting = endpoint.index & 1
      memory.since = since
      memory.fin = fin
      report(event, wait, fin, since)
    }
    const lookFirst = context.after(patience, look)
    const lookAgain = context.after(LOOK_AGAIN, look)

    return {
      enters: { FIN_WAIT_2: lookFirst },
      known: {
        closed(event, known) {
          if (known.fin === undefined) return
          const { endpoint, peer } = event
          const isEndpoint = (endpoint.index & 1) === known.waiting
          const end = isEndpoint ? event : { ...event, endpoint: peer, peer: endpoint }
          const wait = context.entered(end.endpoint, FIN_WAIT_2)
          if (wait !== undefined) report(end, wait, known.fin, known.since)
        },
      },
    }
  },
})
