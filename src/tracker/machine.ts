import type { NetworkTable } from '../decode/network-table.ts'
import type { Segment } from '../decode/segment.ts'
import { TrackerQuality } from './capture-quality.ts'
import type { Connection } from './connection.ts'
import type { RetractedTransition, Transition } from './connection-summary.ts'
import type { DecisionTrail } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import { EndpointExtra } from './endpoint-extra.ts'
import { DOUBTS, HAD_TIME_WAIT, HALF_CLOSED, HAS_CANDIDATE, TIMED_OUT } from './endpoint-flags.ts'
import { ipVersionOf } from './flow-table.ts'
import type { HostProfile } from './host-profile.ts'
import { HostProfiles } from './host-profiles.ts'
import { Pauses } from './pauses.ts'
import {
  ANSWER_TIME,
  INITIAL_RTO,
  LADDER_ROUNDING,
  LADDER_SLACK,
  LONGEST_FIRST_RTO,
  LONGEST_RTO,
  SHORTEST_RTO,
} from './retry-times.ts'
import { CLASS_ACK, CLASS_NEW, type SegmentClass } from './segment-class.ts'
import { GAVE_UP, GAVE_UP_PASSIVE, type StateEvent } from './state-events.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  type Basis,
  CLOSING,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SENT,
  SYN_RCVD,
  SYN_SENT,
  type TcpState,
  TIME_WAIT,
  TIMER,
  UNKNOWN,
} from './tcp-state.ts'
import {
  EVENT_GAVE_UP,
  EVENT_RETRACTED,
  EVENT_STATE,
  type TrackerEvent,
  TrackerEvents,
} from './tracker-events.ts'
import { CONFIRMED_BELOW, NO_PACKET, TIME_WAIT_BELOW, TransitionLog } from './transition-log.ts'
import { NO_TRANSITION, nextState } from './transitions.ts'

/** What is kept of an endpoint that changes its mind, or is made to: the first of its returns. */
const MOST_RETURNS = 16

/**
 * What every stage of the tracker works on: the segment at hand, the log of transitions, what is kept of troubled
 * endpoints, and the rule by which a state change is recorded.
 */
export class Machine {
  /** Names of the networks that segments come from. */
  readonly networks: NetworkTable
  /** What is known of the hosts. */
  readonly hosts: HostProfiles
  readonly log = new TransitionLog()
  readonly events = new TrackerEvents()
  /**
   * Time of the segment or timer at hand, never running backwards: ns since the first packet. It begins as -0, a double:
   * a field that holds a small integer first and a double later makes V8 throw away the code compiled until then.
   */
  now = -0
  /** Frame number of the segment at hand; NO_PACKET while a timer fires. */
  packet = NO_PACKET
  /** What the segment at hand was taken for, and what drew it (CAUSE_*, packet). */
  segmentClass: SegmentClass = CLASS_NEW
  cause = 0
  causePacket = 0
  /** Where what is asked about the packet at hand is put on record, if that is to be explained. */
  trail: DecisionTrail | undefined
  connection!: Connection
  /** The cursors that stand on the ends of the segment at hand; for a timer, on both ends in the order of the row. */
  sender!: Endpoint
  receiver!: Endpoint
  /** What was learned about the capture itself. */
  readonly quality = new TrackerQuality()
  readonly pauses = new Pauses()

  /** By `Endpoint.extra`; 0 stands for none. */
  readonly #extras: (EndpointExtra | undefined)[] = [undefined]
  readonly #freeExtras: number[] = []

  constructor(networks: NetworkTable, hosts = new HostProfiles()) {
    this.networks = networks
    this.hosts = hosts
  }

  begin(segment: Segment, now: number): void {
    this.now = now
    this.packet = segment.packet
    this.segmentClass = segment.payloadLength > 0 ? CLASS_NEW : CLASS_ACK
    this.cause = 0
    this.causePacket = 0
  }

  extraOf(endpoint: Endpoint): EndpointExtra | undefined {
    const at = endpoint.extra
    return at === 0 ? undefined : this.#extras[at]
  }

  ensureExtra(endpoint: Endpoint): EndpointExtra {
    const known = this.extraOf(endpoint)
    if (known !== undefined) return known
    const extra = new EndpointExtra()
    const at = this.#freeExtras.pop() ?? this.#extras.length
    this.#extras[at] = extra
    endpoint.extra = at
    return extra
  }

  /** Frees what is kept of an endpoint beside its row. */
  release(endpoint: Endpoint): void {
    this.log.release(endpoint.logTail)
    endpoint.logTail = 0
    if (endpoint.extra === 0) return
    this.#extras[endpoint.extra] = undefined
    this.#freeExtras.push(endpoint.extra)
    endpoint.extra = 0
  }

  /** Frees what is kept of all of them: entry by entry their log would be waited for. */
  releaseAll(): void {
    this.log.clear()
    this.#extras.length = 1
    this.#freeExtras.length = 0
  }

  /** Takes the transition for `event` now, if there is one from the endpoint's state. */
  enter(endpoint: Endpoint, event: StateEvent, basis: Basis): boolean {
    const to = nextState(endpoint.state, event)
    if (to === NO_TRANSITION) return false
    if (!this.#returnsOnceMore(endpoint, to)) this.#change(endpoint, to, basis, this.now, this.packet)
    return true
  }

  /** The same, dated: not before the endpoint's newest transition. */
  enterAt(endpoint: Endpoint, event: StateEvent, basis: Basis, time: number, packet: number): boolean {
    const to = nextState(endpoint.state, event)
    if (to === NO_TRANSITION) return false
    if (this.#returnsOnceMore(endpoint, to)) return true
    const tail = endpoint.logTail
    const since = tail === 0 ? time : Math.max(time, this.log.time(tail))
    this.#change(endpoint, to, basis, since, packet)
    return true
  }

  /** SYN-ACKs and resets in turn, without end: the earlier LISTEN stands for all that follow. */
  #returnsOnceMore(endpoint: Endpoint, to: TcpState): boolean {
    if (to !== LISTEN || endpoint.state === UNKNOWN) return false
    let returns = 0
    for (let entry = endpoint.logTail; entry !== 0; entry = this.log.previous(entry)) {
      if (this.log.state(entry) === LISTEN) returns++
    }
    if (returns <= MOST_RETURNS) return false
    this.dropTail(endpoint)
    this.setDeadline(endpoint)
    return true
  }

  /** What was assumed of the endpoint so far has shown itself true. */
  confirm(endpoint: Endpoint): void {
    if (endpoint.basis === ASSUMED) endpoint.basis = ACKNOWLEDGED
  }

  /** The endpoint's newest transition is still only assumed, or came from a timer. */
  isUnproven(endpoint: Endpoint): boolean {
    return endpoint.basis >= ASSUMED
  }

  /** Takes the newest transition back: the segment at hand (or a timer) disproves it. */
  retract(endpoint: Endpoint): void {
    const log = this.log
    const tail = endpoint.logTail
    const from = log.state(tail)
    const { basis } = endpoint
    const { event } = this.events
    event.since = log.time(tail)
    event.sincePacket = log.packet(tail)
    this.ensureExtra(endpoint).noteRetraction({
      state: from,
      basis,
      time: log.time(tail),
      packet: log.packet(tail) === NO_PACKET ? null : log.packet(tail),
      disprovedBy: this.packet === NO_PACKET ? null : this.packet,
      disprovedAt: this.now,
    })
    this.#pop(endpoint)
    endpoint.flags &= ~TIMED_OUT
    this.setDeadline(endpoint)
    if (this.events.wants(EVENT_RETRACTED)) this.#tell(EVENT_RETRACTED, endpoint, from, basis)
  }

  /** Forgets the newest transition, to date it anew: nothing is disproved. */
  dropTail(endpoint: Endpoint): void {
    const from = endpoint.state
    const { basis, logTail } = endpoint
    this.events.event.since = this.log.time(logTail)
    this.events.event.sincePacket = this.log.packet(logTail)
    this.#pop(endpoint)
    if (this.events.wants(EVENT_RETRACTED)) this.#tell(EVENT_RETRACTED, endpoint, from, basis)
  }

  /** Remembers the segment at hand as the first since the last repeat that would move an endpoint in doubt. */
  noteCandidate(endpoint: Endpoint): void {
    if ((endpoint.flags & HAS_CANDIDATE) !== 0) return
    this.setCandidate(endpoint, this.now, this.packet)
  }

  setCandidate(endpoint: Endpoint, time: number, packet: number): void {
    const extra = this.ensureExtra(endpoint)
    extra.candidatePacket = packet
    extra.candidateTime = time
    endpoint.flags |= HAS_CANDIDATE
  }

  /** A late proof: what was taken back had happened after all. Puts the last retraction into one of `states` back in force. */
  restore(endpoint: Endpoint, states: readonly TcpState[]): boolean {
    const extra = this.extraOf(endpoint)
    const at = extra?.retracted.findLastIndex(({ state }) => states.includes(state)) ?? -1
    if (extra === undefined || at === -1) return false
    const [taken] = extra.retracted.splice(at, 1) as [RetractedTransition]
    this.setCandidate(endpoint, taken.time, taken.packet ?? NO_PACKET)
    return true
  }

  /** Takes `event`, dated at the last copy that would have caused it, else now; the doubts are over. */
  resolve(endpoint: Endpoint, event: StateEvent, basis: Basis): boolean {
    const extra = this.extraOf(endpoint)
    const dated = (endpoint.flags & HAS_CANDIDATE) !== 0 && extra !== undefined
    endpoint.flags &= ~DOUBTS
    return dated
      ? this.enterAt(endpoint, event, basis, extra.candidateTime, extra.candidatePacket)
      : this.enter(endpoint, event, basis)
  }

  /** The endpoint ran out of retries, or is silent when it should repeat. */
  giveUp(endpoint: Endpoint, passive: boolean): void {
    if (!this.enter(endpoint, passive ? GAVE_UP_PASSIVE : GAVE_UP, TIMER)) return
    endpoint.flags |= TIMED_OUT
    if (this.events.wants(EVENT_GAVE_UP)) this.tellOf(EVENT_GAVE_UP, endpoint, this.peerOf(endpoint), 0)
  }

  /** Sets the timer that the endpoint's state runs, from `since`. */
  setDeadline(endpoint: Endpoint, since = this.now): void {
    switch (endpoint.state) {
      case SYN_SENT:
      case SYN_RCVD:
        endpoint.deadline = this.now + INITIAL_RTO * LADDER_SLACK + LADDER_ROUNDING
        return
      case FIN_WAIT_1:
      case CLOSING:
      case LAST_ACK:
        endpoint.deadline = this.now + LONGEST_FIRST_RTO
        return
      case FIN_WAIT_2:
        endpoint.deadline =
          (endpoint.flags & HALF_CLOSED) === 0
            ? since + this.profileOf(endpoint).finTimeout
            : Number.POSITIVE_INFINITY
        return
      case TIME_WAIT:
        endpoint.deadline = since + this.profileOf(endpoint).timeWait
        return
      default:
        endpoint.deadline = Number.POSITIVE_INFINITY
    }
  }

  /** What is known of the endpoint's host. */
  profileOf(endpoint: Endpoint): HostProfile {
    const { hosts } = this
    if (hosts.only !== undefined) return hosts.only
    const { words, base } = this.connection
    const at = base + 4 * (endpoint.index & 1)
    return hosts.at(
      ipVersionOf(words, base),
      words[at] as number,
      words[at + 1] as number,
      words[at + 2] as number,
      words[at + 3] as number,
    )
  }

  /** The endpoint answers at once what it was just sent, if that arrived. */
  expectAnswer(endpoint: Endpoint): void {
    endpoint.deadline = this.now + ANSWER_TIME
  }

  /** The endpoint has just repeated itself `gap` ns after the copy before: the next copy comes after 2 gaps at most. */
  expectRepeat(endpoint: Endpoint, gap: number): void {
    // What a copy of the peer's segment drew was not repeated by a timer: the timer runs on.
    const isOpening = endpoint.state === SYN_SENT || endpoint.state === SYN_RCVD
    const least = isOpening ? INITIAL_RTO : 2 * SHORTEST_RTO
    const wait = Math.max(least, Math.min(2 * gap, LONGEST_RTO))
    endpoint.deadline = this.now + Math.ceil(wait * LADDER_SLACK) + LADDER_ROUNDING
  }

  /** Sends an event about what `endpoint` did towards `peer` with the segment at hand. */
  tellOf(kind: number, endpoint: Endpoint, peer: Endpoint, detail: number): void {
    this.describe(endpoint, peer, detail)
    this.events.send(kind)
  }

  /** Fills the one event. */
  describe(endpoint: Endpoint, peer: Endpoint, detail: number): TrackerEvent {
    const event = this.events.event
    event.time = this.now
    event.packet = this.packet
    event.connection = this.connection
    event.endpoint = endpoint
    event.peer = peer
    event.detail = detail
    event.causePacket = this.causePacket
    return event
  }

  /** An event of now about the state of `endpoint`: since when, and by which packet, it has it. */
  describeState(endpoint: Endpoint, peer: Endpoint): TrackerEvent {
    const event = this.describe(endpoint, peer, 0)
    const { logTail } = endpoint
    event.since = logTail === 0 ? this.connection.start : this.log.time(logTail)
    event.sincePacket = logTail === 0 ? NO_PACKET : this.log.packet(logTail)
    return event
  }

  /** The endpoint's newest transition into one of `states`. */
  entered(endpoint: Endpoint, states: readonly TcpState[]): Transition | undefined {
    const { log } = this
    let entry = endpoint.logTail
    let isConfirmed = endpoint.basis === ACKNOWLEDGED
    while (entry !== 0 && !states.includes(log.state(entry))) {
      isConfirmed = log.isConfirmedBelow(entry, isConfirmed)
      entry = log.previous(entry)
    }
    if (entry === 0) return undefined
    const packet = log.packet(entry)
    return {
      state: log.state(entry),
      basis: log.basis(entry, isConfirmed),
      time: log.time(entry),
      packet: packet === NO_PACKET ? null : packet,
    }
  }

  /** The other cursor. */
  peerOf(endpoint: Endpoint): Endpoint {
    return endpoint === this.sender ? this.receiver : this.sender
  }

  #change(endpoint: Endpoint, to: TcpState, basis: Basis, time: number, packet: number): void {
    const from = endpoint.state
    const confirmed = endpoint.basis === ACKNOWLEDGED ? CONFIRMED_BELOW : 0
    const waited = (endpoint.flags & HAD_TIME_WAIT) !== 0 ? TIME_WAIT_BELOW : 0
    endpoint.state = to
    endpoint.basis = basis
    endpoint.logTail = this.log.push(endpoint.logTail, to, basis, time, packet, confirmed | waited)
    this.setDeadline(endpoint, time)
    if (basis === SENT) endpoint.flags &= ~TIMED_OUT
    if (to === TIME_WAIT) endpoint.flags |= HAD_TIME_WAIT
    if (this.events.wants(EVENT_STATE)) this.#tell(EVENT_STATE, endpoint, from, basis)
  }

  #pop(endpoint: Endpoint): void {
    const isConfirmed = this.log.isConfirmedBelow(endpoint.logTail, endpoint.basis === ACKNOWLEDGED)
    const tail = this.log.pop(endpoint.logTail)
    endpoint.logTail = tail
    endpoint.state = tail === 0 ? UNKNOWN : this.log.state(tail)
    endpoint.basis = tail === 0 ? SENT : this.log.basis(tail, isConfirmed)
  }

  #tell(kind: number, endpoint: Endpoint, from: TcpState, basis: Basis): void {
    const event = this.events.event
    event.time = this.now
    event.packet = this.packet
    event.connection = this.connection
    event.endpoint = endpoint
    event.peer = this.peerOf(endpoint)
    event.from = from
    event.to = endpoint.state
    event.basis = basis
    this.events.send(kind)
  }
}
