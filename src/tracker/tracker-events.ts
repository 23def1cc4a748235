import type { IcmpError } from '../decode/icmp-error.ts'
import type { Segment } from '../decode/segment.ts'
import { ClosingRecord } from './closing.ts'
import type { Connection } from './connection.ts'
import type { FinishedConnection } from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import { EarlierData } from './payload-marks.ts'
import type { SegmentClass } from './segment-class.ts'
import type { Basis, TcpState } from './tcp-state.ts'

/**
 * What the tracker tells others, per connection, in the order of the EVENT_* numbers. docs/tracker-events.md is printed
 * from this list; test/tracker/tracker-events.test.ts holds the tracker to it.
 */
export const TRACKER_EVENTS = [
  {
    name: 'opened',
    when: 'A connection begins for the tracker: its SYN, its SYN-ACK, the first segment of one already under way, or the SYN-ACK that shows a pending SYN to have opened one (`time` and `packet` are then those of the SYN-ACK, the connection’s `start` and `firstPacket` those of the SYN). The `state` events of the same packet come before it.',
    endpoint: 'the sender of that segment',
    detail: '',
  },
  {
    name: 'state',
    when: 'An endpoint is taken to have entered a state. `time` is when that is concluded; the transition itself may be dated earlier, at the copy that had arrived. `packet` is 0 if a timer ran out.',
    endpoint: 'whose state it is',
    detail: '`from`, `to`, `basis`',
  },
  {
    name: 'retracted',
    when: 'An endpoint’s newest transition is taken back: the segment at hand, or a timer, disproves it, or it is dated anew (`state` with the same state follows at once).',
    endpoint: 'whose state it is',
    detail:
      '`from` the state taken back, `to` the one that holds again, `basis` what the former had rested on, `since` and `sincePacket` when and by which packet it had been entered',
  },
  {
    name: 'segment',
    when: 'A segment has been taken in, after all that it changed. Not for a frame captured twice. Whoever subscribes makes every segment take the long way: rules use the events below.',
    endpoint: 'its sender',
    detail: '`detail`: what it was taken for, CLASS_*; its receiver did not take it where that says so',
  },
  {
    name: 'challengeAck',
    when: 'An ACK answers a SYN, an RST or an ACK that its sender had just been sent and did not accept (RFC 5961). Before the `segment` event.',
    endpoint: 'who sent the challenge ACK',
    detail: '`detail`: CAUSE_*; `causePacket`: the packet that drew it',
  },
  {
    name: 'reset',
    when: 'An RST has been sent to its receiver, whatever that made of it.',
    endpoint: 'whose address it bears',
    detail: '`detail`: what became of it, RESET_*; `before`, `peerBefore`: the states it met at both ends',
  },
  {
    name: 'pendingSyn',
    when: 'A SYN met a live connection whose SYN it does not repeat. Once per number.',
    endpoint: 'whose address it bears',
    detail: '',
  },
  {
    name: 'replaced',
    when: 'The tuple opens anew: what was left of the old connection has ended. `closed` of the old and `opened` of the new follow.',
    endpoint: 'the sender of the segment at hand',
    detail: '`before`, `peerBefore`: the states both ends were left in',
  },
  {
    name: 'unseenData',
    when: 'A segment begins beyond what its sender was seen to send: what lies between escaped the capture, or comes late.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'duplicateFrame',
    when: 'The capture holds a frame a second time. Nothing else follows from it.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'zeroWindow',
    when: 'An endpoint offers a window of 0, having offered more before.',
    endpoint: 'who offers it',
    detail: '',
  },
  {
    name: 'windowOpened',
    when: 'It offers more than 0 again.',
    endpoint: 'who offers it',
    detail: '',
  },
  {
    name: 'icmpError',
    when: 'An ICMP or ICMPv6 error quotes a segment of the connection. After the `state` event, if it ended the attempt to connect.',
    endpoint: 'who sent the quoted segment, to whom the error is addressed',
    detail:
      '`detail`: what became of it, ICMP_*; `icmp`: `version`, `type`, `code`, `mtu` (of the next hop, 0 if it is not about that); `quotedSeq`',
  },
  {
    name: 'closed',
    when: 'The connection leaves the tracker: both ends have been gone for 120 s, the tuple opens anew, or the input ends, whatever state the ends are in then.',
    endpoint: 'either',
    detail: '`finished`: its gist, and all that is known of it for who asks',
  },
  {
    name: 'syn',
    when: 'A SYN without ACK has been taken in. After `opened` or `pendingSyn`.',
    endpoint: 'its sender',
    detail: '`detail`: what it means on its tuple, SYN_*',
  },
  {
    name: 'synAck',
    when: 'A SYN-ACK has been taken in.',
    endpoint: 'its sender',
    detail: '`detail`: which copy of its number, from 1',
  },
  {
    name: 'handshake',
    when: 'The acknowledgment of the SYN-ACK passes for the first time.',
    endpoint: 'the client',
    detail: '',
  },
  {
    name: 'retransmission',
    when: 'Data, a FIN or a SYN-ACK is sent again.',
    endpoint: 'its sender',
    detail: '`detail`: the kind, one of CLASS_*; the run of unanswered ones stands in its sender’s extra',
  },
  {
    name: 'outOfOrder',
    when: 'A segment passes later than it was sent, and had not passed before.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'probe',
    when: 'A keep-alive or zero-window probe, or the answer to one.',
    endpoint: 'its sender',
    detail: '`detail`: which of them, one of CLASS_*',
  },
  {
    name: 'unaccepted',
    when: 'A segment is not taken by its receiver, who is to answer it at once. RSTs too, where they are challenged.',
    endpoint: 'its sender',
    detail: '`detail`: why, CAUSE_*',
  },
  {
    name: 'toClosed',
    when: 'A segment, no RST, is sent to an end that has no socket any more.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'fin',
    when: 'An end’s FIN passes for the first time. The `state` it leads to comes first.',
    endpoint: 'its sender',
    detail:
      '`closing`: how long its sender, and its peer, had sent no payload, and how long it had been silent before its last words',
  },
  {
    name: 'unseenAck',
    when: 'A segment acknowledges what its peer was not seen to send: it escaped the capture, or is a lie.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'oddFlags',
    when: 'A segment bears flags that no stack sends: none, SYN with FIN or RST, RST with FIN, FIN or data without ACK, or FIN, PSH and URG together.',
    endpoint: 'its sender',
    detail: '`detail`: the flags',
  },
  {
    name: 'gaveUp',
    when: 'An end that must repeat itself or be answered has stopped: it has run out of retries, by the timers of Linux.',
    endpoint: 'who gave up',
    detail: '',
  },
  {
    name: 'handshakeAgain',
    when: 'The acknowledgment of the SYN-ACK passes again, bare, while its receiver has sent nothing else: the answer to another copy of the SYN-ACK. Only where SYN or SYN-ACK was sent more than once.',
    endpoint: 'the client',
    detail: '',
  },
  {
    name: 'halfClosed',
    when: 'An end acknowledges data behind its own FIN for the first time: it has shut its sending side down and reads on.',
    endpoint: 'who reads on',
    detail: '',
  },
  {
    name: 'windowExceeded',
    when: 'Data that follow what their sender sent before end beyond the window its peer has ever offered. Only where that window is known in bytes; no probe, no SYN. Before it is said what their receiver makes of them.',
    endpoint: 'their sender',
    detail: '`detail`: bytes that lie beyond',
  },
  {
    name: 'windowShrunk',
    when: 'The right edge of a window lies before one that was offered already, by at least one step of its scale. For each such segment until the edge is beyond that again; SYNs aside.',
    endpoint: 'who offers it',
    detail: '`detail`: bytes that are taken back',
  },
  {
    name: 'badChecksum',
    when: 'A checksum is wrong, and not left to a card: SYNs, FINs, RSTs, the first segments of each end, and data sent again are looked at. The segment does not reach TCP. Before all else that follows from it.',
    endpoint: 'the sender of the segment',
    detail: '',
  },
  {
    name: 'checksumsRefuted',
    when: 'What had wrong checksums is acknowledged, and was not sent again: it was right when it arrived, and so were all of this sender.',
    endpoint: 'the sender of those segments',
    detail: '',
  },
  {
    name: 'dataDiffer',
    when: 'Data that are taken for a repeat are not the bytes that their sender was seen to send from this number before. Told by their first bytes and by their checksums, of segments that begin at the same number, where not too many frames lie between. After the `segment` event; no probes.',
    endpoint: 'the sender of the later ones',
    detail:
      '`detail`: what says so, DATA_*; `earlier`: the segment before, its `packet`, `ttl`, `age` (ns before), `length`, `isAcknowledged`',
  },
  {
    name: 'resumed',
    when: 'An end sends a segment, no SYN or RST, behind a silence of its own of a second or more. Before all else that follows from it: `endpoint.lastTime` and `peer.lastTime` tell when either was heard before, `connection.end` when any was.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'sack',
    when: 'A current acknowledgment bears SACK blocks: its sender holds data out of order, or has got some twice. Before it is said what it acknowledges means.',
    endpoint: 'its sender',
    detail: '`detail`: 1 if the first block reports data that came twice (DSACK), else 0',
  },
  {
    name: 'fragmented',
    when: 'A segment came in IP fragments. After all that it changed.',
    endpoint: 'its sender',
    detail: '',
  },
  {
    name: 'lateAck',
    when: 'A bare acknowledgment of all that is outstanding, one segment, comes 35 ms or more later than the fastest one. Once a round trip at most. Before anything else of it is written down: `peer.rttStart` tells when that segment passed, `peer.rttMin` how long the fastest took.',
    endpoint: 'who acknowledges',
    detail: '',
  },
  {
    name: 'smallWindow',
    when: 'A window of less than 536 bytes, but not of 0, is offered by a current acknowledgment, and its scale is known. Before the rest of the segment is written down.',
    endpoint: 'who offers it',
    detail: '`detail`: bytes',
  },
] as const

export const EVENT_OPENED = 0
export const EVENT_STATE = 1
export const EVENT_RETRACTED = 2
export const EVENT_SEGMENT = 3
export const EVENT_CHALLENGE_ACK = 4
export const EVENT_RESET = 5
export const EVENT_PENDING_SYN = 6
export const EVENT_REPLACED = 7
export const EVENT_UNSEEN_DATA = 8
export const EVENT_DUPLICATE_FRAME = 9
export const EVENT_ZERO_WINDOW = 10
export const EVENT_WINDOW_OPENED = 11
export const EVENT_ICMP_ERROR = 12
export const EVENT_CLOSED = 13
export const EVENT_SYN = 14
export const EVENT_SYN_ACK = 15
export const EVENT_HANDSHAKE = 16
export const EVENT_RETRANSMISSION = 17
export const EVENT_OUT_OF_ORDER = 18
export const EVENT_PROBE = 19
export const EVENT_UNACCEPTED = 20
export const EVENT_TO_CLOSED = 21
export const EVENT_FIN = 22
export const EVENT_UNSEEN_ACK = 23
export const EVENT_ODD_FLAGS = 24
export const EVENT_GAVE_UP = 25
export const EVENT_HANDSHAKE_AGAIN = 26
export const EVENT_HALF_CLOSED = 27
export const EVENT_WINDOW_EXCEEDED = 28
export const EVENT_WINDOW_SHRUNK = 29
export const EVENT_BAD_CHECKSUM = 30
export const EVENT_CHECKSUMS_REFUTED = 31
export const EVENT_DATA_DIFFER = 32
export const EVENT_RESUMED = 33
export const EVENT_SACK = 34
export const EVENT_FRAGMENTED = 35
export const EVENT_LATE_ACK = 36
export const EVENT_SMALL_WINDOW = 37

export type TrackerEventName = (typeof TRACKER_EVENTS)[number]['name']

/** What became of an RST at its receiver. */
export const RESET_ACCEPTED = 0
export const RESET_CHALLENGED = 1
export const RESET_DROPPED = 2
export const RESET_UNKNOWABLE = 3
/** It bears a signature and the connection none, or the other way round (RFC 2385, RFC 5925). */
export const RESET_UNSIGNED = 4
/** Its checksum is wrong. */
export const RESET_DAMAGED = 5

export const RESET_EFFECT_NAMES = [
  'accepted',
  'challenged',
  'dropped',
  'unknowable',
  'unsigned',
  'damaged',
] as const

/** What became of an ICMP error at the end it is addressed to: the attempt to connect ended, noted at most, ignored. */
export const ICMP_ENDS = 0
export const ICMP_SOFT = 1
export const ICMP_IGNORED = 2

export const ICMP_EFFECT_NAMES = ['ends', 'soft', 'ignored'] as const

/** One event; one instance is reused, so everything in it is borrowed until the handler returns. */
export class TrackerEvent {
  /** Index into TRACKER_EVENTS. */
  kind = 0
  /** ns since the first packet. */
  time = -0
  /** Frame number; 0 for a timer. */
  packet = 0
  connection!: Connection
  /** The endpoint it is about; TRACKER_EVENTS says which that is. */
  endpoint!: Endpoint
  peer!: Endpoint
  /** The segment at hand; what it held before for what a timer or the end of the input tells (`packet` 0). */
  segment!: Segment
  /** EVENT_STATE and EVENT_RETRACTED: the two states and the basis. */
  from: TcpState = 0
  to: TcpState = 0
  basis: Basis = 0
  /** A number whose meaning goes with the event: TRACKER_EVENTS says which. */
  detail: SegmentClass = 0
  /**
   * Of what `Tracker.look` gives, and EVENT_RETRACTED: when the endpoint entered its state, or the one taken back, and the
   * packet it did so by; 0 for a timer.
   */
  since = -0
  sincePacket = 0
  /** EVENT_RESET, EVENT_REPLACED: the states of `endpoint` and `peer` before. */
  before: TcpState = 0
  peerBefore: TcpState = 0
  /** EVENT_CHALLENGE_ACK: the packet that drew it. */
  causePacket = 0
  /** EVENT_ICMP_ERROR: the error, and the sequence number it quotes. */
  icmp: IcmpError | undefined
  quotedSeq = 0
  /** EVENT_FIN: how its sender came to close. */
  readonly closing = new ClosingRecord()
  /** EVENT_DATA_DIFFER: what was sent before. */
  readonly earlier = new EarlierData()
  /** EVENT_CLOSED: the connection as it is handed out. */
  finished!: FinishedConnection
}

export type TrackerEventHandler = (event: TrackerEvent) => void

/** Handlers by event. An event that nobody subscribes to is not built: its place asks `wants` first. */
export class TrackerEvents {
  readonly #handlers: TrackerEventHandler[][] = TRACKER_EVENTS.map(() => [])
  readonly #wanted = new Uint8Array(TRACKER_EVENTS.length)
  readonly event = new TrackerEvent()
  /** Called at the moments asked for by `Tracker.wakeAt`, between segments. */
  onWake: (time: number) => void = () => {}

  subscribe(name: TrackerEventName, handler: TrackerEventHandler): void {
    const kind = TRACKER_EVENTS.findIndex((event) => event.name === name)
    ;(this.#handlers[kind] as TrackerEventHandler[]).push(handler)
    this.#wanted[kind] = 1
  }

  wants(kind: number): boolean {
    return this.#wanted[kind] !== 0
  }

  /** Sends `this.event`, whose fields the caller has set. */
  send(kind: number): void {
    this.event.kind = kind
    for (const handler of this.#handlers[kind] as TrackerEventHandler[]) handler(this.event)
  }
}
