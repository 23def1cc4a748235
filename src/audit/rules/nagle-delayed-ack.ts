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

/** What one end, who sends the data, went through. */
class Stalls {
  /** Late acknowledgments it got, and those that its next data followed at once. */
  late = 0
  held = 0
  lost = -0
  longest = -0
  moments: Moment[] | undefined
  /** The last of them: its number, how late it came, and the bytes that the window left before it. */
  ack = 0
  lateness = -0
  room = 0
  packet = 0
  time = -0
}

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
  state: (): [Stalls | undefined, Stalls | undefined] => [undefined, undefined],
  create(context) {
    function look({ connection, endpoint, peer }: WaitEvent): void {
      const stalls = context.stateOf(connection)[(peer.index & 1) as 0 | 1]
      if (stalls === undefined) return
      const released = distance(peer.sndNxt, stalls.ack)
      // A segment of full size was not held back by Nagle, and one that had no room not by him alone.
      if (released <= 0 || released > leastFull(endpoint) || released > stalls.room) return
      stalls.held++
      stalls.lost += stalls.lateness
      stalls.longest = Math.max(stalls.longest, stalls.lateness)
      stalls.moments ??= []
      const { packet, time, moments } = stalls
      if (moments.length < MOST_MOMENTS) moments.push({ packet, time, side: endpoint.index & 1 })
    }
    const waits = REACTION_TIMES.map((length) => context.after(length, look))

    function judge(event: EventOf<'closed'>, side: 0 | 1, stalls: Stalls | undefined): void {
      if (stalls === undefined) return
      const { late, held, lost, longest, moments = [] } = stalls
      if (held < context.options.stalls || held < context.options.share * late) return
      if ((event.connection.flags & VLAN_COLLISION) !== 0) return // mutant: equivalent, because ladders have no VLANs of their own
      const by = roleOfSide(event, side)
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
        const { connection, endpoint, peer, time, segment } = event
        const sides = context.stateOf(connection)
        const side = (peer.index & 1) as 0 | 1
        let stalls = sides[side]
        if (stalls === undefined) {
          stalls = new Stalls()
          sides[side] = stalls
        }
        stalls.late++
        stalls.ack = segment.ack
        stalls.lateness = time - peer.rttStart - peer.rttMin
        stalls.room = distance(endpoint.windowEdge, peer.sndNxt)
        stalls.packet = event.packet
        stalls.time = time
        // The way from here to who waits, and back.
        const reaction = endpoint.rttMin + endpoint.rttMin / 8 + SLACK
        for (let i = 0; i < REACTION_TIMES.length; i++) {
          if ((REACTION_TIMES[i] as number) < reaction) continue
          waits[i]?.(event)
          break
        }
      },
      known: {
        closed(event, sides) {
          judge(event, 0, sides[0])
          judge(event, 1, sides[1])
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
