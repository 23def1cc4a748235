import { OPENED } from '../../tracker/connection-flags.ts'
import { FIN_SENT, SEEN } from '../../tracker/endpoint-flags.ts'
import { CLASS_KEEP_ALIVE } from '../../tracker/segment-class.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { RESET_REASONS } from '../reset-reason.ts'
import type { WatchedReset } from '../reset-watch.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { ConnectionEvent, EventOf } from '../rule-handlers.ts'
import { count, seconds } from '../rule-options.ts'
import { UnansweredRun } from '../unanswered-run.ts'

interface Memory {
  /** What each side has tried in vain. */
  readonly runs: readonly [UnansweredRun, UnansweredRun]
  /** The tuple was opened anew afterwards. */
  reopened: boolean
}

export default defineRule({
  id: 'half-open',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'One end of an open connection is gone without having closed it.',
  references: ['RFC 9293 §3.5.1', 'RFC 1122 §4.2.3.5', 'Linux tcp_v4_send_reset', 'Linux tcp_write_timeout'],
  tunables: [
    { name: 'net.ipv4.tcp_retries2', default: '15' },
    { name: 'net.ipv4.tcp_keepalive_time', default: '7200 s' },
  ],
  options: {
    tries: count(3, 'how often the other end must have tried in vain before it gave up'),
    span: seconds(1, 'for how long it must have tried'),
  },
  messages: {
    'peer-restarted': { reasons: { listOf: RESET_REASONS }, reopened: 'flag' },
    'peer-vanished': { tries: 'count', waited: 'duration', by: ['data', 'keep-alive'] },
  },
  notes: { reset: {}, unanswered: {} },
  groupBy: 'host',
  merge: { 'peer-vanished': { tries: 'sum', waited: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided'],
  state: (): Memory => ({
    runs: [new UnansweredRun(), new UnansweredRun()],
    reopened: false,
  }),
  create: (context) => {
    const judgeResets = (event: EventOf<'closed'>, resets: readonly WatchedReset[]): void => {
      const reopened = context.knownState(event.connection)?.reopened ?? false
      for (const { moment, reasons, verdict } of resets) {
        if (verdict.origin !== 'source') continue
        const { side } = moment
        if (reasons[0] === 'keep-alive') reportVanished(event, side, 'keep-alive', moment)
        if (reasons[0] !== 'forgotten') continue
        context.report('peer-restarted', event, {
          data: { reasons, reopened },
          evidence: [context.note('reset', event, {}, moment)],
          confidence: reopened ? 'certain' : 'likely',
          blame: roleOfSide(event, side),
          endpoint: endOfSide(event, side),
        })
      }
    }

    function reportVanished(
      event: ConnectionEvent,
      side: number,
      by: 'data' | 'keep-alive',
      end?: Moment,
    ): void {
      const gone = endOfSide(event, 1 - side)
      if ((event.connection.flags & OPENED) === 0 || (gone.flags & (SEEN | FIN_SENT)) !== SEEN) return
      const run = context.stateOf(event.connection).runs[side as 0 | 1]
      if (run.count < context.options.tries || run.length < context.options.span) return
      context.report('peer-vanished', event, {
        data: { tries: run.count, waited: run.length, by },
        evidence: [
          ...run.moments.map((moment) => context.note('unanswered', event, {}, moment)),
          ...(end === undefined ? [] : [context.note('reset', event, {}, end)]),
        ],
        confidence: end === undefined ? 'likely' : 'certain',
        blame: roleOfSide(event, 1 - side),
        endpoint: gone,
      })
    }

    function tries(event: ConnectionEvent): void {
      context.stateOf(event.connection).runs[(event.endpoint.index & 1) as 0 | 1].note(event)
    }

    return {
      judgeResets,
      retransmission: tries,
      probe(event) {
        if (event.detail === CLASS_KEEP_ALIVE) tries(event)
      },
      gaveUp: (event) => reportVanished(event, event.endpoint.index & 1, 'data'),
      replaced(event) {
        context.stateOf(event.connection).reopened = true
      },
    }
  },
})
