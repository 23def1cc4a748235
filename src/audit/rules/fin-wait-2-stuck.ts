import type { Endpoint } from '../../tracker/endpoint.ts'
import { FIN_RECEIVED, TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { CLOSED, FIN_WAIT_2, TIME_WAIT, TIMER } from '../../tracker/tcp-state.ts'
import { firstFin } from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'
import type { Entry } from '../rule-context.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'

/** Behind late data the silence is measured anew, to this, ns. */
const LOOK_AGAIN = 1e9

interface Memory {
  /** Index of the end that waits. */
  waiting: number
  since: number
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
  state: (): Memory => ({ waiting: -1, since: 0 }),
  create: (context) => {
    const { patience } = context.options

    function isStuck(endpoint: Endpoint): boolean {
      if ((endpoint.flags & FIN_RECEIVED) !== 0) return false
      if (endpoint.state === FIN_WAIT_2) return true
      return endpoint.state === CLOSED && endpoint.basis === TIMER && (endpoint.flags & TIMED_OUT) === 0
    }

    /** `event` is about the end that waits, which entered FIN_WAIT_2 by `wait`. */
    function report(event: ConnectionEvent, wait: Entry, since: number): void {
      const { endpoint, peer, connection } = event
      const isClient = (endpoint.index & 1) === connection.clientSide
      const next = context.entered(endpoint, TIME_WAIT, CLOSED)
      const isTimer =
        endpoint.state === CLOSED && endpoint.basis === TIMER && next?.time === endedAt(endpoint)
      const fin = firstFin(context.entered, endpoint)
      context.report('stuck', event, {
        data: {
          waiting: isClient ? 'client' : 'server',
          held: (next?.time ?? event.time) - since,
          ended: next === undefined ? 'waiting' : isTimer ? 'timer' : 'late',
        },
        evidence: [
          ...(fin === undefined ? [] : [context.note('fin', event, {}, fin)]),
          context.note('acknowledged', event, {}, wait),
        ],
        endpoint: peer,
        blame: isClient ? 'server' : 'client',
      })
    }

    /** When its kernel dropped it; undefined if it went on to TIME_WAIT. */
    function endedAt(endpoint: Endpoint): number | undefined {
      return context.entered(endpoint, TIME_WAIT) === undefined
        ? context.entered(endpoint, CLOSED)?.time
        : undefined
    }

    function look(event: ConnectionEvent): void {
      const { endpoint, peer, time } = event
      const wait = context.entered(endpoint, FIN_WAIT_2)
      // By a timer: its acknowledgment was not captured, and neither may the peer's FIN have been.
      if (wait === undefined || wait.basis === TIMER || !isStuck(endpoint)) return
      // Data of a half-closed connection: the silence begins behind it.
      const since = Math.max(wait.time, peer.resendTime)
      if (time - since < patience) {
        lookAgain(event)
        return
      }
      const memory = context.stateOf(event.connection)
      memory.waiting = endpoint.index
      memory.since = since
      report(event, wait, since)
    }
    const lookFirst = context.after(patience, look)
    const lookAgain = context.after(LOOK_AGAIN, look)

    return {
      enters: { FIN_WAIT_2: lookFirst },
      closed(event) {
        const known = context.knownState(event.connection)
        if (known === undefined) return
        for (const end of [event, { ...event, endpoint: event.peer, peer: event.endpoint }]) {
          const wait = context.entered(end.endpoint, FIN_WAIT_2)
          if (end.endpoint.index === known.waiting && wait !== undefined) report(end, wait, known.since)
        }
      },
    }
  },
})
