import { deferredRepeat } from '../deferred-accept.ts'
import { HANDSHAKE_ENDS, handshakeEnd, serverOpened } from '../handshake-end.ts'
import { endsOf, type OpeningTrace } from '../opening-trace.ts'
import { defineRule } from '../rule.ts'
import type { EventOf } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'

/** A stack that repeats its SYN-ACK later than this for the first time defers, or has other timers than ours, ns. */
const LATEST_FIRST_REPEAT = 1.5e9

export default defineRule({
  id: 'handshake-ack-lost',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary:
    'The client is ESTABLISHED and the server repeats its SYN-ACK: the third segment did not take effect.',
  references: ['RFC 9293 §3.8.1', 'RFC 9293 §3.10.7.4', 'Linux reqsk_timer_handler', 'Linux tcp_check_req'],
  tunables: [
    { name: 'net.ipv4.tcp_synack_retries', default: '5' },
    { name: 'net.core.somaxconn', default: '4096 (since 5.4)' },
  ],
  options: { soon: seconds(0.5, 'time in which a SYN-ACK and the third segment may cross') },
  messages: {
    beyond: {
      repeats: 'count',
      times: 'durations',
      late: 'duration',
      ignoredData: 'flag',
      outcome: HANDSHAKE_ENDS,
    },
    before: { repeats: 'count', times: 'durations', late: 'duration', byData: 'flag' },
  },
  notes: { synAck: { copy: 'count', after: 'duration' }, ack: { carriesData: 'flag' }, opened: {} },
  groupBy: 'server',
  merge: {
    beyond: { repeats: 'sum', late: 'max' },
    before: { repeats: 'sum', late: 'max' },
  },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'one-sided', 'midstream'],
  create: (context) => {
    const { soon } = context.options

    function synAckNotes(event: EventOf<'closed'>, copies: OpeningTrace['synAcks']) {
      const start = copies[0]?.time ?? 0
      return copies.map((copy, index) =>
        context.note('synAck', event, { copy: index + 1, after: copy.time - start }, copy),
      )
    }

    /** The third segment passed, and SYN-ACKs are sent all the same: lost behind the capture point, or ignored. */
    function reportBeyond(event: EventOf<'closed'>, trace: OpeningTrace): void {
      const [first] = trace.synAcks
      const [ack] = trace.acks
      if (first === undefined || ack === undefined) return
      const repeats = trace.synAcks.filter(({ overtaken, time }) => !overtaken && time - ack.time > soon)
      const last = repeats.at(-1)
      if (last === undefined || deferredRepeat(trace) !== undefined) return
      // Each SYN that arrived may have drawn a SYN-ACK.
      const lost = trace.syns.findIndex(({ tsVal }) => tsVal !== undefined && tsVal === first.tsEcr)
      if (trace.synAcks.length <= trace.syns.length - Math.max(lost, 0)) return
      const opened = serverOpened(event)
      // It had shown itself open before: an old SYN-ACK, whoever sent it again.
      if (opened !== undefined && opened.time < last.time) return
      const ignoredData = repeats.some(({ clientSentData }) => clientSentData)
      context.report('beyond', event, {
        data: {
          repeats: repeats.length,
          times: trace.synAcks.map(({ time }) => time - first.time),
          late: (opened ?? last).time - ack.time,
          ignoredData,
          outcome: handshakeEnd(endsOf(event).server, opened),
        },
        evidence: [
          ...synAckNotes(event, trace.synAcks),
          context.note('ack', event, { carriesData: ack.carriesData }, ack),
          ...(opened === undefined ? [] : [context.note('opened', event, {}, opened)]),
        ],
        // A full accept queue ignores data too; a loss would have to happen again and again.
        confidence: ignoredData ? 'possible' : 'likely',
        blame: ignoredData ? 'server' : 'network',
      })
    }

    /** The third segment passes late: an earlier copy was lost on its way here, as the client does not repeat its SYN. */
    function reportBefore(event: EventOf<'closed'>, trace: OpeningTrace): void {
      const [first, second] = trace.synAcks
      const [ack] = trace.acks
      if (first === undefined || second === undefined || ack === undefined) return
      const before = trace.synAcks.filter(({ time }) => time < ack.time)
      const gap = second.time - first.time
      if (before.length < 2 || trace.syns.length !== 1 || gap < soon || gap > LATEST_FIRST_REPEAT) return
      // The client echoes the SYN-ACK that it took first.
      const isKnown = ack.tsEcr !== undefined && first.tsVal !== undefined
      if (isKnown && ack.tsEcr !== first.tsVal) return
      // Without timestamps only an answer to one of the copies shows anything.
      const wait = ack.time - (before.at(-1) ?? second).time
      if (!isKnown && !ack.carriesData && wait > soon) return
      const isOver = before.length === trace.synAcks.length
      context.report('before', event, {
        data: {
          repeats: before.length - 1,
          times: before.map(({ time }) => time - first.time),
          late: ack.time - first.time,
          byData: ack.carriesData,
        },
        evidence: [
          ...synAckNotes(event, before),
          context.note('ack', event, { carriesData: ack.carriesData }, ack),
        ],
        confidence: !isKnown ? 'possible' : isOver ? 'certain' : 'likely',
        blame: 'network',
      })
    }

    return {
      judgeOpening(event, trace) {
        const ack = trace.acks[0]
        if (ack === undefined) return
        const isBeyond = trace.synAcks.some(({ time }) => time - ack.time > soon)
        if (isBeyond) reportBeyond(event, trace)
        else reportBefore(event, trace)
      },
    }
  },
})
