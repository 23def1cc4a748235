import { SENT_DATA } from '../../tracker/endpoint-flags.ts'
import { distance } from '../../tracker/sequence.ts'
import { CLOSE_WAIT, ESTABLISHED } from '../../tracker/tcp-state.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import type { ResetReason } from '../reset-reason.ts'
import type { WatchedReset } from '../reset-watch.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

/** Reasons by which an end closes so. */
const ABORTS = ['unread-data', 'abort'] as const

const DATA = {
  reason: ABORTS,
  /** The other one is as likely. */
  open: 'flag',
  after: 'duration',
  unacknowledged: 'bytes',
} as const

export default defineRule({
  id: 'abortive-close',
  scope: 'connection',
  category: 'closing',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An end closed its connection by an RST instead of a FIN.',
  references: ['RFC 9293 §3.10.5', 'RFC 2525 §2.17', 'RFC 1122 §4.2.2.13', 'Linux tcp_close'],
  options: { many: count(20, 'aborted connections of one server port that make it a warning') },
  messages: { byClient: DATA, byServer: DATA },
  notes: { reset: {} },
  groupBy: 'server',
  escalation: { option: 'many', severity: 'warning' },
  merge: {
    byClient: { after: 'max', unacknowledged: 'sum' },
    byServer: { after: 'max', unacknowledged: 'sum' },
  },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'snaplen', 'midstream', 'one-sided'],
  create: (context) => ({
    judgeResets(event, resets) {
      const { connection, endpoint, peer } = event
      // Connect and reset, without a byte: a health check.
      if (((endpoint.flags | peer.flags) & SENT_DATA) === 0) return
      const reset = resets.find(isAbort)
      if (reset === undefined) return
      const isEndpoint = (endpoint.index & 1) === reset.moment.side
      const [sender, receiver] = isEndpoint ? [endpoint, peer] : [peer, endpoint]
      const isClient = reset.moment.side === connection.clientSide
      context.report(isClient ? 'byClient' : 'byServer', event, {
        data: {
          reason: reset.reasons[0] === 'abort' ? 'abort' : 'unread-data',
          open: reset.reasons.length > 1,
          after: reset.moment.time - connection.start,
          unacknowledged: Math.max(0, distance(sender.sndNxt, receiver.ackSent)),
        },
        evidence: [context.note('reset', event, {}, reset.moment)],
        confidence: reset.verdict.confidence,
        blame: isClient ? 'client' : 'server',
      })
    },
  }),
})

/** It is its sender's own, took effect, and stands where a FIN would. */
function isAbort({ effect, verdict, reasons, before }: WatchedReset): boolean {
  if (effect !== RESET_ACCEPTED || verdict.origin === 'forged') return false
  const standsForFin = before === ESTABLISHED || before === CLOSE_WAIT
  return standsForFin && (ABORTS as readonly ResetReason[]).includes(reasons[0] as ResetReason)
}
