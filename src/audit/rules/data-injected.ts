import { HAS_ACKED } from '../../tracker/endpoint-flags.ts'
import { endOf } from '../../tracker/host-totals.ts'
import { DATA_BEGIN_OTHERWISE, DATA_DIFFER } from '../../tracker/payload-marks.ts'
import { CAUSE_FUTURE_ACK, CAUSE_OUT_OF_WINDOW } from '../../tracker/segment-class.ts'
import { isAfter } from '../../tracker/sequence.ts'
import { endOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'

/** Pairs of segments that are kept as evidence. */
const MOST_CONFLICTS = 4

/** Two segments with different bytes from one number on. */
interface Conflict {
  readonly first: Moment
  readonly second: Moment
  readonly number: number
  readonly firstBytes: number
  readonly secondBytes: number
  readonly firstTtl: number
  readonly secondTtl: number
  readonly isProven: boolean
  /** Segments that bore this sender's address by then. */
  readonly sent: number
}

/** Data that were not in the window, or acknowledged what was never sent. */
interface Stray {
  readonly moment: Moment
  readonly number: number
  readonly bytes: number
  readonly ttl: number
  readonly sent: number
}

interface Memory {
  readonly conflicts: Conflict[]
  count: number
  stray: Stray | undefined
}

export default defineRule({
  id: 'data-injected',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary:
    'Two segments bring different bytes for the same place in a stream, or data come that no end has sent.',
  references: ['RFC 9293 §3.10.7.4', 'RFC 5961 §5', 'Linux tcp_data_queue', 'Linux tcp_validate_incoming'],
  messages: {
    contradicted: {
      sender: 'end',
      which: ['first', 'second', 'unknown'],
      number: 'sequence',
      firstBytes: 'bytes',
      secondBytes: 'bytes',
      firstTtl: 'count',
      secondTtl: 'count',
      after: 'duration',
      conflicts: 'count',
    },
    refused: {
      sender: 'end',
      number: 'sequence',
      bytes: 'bytes',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
    },
  },
  notes: { first: {}, second: {}, stray: {} },
  unreliableWhen: ['duplicates'],
  state: (): Memory => ({ conflicts: [], count: 0, stray: undefined }),
  create: (context) => {
    /** The TTL of the sender's last segment, if it has sent any since; undefined if not. */
    function usualTtl(event: EventOf<'closed'>, { side }: Moment, sent: number): number | undefined {
      const sender = endOfSide(event, side)
      return sender.packets > sent ? sender.mssScaleAndTtl >>> 24 : undefined
    }

    function whichIsOdd(event: EventOf<'closed'>, conflict: Conflict): 'first' | 'second' | 'unknown' {
      const usual = usualTtl(event, conflict.second, conflict.sent)
      if (usual === undefined || conflict.firstTtl === conflict.secondTtl) return 'unknown'
      if (usual === conflict.secondTtl) return 'first'
      return usual === conflict.firstTtl ? 'second' : 'unknown'
    }

    function reportConflict(event: EventOf<'closed'>, { conflicts, count }: Memory): void {
      const conflict = conflicts.find((one) => whichIsOdd(event, one) !== 'unknown') ?? conflicts[0]
      if (conflict === undefined) return
      const { first, second, number, firstBytes, secondBytes, firstTtl, secondTtl, isProven } = conflict
      const which = whichIsOdd(event, conflict)
      context.report('contradicted', event, {
        data: {
          sender: endOf(event.connection, second.side),
          which,
          number,
          firstBytes,
          secondBytes,
          firstTtl,
          secondTtl,
          after: second.time - first.time,
          conflicts: count,
        },
        evidence: conflicts.flatMap((one) => [
          context.note('first', event, {}, one.first),
          context.note('second', event, {}, one.second),
        ]),
        confidence: isProven && which !== 'unknown' ? 'certain' : 'likely',
        blame: which === 'unknown' ? undefined : 'attacker',
        severity: which === 'unknown' ? 'notice' : undefined,
        endpoint: endOfSide(event, second.side),
      })
    }

    function reportStray(event: EventOf<'closed'>, { moment, number, bytes, ttl, sent }: Stray): void {
      const usual = usualTtl(event, moment, sent)
      const receiver = endOfSide(event, 1 - moment.side)
      // That nobody acknowledges them says the same of data that were lost, or that the capture ends with.
      if (usual === undefined || usual === ttl) return
      if ((receiver.flags & HAS_ACKED) !== 0 && isAfter(receiver.ackSent, number)) return
      context.report('refused', event, {
        data: {
          sender: endOf(event.connection, moment.side),
          number,
          bytes,
          ttl,
          usualTtl: usual,
          continued: endOfSide(event, moment.side).packets - sent,
        },
        evidence: [context.note('stray', event, {}, moment)],
        confidence: 'likely',
        blame: 'attacker',
        endpoint: endOfSide(event, moment.side),
      })
    }

    return {
      dataDiffer(event) {
        const { connection, endpoint, segment, detail, earlier } = event
        const isProven = detail === DATA_DIFFER || earlier.isAcknowledged
        // A copy that was damaged on the way is repeated too, and was not acknowledged.
        const isOdd = detail === DATA_BEGIN_OTHERWISE && earlier.ttl !== segment.ttl
        if (!isProven && !isOdd) return
        const second = context.moment(event)
        const memory = context.stateOf(connection)
        memory.count++
        if (memory.conflicts.length === MOST_CONFLICTS) return
        memory.conflicts.push({
          first: { ...second, packet: earlier.packet, time: event.time - earlier.age },
          second,
          number: segment.seq,
          firstBytes: earlier.length,
          secondBytes: segment.payloadLength,
          firstTtl: earlier.ttl,
          secondTtl: segment.ttl,
          isProven,
          sent: endpoint.packets,
        })
      },
      unaccepted(event) {
        const { connection, endpoint, peer, segment, detail } = event
        if (segment.payloadLength <= 1) return
        const isBeyond = detail === CAUSE_OUT_OF_WINDOW && isAfter(segment.seq, peer.windowEdge)
        if (!isBeyond && detail !== CAUSE_FUTURE_ACK) return
        context.stateOf(connection).stray ??= {
          moment: context.moment(event),
          number: segment.seq,
          bytes: segment.payloadLength,
          ttl: segment.ttl,
          // It is counted behind this.
          sent: endpoint.packets + 1,
        }
      },
      known: {
        closed(event, memory) {
          reportConflict(event, memory)
          if (memory.conflicts.length === 0 && memory.stray !== undefined) reportStray(event, memory.stray)
        },
      },
    }
  },
})
