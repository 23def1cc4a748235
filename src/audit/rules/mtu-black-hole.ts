import { distance, isAfter } from '../../tracker/sequence.ts'
import { endOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Copies that are kept as evidence. */
const MOST_COPIES = 8

/** A large segment at the front of what one end has out, sent again and again. */
interface Stuck {
  readonly seq: number
  /** Its payload, and the IP packet. */
  readonly size: number
  readonly packet: number
  /** It is larger than all that was acknowledged before: nothing of its size has ever got through. */
  readonly isFirstOfSize: boolean
  readonly moments: Moment[]
  copies: number
  last: Moment
  /** The same beginning in a smaller segment. */
  smaller: { readonly size: number; readonly moment: Moment } | undefined
}

/** What is known of the data of one end. */
interface Direction {
  stuck: Stuck | undefined
  /** The longest block that its peer has said to hold behind what is missing. */
  sacked: { readonly bytes: number; readonly moment: Moment } | undefined
  /** The MTU that an ICMP error told it. */
  icmp: { readonly mtu: number; readonly moment: Moment } | undefined
}

function nothing(): Direction {
  return { stuck: undefined, sacked: undefined, icmp: undefined }
}

export default defineRule({
  id: 'mtu-black-hole',
  scope: 'connection',
  category: 'open',
  severity: 'error',
  since: '0.2.0',
  summary: 'Large segments are sent again and again and never arrive, while small ones do.',
  references: ['RFC 2923 §2.1', 'RFC 4821', 'RFC 1191', 'RFC 8201', 'Linux tcp_mtu_probing'],
  tunables: [
    { name: 'net.ipv4.tcp_mtu_probing', default: '0' },
    { name: 'net.ipv4.tcp_base_mss', default: '1024' },
    { name: 'net.ipv4.tcp_retries1', default: '3' },
  ],
  options: {
    copies: count(3, 'times that a large segment must be sent again in vain'),
    large: count(1000, 'bytes of payload from which a segment is a large one'),
  },
  messages: {
    swallowed: {
      size: 'bytes',
      packet: 'count',
      copies: 'count',
      waited: 'duration',
      passed: 'bytes?',
      mtu: 'count?',
    },
    healed: { size: 'bytes', packet: 'count', copies: 'count', waited: 'duration', smaller: 'bytes' },
  },
  notes: {
    copy: { copy: 'count' },
    passed: { bytes: 'bytes' },
    smaller: { bytes: 'bytes' },
    icmp: { mtu: 'count' },
  },
  groupBy: 'path',
  merge: { swallowed: { copies: 'max', waited: 'max' }, healed: { copies: 'max', waited: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'one-sided'],
  state: (): [Direction, Direction] => [nothing(), nothing()],
  create: (context) => ({
    retransmission(event) {
      const { segment, connection, endpoint, peer } = event
      const { seq, payloadLength: size } = segment
      const side = (endpoint.index & 1) as 0 | 1
      const known = context.knownState(connection)?.[side].stuck
      const moment = context.moment(event)
      if (known?.seq === seq) {
        if (size < known.size) known.smaller ??= { size, moment }
        else {
          known.copies++
          known.last = moment
          if (known.moments.length < MOST_COPIES) known.moments.push(moment)
        }
        return
      }
      if (size < context.options.large || seq !== peer.ackSent) return
      // Enough is known: nothing that comes later says more.
      if (known !== undefined && known.copies >= context.options.copies) return
      context.stateOf(connection)[side].stuck = {
        seq,
        size,
        packet: segment.ipEnd - segment.ipStart,
        isFirstOfSize: distance(peer.ackSent, endpoint.isn) <= size,
        moments: [moment],
        copies: 1,
        last: moment,
        smaller: undefined,
      }
    },
    sack(event) {
      const { segment, connection, peer } = event
      const { sackEdges, sackCount } = segment.options
      let bytes = 0
      for (let block = 0; block < sackCount; block++) {
        const left = sackEdges[2 * block] as number
        const right = sackEdges[2 * block + 1] as number
        if (isAfter(left, segment.ack)) bytes = Math.max(bytes, distance(right, left))
      }
      if (bytes === 0) return
      context.stateOf(connection)[(peer.index & 1) as 0 | 1].sacked = { bytes, moment: context.moment(event) }
    },
    icmpError(event) {
      const { icmp, connection, endpoint } = event
      if (icmp === undefined || icmp.mtu === 0) return
      context.stateOf(connection)[(endpoint.index & 1) as 0 | 1].icmp = {
        mtu: icmp.mtu,
        moment: context.moment(event),
      }
    },
    known: {
      closed(event, sides) {
        for (const [side, { stuck, sacked, icmp }] of sides.entries()) {
          if (stuck === undefined || stuck.copies < context.options.copies) continue
          const { size, packet, copies, moments, last, smaller } = stuck
          const receiver = endOfSide(event, 1 - side)
          const waited = last.time - (moments[0] as Moment).time
          const copiesSeen = moments.map((moment, index) =>
            context.note('copy', event, { copy: index + 1 }, moment),
          )
          if (isAfter(receiver.ackSent, stuck.seq)) {
            if (smaller === undefined) continue
            context.report('healed', event, {
              data: { size, packet, copies, waited, smaller: smaller.size },
              evidence: [
                ...copiesSeen,
                context.note('smaller', event, { bytes: smaller.size }, smaller.moment),
              ],
              severity: 'warning',
              blame: 'network',
            })
            continue
          }
          // A block as long as the segment: others as large have arrived.
          if (sacked !== undefined && sacked.bytes >= size) continue
          const isAlive = stuck.isFirstOfSize && receiver.lastTime > last.time
          if (sacked === undefined && icmp === undefined && !isAlive) continue
          context.report('swallowed', event, {
            data: {
              size,
              packet,
              copies,
              waited,
              passed: sacked?.bytes ?? null,
              mtu: icmp?.mtu ?? null,
            },
            evidence: [
              ...(sacked === undefined
                ? []
                : [context.note('passed', event, { bytes: sacked.bytes }, sacked.moment)]),
              ...(icmp === undefined ? [] : [context.note('icmp', event, { mtu: icmp.mtu }, icmp.moment)]),
              ...copiesSeen,
            ],
            confidence: icmp === undefined ? 'likely' : 'certain',
            blame: 'network',
          })
        }
      },
    },
  }),
})
