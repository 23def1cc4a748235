import { VLAN_COLLISION } from '../../tracker/connection-flags.ts'
import type { Endpoint } from '../../tracker/endpoint.ts'
import { OFFERED_MSS } from '../../tracker/endpoint-flags.ts'
import { distance } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf, WaitEvent } from '../rule-handlers.ts'
import { count, share } from '../rule-options.ts'

/** Stalls that are kept as evidence. */
const MOST_MOMENTS = 8
/** What an acknowledgment releases leaves the kernel with it, no process has to wake up: what that takes besides the way, ns. */
const SLACK = 0.4e6
/** How long data may take to pass behind the acknowledgment that released them, ns: the shortest that fits is waited for. */
const REACTION_TIMES = [0.5e6, 1e6, 2e6, 4e6, 8e6, 16e6, 32e6]
/** MSS of who offers none (RFC 9293 §3.7.1), and the most that options take from it. */
const DEFAULT_MSS = 536
const MOST_OPTIONS = 40

/**
 * What one end, who sends the data, went through, in numbers: late acknowledgments it got, and those that its next data
 * followed at once; the time these cost, all and the longest, ns; of the last late one its number, how late it came, ns, the
 * bytes that the window left before it, its packet and time.
 */
const LATE = 0
const HELD = 1
const LOST = 2
const LONGEST = 3
const ACK = 4
const LATENESS = 5
const ROOM = 6
const PACKET = 7
const TIME = 8
const OF_AN_END = 9

export default defineRule({
  id: 'nagle-delayed-ack',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'Small segments wait for an acknowledgment that their receiver delays.',
  references: [
    'RFC 896 (Nagle)',
    'RFC 1122 §4.2.3.2 and §4.2.3.4',
    'Linux tcp_nagle_check',
    'Linux tcp_send_delayed_ack',
  ],
  options: {
    stalls: count(3, 'small segments of one end that must have waited for a late acknowledgment'),
    share: share(0.5, 'share of the late acknowledgments that must be followed by such data'),
  },
  messages: {
    held: {
      by: ['client', 'server'],
      stalls: 'count',
      late: 'count',
      lost: 'duration',
      longest: 'duration',
    },
  },
  notes: { released: {} },
  groupBy: 'server',
  merge: { held: { stalls: 'sum', late: 'sum', lost: 'sum', longest: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'reordering'],
  /** Where data of each end had waited. */
  state: (): [Moment[], Moment[]] => [[], []],
  create(context) {
    const ends = context.numbers(2 * OF_AN_END)

    function look({ connection, endpoint, peer }: WaitEvent): void {
      const known = ends.known(connection)
      if (known < 0) return
      const { numbers } = ends
      const side = (peer.index & 1) as 0 | 1
      const at = known + side * OF_AN_END
      const released = distance(peer.sndNxt, numbers[at + ACK] as number)
      // A segment of full size was not held back by Nagle, and one that had no room not by him alone.
      if (released <= 0 || released > leastFull(endpoint) || released > (numbers[at + ROOM] as number)) return
      const lateness = numbers[at + LATENESS] as number
      numbers[at + HELD] = (numbers[at + HELD] as number) + 1
      numbers[at + LOST] = (numbers[at + LOST] as number) + lateness
      numbers[at + LONGEST] = Math.max(numbers[at + LONGEST] as number, lateness)
      const moments = context.stateOf(connection)[side]
      if (moments.length === MOST_MOMENTS) return
      const [packet, time] = [numbers[at + PACKET] as number, numbers[at + TIME] as number]
      moments.push({ packet, time, side: endpoint.index & 1 })
    }
    const waits = REACTION_TIMES.map((length) => context.after(length, look))

    function judge(event: EventOf<'closed'>, side: 0 | 1, moments: readonly Moment[]): void {
      const at = ends.known(event.connection) + side * OF_AN_END
      const { numbers } = ends
      const late = numbers[at + LATE] as number
      const held = numbers[at + HELD] as number
      if (held < context.options.stalls || held < context.options.share * late) return
      if ((event.connection.flags & VLAN_COLLISION) !== 0) return // mutant: equivalent, because ladders have no VLANs of their own
      const by = roleOfSide(event, side)
      const [lost, longest] = [numbers[at + LOST] as number, numbers[at + LONGEST] as number]
      context.report('held', event, {
        data: { by, stalls: held, late, lost, longest },
        evidence: moments.map((moment) => context.note('released', event, {}, moment)),
        blame: by,
        endpoint: endOfSide(event, side),
        confidence: 'likely',
      })
    }

    return {
      lateAck(event) {
        const { connection, endpoint, peer, packet, time, segment } = event
        const first = ends.of(connection)
        if (first < 0) return
        const { numbers } = ends
        const at = first + (peer.index & 1) * OF_AN_END
        numbers[at + LATE] = (numbers[at + LATE] as number) + 1
        numbers[at + ACK] = segment.ack
        numbers[at + LATENESS] = time - peer.rttStart - peer.rttMin
        numbers[at + ROOM] = distance(endpoint.windowEdge, peer.sndNxt)
        numbers[at + PACKET] = packet
        numbers[at + TIME] = time
        // The way from here to who waits, and back.
        const reaction = endpoint.rttMin + endpoint.rttMin / 8 + SLACK
        for (let i = 0; i < REACTION_TIMES.length; i++) {
          if ((REACTION_TIMES[i] as number) < reaction) continue
          waits[i]?.(event)
          break
        }
      },
      known: {
        closed(event, [first, second]) {
          judge(event, 0, first)
          judge(event, 1, second)
        },
      },
    }
  },
})

/** No segment to it that is full is smaller. */
function leastFull(receiver: Endpoint): number {
  const mss = (receiver.flags & OFFERED_MSS) === 0 ? DEFAULT_MSS : receiver.mssScaleAndTtl & 0xffff
  return mss - MOST_OPTIONS
}
