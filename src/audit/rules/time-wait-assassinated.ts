import { CLOSED, TIME_WAIT } from '../../tracker/tcp-state.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { resetForm } from '../reset-form.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** An RST follows what drew it within this time, ns. */
const ANSWER_TIME = 1e9

export default defineRule({
  id: 'time-wait-assassinated',
  scope: 'connection',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary: 'An RST ended TIME_WAIT early.',
  references: ['RFC 1337', 'Linux tcp_timewait_state_process'],
  tunables: [{ name: 'net.ipv4.tcp_rfc1337', default: '0' }],
  messages: {
    ended: {
      holder: ['client', 'server'],
      lasted: 'duration',
      left: 'duration',
      by: ['answer', 'abort', 'stray'],
    },
  },
  notes: { closing: {}, drew: {}, reset: {} },
  groupBy: 'server',
  merge: { ended: { lasted: 'min', left: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided', 'midstream'],
  state: (): { drew: Moment | undefined } => ({ drew: undefined }),
  create: (context) => ({
    toClosed(event) {
      if (event.endpoint.state === TIME_WAIT) context.stateOf(event.connection).drew = context.moment(event)
    },
    duplicateFrame(event) {
      // Its own ACK again, because the network, or the capture, doubled what drew it.
      if (event.endpoint.state !== TIME_WAIT || event.peer.state !== CLOSED) return
      context.stateOf(event.connection).drew = context.moment(event)
    },
    reset(event) {
      if (event.peerBefore !== TIME_WAIT || event.detail !== RESET_ACCEPTED) return
      const { connection, endpoint, peer, segment, time } = event
      const wait = context.entered(peer, TIME_WAIT)
      if (wait === undefined) return
      const drew = context.knownState(connection)?.drew
      const isAnswer = drew !== undefined && time - drew.time < ANSWER_TIME
      // A socket that is still there resets with an acknowledgment: an application that will not wait, no stray.
      const isAbort = !isAnswer && resetForm(segment) === 'active'
      const isClient = (peer.index & 1) === connection.clientSide
      const lasted = time - wait.time
      context.report('ended', event, {
        data: {
          holder: isClient ? 'client' : 'server',
          lasted,
          left: Math.max(0, context.profileOf(peer).timeWait - lasted),
          by: isAnswer ? 'answer' : isAbort ? 'abort' : 'stray',
        },
        evidence: [
          context.note('closing', event, {}, wait),
          ...(isAnswer ? [context.note('drew', event, {}, drew)] : []),
          context.note('reset', event, {}),
        ],
        endpoint,
        severity: isAbort ? 'notice' : 'warning',
        blame: isAbort ? (isClient ? 'server' : 'client') : isAnswer ? 'network' : undefined,
      })
    },
  }),
})
