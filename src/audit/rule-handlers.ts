import type { HostEvent, HostEventType, HostStateChange } from '../tracker/host-events.ts'
import type { StateName } from '../tracker/tcp-state.ts'
import type { TrackerEvent, TrackerEventName } from '../tracker/tracker-events.ts'
import type { CaptureCounts } from './capture-counts.ts'
import type { OpeningTrace } from './opening-trace.ts'
import type { WatchedReset } from './reset-watch.ts'

type Common = Pick<TrackerEvent, 'time' | 'packet' | 'connection' | 'endpoint' | 'peer'>
type WithSegment = Common & Pick<TrackerEvent, 'segment'>
type WithDetail = WithSegment & Pick<TrackerEvent, 'detail'>
/** `segment` means nothing where `packet` is 0: a timer ran out. */
type StateChange = WithSegment & Pick<TrackerEvent, 'from' | 'to' | 'basis'>

/** What each event tells a rule. Borrowed until the handler returns; docs/tracker-events.md explains them. */
export interface EventMap {
  opened: WithSegment
  state: StateChange
  retracted: StateChange & Pick<TrackerEvent, 'since' | 'sincePacket'>
  challengeAck: WithDetail & Pick<TrackerEvent, 'causePacket'>
  reset: WithDetail & Pick<TrackerEvent, 'before' | 'peerBefore'>
  pendingSyn: WithSegment
  replaced: WithSegment & Pick<TrackerEvent, 'before' | 'peerBefore'>
  unseenData: WithSegment
  unseenAck: WithSegment
  duplicateFrame: WithSegment
  zeroWindow: WithSegment
  windowOpened: WithSegment
  icmpError: Common & Pick<TrackerEvent, 'detail' | 'icmp' | 'quotedSeq'>
  closed: Common & Pick<TrackerEvent, 'finished'>
  syn: WithDetail
  synAck: WithDetail
  handshake: WithSegment
  retransmission: WithDetail
  outOfOrder: WithSegment
  probe: WithDetail
  unaccepted: WithDetail
  toClosed: WithSegment
  fin: WithSegment & Pick<TrackerEvent, 'closing'>
  oddFlags: WithDetail
  halfClosed: WithSegment
  gaveUp: Common
  handshakeAgain: WithSegment
  windowExceeded: WithDetail
  windowShrunk: WithDetail
  badChecksum: WithSegment
  checksumsRefuted: WithSegment
  dataDiffer: WithDetail & Pick<TrackerEvent, 'earlier'>
  resumed: WithSegment
  sack: WithDetail
  fragmented: WithSegment
  lateAck: WithSegment
  smallWindow: WithDetail
}

/** What a rule is told when a wait of its is over. */
export type WaitEvent = Common & Pick<TrackerEvent, 'since' | 'sincePacket'>

/** Not for rules: every ordinary segment would take the long way. */
type Reserved = 'segment'

/** Events that a rule about connections may listen to (docs/tracker-events.md). */
export type RuleEventName = Exclude<TrackerEventName, Reserved>
/** What all events of a connection have. Borrowed until the handler returns. */
export type ConnectionEvent = Common
/** The event of this name. */
export type EventOf<Name extends RuleEventName> = EventMap[Name]

/** The handlers that a rule about connections, or about the capture, may have. */
export type ConnectionHandlers<State = never> = {
  readonly [Name in RuleEventName]?: (event: EventMap[Name]) => void
} & {
  /**
   * Called only for connections of which the rule remembers something, with what its `state` made, and before the handlers
   * above: costs nothing for all others.
   */
  readonly known?: { readonly [Name in RuleEventName]?: (event: EventMap[Name], state: State) => void } & {
    readonly enters?: { readonly [Name in StateName]?: (event: StateChange, state: State) => void }
    readonly leaves?: { readonly [Name in StateName]?: (event: StateChange, state: State) => void }
  }
  /** The connection leaves, and anything was repeated or late in its opening. */
  readonly judgeOpening?: (event: EventMap['closed'], opening: OpeningTrace) => void
  /** The connection leaves, and had RSTs: they come with their verdicts. */
  readonly judgeResets?: (event: EventMap['closed'], resets: readonly WatchedReset[]) => void
  /** Called when an endpoint enters, or leaves, a state; a retraction is a change like any other. */
  readonly enters?: { readonly [State in StateName]?: (event: StateChange) => void }
  readonly leaves?: { readonly [State in StateName]?: (event: StateChange) => void }
}

type HostEventOf<Type extends HostEventType> = Type extends 'state' | 'retracted'
  ? HostStateChange
  : Extract<HostEvent, { type: Type }>

/** The handlers that a rule about hosts may have. */
export type HostHandlers = {
  readonly [Type in HostEventType]?: (event: HostEventOf<Type>) => void
} & {
  /** A moment asked for by `context.wakeAt` has come: before the first event at or behind it. */
  readonly wake?: (time: number, key: number) => void
  /** The whole capture has been read. */
  readonly end?: (capture: CaptureCounts) => void
}
