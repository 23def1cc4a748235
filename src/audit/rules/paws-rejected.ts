import { FIN } from '../../decode/tcp-flags.ts'
import { CAUSE_PAWS } from '../../tracker/segment-class.ts'
import { distance, isAfter, isAtOrAfter } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Segments that are kept as evidence. */
const MOST_MOMENTS = 8

/** What one end sent with a timestamp from before. */
interface Rejected {
  readonly moments: Moment[]
  segments: number
  behind: number
  /** Where the last of them ends. */
  end: number
}

export default defineRule({
  id: 'paws-rejected',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary:
    'New data bear an older timestamp than what came before: their receiver takes them for old duplicates.',
  references: ['RFC 7323 §5', 'Linux tcp_paws_check', 'Linux tcp_paws_discard'],
  tunables: [{ name: 'net.ipv4.tcp_timestamps', default: '1' }],
  options: { segments: count(2, 'segments with something new that are refused') },
  messages: { refused: { segments: 'count', behind: 'count', healed: 'flag', wrapped: 'flag' } },
  notes: { old: {} },
  groupBy: 'end',
  merge: { refused: { segments: 'sum', behind: 'max' } },
  unreliableWhen: ['reordering', 'duplicates'],
  state: (): [Rejected | undefined, Rejected | undefined] => [undefined, undefined],
  create: (context) => ({
    unaccepted(event) {
      const { detail, segment, connection, endpoint, peer } = event
      if (detail !== CAUSE_PAWS) return
      const end = (segment.seq + segment.payloadLength + (segment.flags & FIN)) | 0
      // What was acknowledged already is the old duplicate that this is made for.
      if (!isAfter(end, peer.ackSent)) return
      const behind = distance(peer.tsRecent, segment.options.tsVal)
      // What echoes no timestamp of the SYN-ACK is refused for that.
      if (behind <= 0) return
      const state = context.stateOf(connection)
      const side = (endpoint.index & 1) as 0 | 1
      const rejected = state[side] ?? { moments: [], segments: 0, behind: 0, end }
      state[side] = rejected
      rejected.segments++
      rejected.behind = Math.max(rejected.behind, behind)
      rejected.end = end
      if (rejected.moments.length < MOST_MOMENTS) rejected.moments.push(context.moment(event))
    },
    known: {
      closed(event, sides) {
        for (const [side, rejected] of sides.entries()) {
          if (rejected === undefined || rejected.segments < context.options.segments) continue
          const { moments, segments, behind, end } = rejected
          const sender = endOfSide(event, side)
          const healed = isAtOrAfter(endOfSide(event, 1 - side).ackSent, end)
          context.report('refused', event, {
            data: { segments, behind, healed, wrapped: sender.payloadBytes >= 2 ** 32 },
            evidence: moments.map((moment) => context.note('old', event, {}, moment)),
            // A host's clock does not go back and forth.
            blame: healed ? 'middlebox' : roleOfSide(event, side),
            endpoint: sender,
          })
        }
      },
    },
  }),
})
