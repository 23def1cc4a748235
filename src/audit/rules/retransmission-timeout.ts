import type { Endpoint } from '../../tracker/endpoint.ts'
import { TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { CLASS_RETRANSMISSION_TIMEOUT } from '../../tracker/segment-class.ts'
import { isAfter } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count, seconds } from '../rule-options.ts'

/** Copies that are kept as evidence. */
const MOST_COPIES = 16

const ENDS = ['healed', 'gave-up', 'trying'] as const

/** A segment that one end has sent again and again. */
interface Repeated {
  readonly seq: number
  readonly bytes: number
  copies: number
  readonly moments: Moment[]
  last: Moment
}

interface Memory {
  /** What each side repeats at the moment. */
  readonly now: [Repeated | undefined, Repeated | undefined]
  /** What was repeated most. */
  most: Repeated | undefined
}

export default defineRule({
  id: 'retransmission-timeout',
  scope: 'connection',
  category: 'open',
  severity: 'error',
  since: '0.2.0',
  summary: 'The same data are sent again and again, ever later, and nothing acknowledges them.',
  references: ['RFC 6298 §5', 'RFC 9293 §3.8.3', 'Linux tcp_retransmit_timer'],
  tunables: [{ name: 'net.ipv4.tcp_retries2', default: '15' }],
  options: {
    times: count(5, 'timeouts of one segment that make it an error'),
    span: seconds(5, 'how long the repeats must go on: five timeouts from an RTO of 200 ms take 6 s'),
  },
  messages: {
    backedOff: {
      repeats: 'count',
      waited: 'duration',
      times: 'durations',
      number: 'sequence',
      bytes: 'bytes',
      ended: ENDS,
      sender: ['client', 'server'],
    },
  },
  notes: { repeat: { copy: 'count' } },
  groupBy: 'path',
  merge: { backedOff: { repeats: 'max', waited: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'one-sided'],
  state: (): Memory => ({ now: [undefined, undefined], most: undefined }),
  create: (context) => ({
    retransmission(event) {
      const { detail, segment, connection, endpoint } = event
      // A SYN-ACK or a FIN alone is the story of other rules.
      if (detail !== CLASS_RETRANSMISSION_TIMEOUT || segment.payloadLength === 0) return
      const memory = context.stateOf(connection)
      const side = (endpoint.index & 1) as 0 | 1
      const moment = context.moment(event)
      const known = memory.now[side]
      if (known?.seq === segment.seq) {
        known.copies++
        known.last = moment
        if (known.moments.length < MOST_COPIES) known.moments.push(moment)
      } else {
        const { seq, payloadLength } = segment
        memory.now[side] = { seq, bytes: payloadLength, copies: 1, moments: [moment], last: moment }
      }
      const repeated = memory.now[side] as Repeated
      if (repeated.copies > (memory.most?.copies ?? 0)) memory.most = repeated
    },
    known: {
      closed(event, { most }) {
        if (most === undefined || most.copies < context.options.times) return
        const [first] = most.moments as [Moment]
        const waited = most.last.time - first.time
        if (waited < context.options.span) return
        const ended = endOf(most.seq, endOfSide(event, first.side), endOfSide(event, 1 - first.side))
        context.report('backedOff', event, {
          data: {
            repeats: most.copies,
            waited,
            times: most.moments.map(({ time }) => time - first.time),
            number: most.seq,
            bytes: most.bytes,
            ended,
            sender: roleOfSide(event, first.side),
          },
          evidence: most.moments.map((moment, index) =>
            context.note('repeat', event, { copy: index + 1 }, moment),
          ),
          severity: ended === 'healed' ? 'warning' : 'error',
          blame: 'network',
        })
      },
    },
  }),
})

function endOf(seq: number, sender: Endpoint, receiver: Endpoint): (typeof ENDS)[number] {
  if (isAfter(receiver.ackSent, seq)) return 'healed'
  return (sender.flags & TIMED_OUT) !== 0 ? 'gave-up' : 'trying'
}
