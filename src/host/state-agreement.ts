import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ConnectionSummary, EndpointSummary, FinishedConnection } from '../tracker/connection-summary.ts'
import type { HeldConnection, HeldConnections } from '../tracker/held-connections.ts'
import { LINUX } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import {
  ASSUMED,
  type Basis,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SYN_RCVD,
  SYN_SENT,
  type TcpState,
  TIME_WAIT,
  TIMER,
  UNKNOWN,
} from '../tracker/tcp-state.ts'
import type { LocalHost } from './local-host.ts'
import { socketKey } from './socket-tables.ts'

/** Where the tracked states come from. Times are ns since the first packet. */
export interface TrackedStates {
  /** The present moment on the clock that stamps packets. */
  now(): number
  /** Returns when every packet of up to `time` has been taken in, and the timers have run up to it. */
  settled(time: number): Promise<void>
  readonly held: Pick<HeldConnections, 'walk'>
}

/** An end of which tracker and kernel say different things. */
export interface Disagreement {
  readonly connection: number
  readonly role: 'client' | 'server'
  readonly local: HostEnd
  readonly remote: HostEnd
  readonly tracked: TcpState
  readonly basis: Basis
  readonly kernel: TcpState
  /** First and last comparison that found it, and how many did. */
  readonly first: number
  readonly last: number
  readonly count: number
}

/** What the comparisons came to: an end counts once in each comparison that it takes part in. */
export interface Agreement {
  readonly comparisons: number
  /** Comparisons that did not come about: the kernel's tables could not be read. */
  readonly failed: number
  readonly compared: number
  readonly agreed: number
  /** Of those that agree: neither knows a socket (any more). */
  readonly closed: number
  /** Ends compared, each counted once. */
  readonly ends: number
  /** Left out: a packet passed meanwhile, the kernel changed its mind, or a timer has just run out. */
  readonly moving: number
  /**
   * Left out: what an application does and no packet shows. It has closed, and its FIN still waits behind data, or did when the
   * peer's came. It has given up connecting. It had only half-closed what looked closed, or has closed what it had half-closed.
   */
  readonly unsent: number
  /**
   * Left out: no packet decides it yet. A SYN has passed, just now, and its answer has not. The bare third segment of a
   * handshake has passed, and the kernel waits for data (TCP_DEFER_ACCEPT) or for room, which shows when it repeats the
   * SYN-ACK, or is dropped with its listener; or what was taken back was so after all. A FIN is not repeated for longer than its
   * first repeat let expect.
   */
  readonly undecided: number
  /** Left out: no comparison ever met a socket of it: forwarded, translated, or of another network namespace. */
  readonly foreign: number
  /** Those of the disagreements that are kept. */
  readonly disagreements: readonly Disagreement[]
}

/** No packet may pass from so long before the first reading until so long behind the second: what crosses is not compared. */
const MARGIN = 50e6
/** The kernel's timers of a minute run out up to 8 s late (its wheel of 100 Hz), and no packet shows when. */
const TIMER_SLACK = 10e9
/** Who sends its FIN within so long behind that of its peer may have had it ready. */
const AT_ONCE = 1e6
/** The FIN is out, and not acknowledged. */
const CLOSING_STATES: ReadonlySet<TcpState> = new Set([FIN_WAIT_1, CLOSING, LAST_ACK])
/** Ends compared at once; where there are more, others take their turn in the next comparison. */
const MOST_ENDS = 20_000
/** Rows of the tracker looked at before the rest of the program has its turn. */
const ROWS_AT_ONCE = 2000
const MOST_DISAGREEMENTS = 100
/** Ends that the kernel has shown a socket of, and those compared, are remembered up to so many. */
const MOST_REMEMBERED = 200_000

interface Candidate {
  readonly connection: number
  readonly role: 'client' | 'server'
  /** What the kernel said in the first and in the second reading. */
  readonly kernel: [TcpState, TcpState]
  unacknowledged: number
  retransmits: number
}

/**
 * Holds the states of tracked ends of this machine to those of its kernel. The kernel is read before and behind the
 * comparison: only an end that is in one state in both readings, and of which no packet passed meanwhile, is compared.
 */
export class StateVerifier {
  readonly #host: LocalHost
  readonly #tracked: TrackedStates
  readonly #disagreements = new Map<string, Disagreement>()
  /** Ends that the kernel had a socket of, and ends that were compared. */
  readonly #known = new Set<string>()
  readonly #ends = new Set<string>()
  #from = 0
  #comparisons = 0
  #failed = 0
  #compared = 0
  #agreed = 0
  #closed = 0
  #moving = 0
  #unsent = 0
  #undecided = 0
  #foreign = 0

  constructor(host: LocalHost, tracked: TrackedStates) {
    this.#host = host
    this.#tracked = tracked
  }

  get agreement(): Agreement {
    return {
      comparisons: this.#comparisons,
      failed: this.#failed,
      compared: this.#compared,
      agreed: this.#agreed,
      closed: this.#closed,
      ends: this.#ends.size,
      moving: this.#moving,
      unsent: this.#unsent,
      undecided: this.#undecided,
      foreign: this.#foreign,
      disagreements: [...this.#disagreements.values()],
    }
  }

  /** Compares once. */
  async compare(): Promise<void> {
    const candidates = await this.#candidates()
    const begin = this.#tracked.now()
    const wasRead = (await this.#read(candidates, 0)) && (await this.#readAgain(candidates))
    const end = this.#tracked.now()
    if (!wasRead) {
      this.#failed++
      return
    }
    await this.#tracked.settled(end + MARGIN)
    this.#comparisons++
    await this.#walk((held) => {
      let summary: ConnectionSummary | undefined
      for (const role of ['client', 'server'] as const) {
        const key = keyOf(held, role)
        const candidate = candidates.get(key)
        if (candidate === undefined || candidate.connection !== held.id || candidate.role !== role) continue
        summary ??= held.summary()
        this.#judge(key, candidate, summary, begin - MARGIN, end)
      }
    })
  }

  /** The ends of this machine whose turn it is; a socket that is connected to itself has one. */
  async #candidates(): Promise<Map<string, Candidate>> {
    const { addresses } = this.#host
    const candidates = new Map<string, Candidate>()
    const last = this.#from + MOST_ENDS
    let seen = 0
    await this.#walk((held) => {
      for (const role of ['client', 'server'] as const) {
        if (held[role].state === UNKNOWN || !addresses.has(held[role])) continue
        seen++
        if (seen <= this.#from || seen > last) continue
        const candidate: Candidate = {
          connection: held.id,
          role,
          kernel: [CLOSED, CLOSED],
          unacknowledged: 0,
          retransmits: 0,
        }
        candidates.set(keyOf(held, role), candidate)
      }
    })
    this.#from = seen > last ? last : 0
    if (this.#known.size > MOST_REMEMBERED) this.#known.clear()
    return candidates
  }

  /** Shows every connection held, letting packets in between. */
  async #walk(see: (held: HeldConnection) => void): Promise<void> {
    const walk = this.#tracked.held.walk()
    while (!walk.step(ROWS_AT_ONCE, see)) await nextTurn()
  }

  async #readAgain(candidates: ReadonlyMap<string, Candidate>): Promise<boolean> {
    await this.#tracked.settled(this.#tracked.now())
    return this.#read(candidates, 1)
  }

  #read(candidates: ReadonlyMap<string, Candidate>, reading: 0 | 1): Promise<boolean> {
    return this.#host.readSockets(({ local, remote, state, unacknowledged, retransmits }) => {
      if (state === LISTEN) return
      const key = socketKey(local, remote)
      const candidate = candidates.get(key)
      if (candidate === undefined) return
      candidate.kernel[reading] = state
      candidate.unacknowledged = unacknowledged
      candidate.retransmits = retransmits
      this.#known.add(key)
    })
  }

  #judge(key: string, candidate: Candidate, summary: ConnectionSummary, begin: number, end: number): void {
    const { role } = candidate
    const [kernel, again] = candidate.kernel
    const endpoint = summary[role]
    const { state, stateSince, stateBasis } = endpoint
    if (state === UNKNOWN || summary.tunnels.length > 0) return
    const isMoving =
      kernel !== again ||
      summary.end >= begin ||
      stateSince >= begin ||
      (stateBasis === TIMER && end - stateSince < TIMER_SLACK)
    if (isMoving) {
      this.#moving++
      return
    }
    const tracked = state === LISTEN ? CLOSED : state
    const isUnshown = isUnsent(candidate) || wasUnsent(endpoint, kernel) || isQuiet(endpoint, kernel, end)
    if (tracked !== kernel && isUnshown) {
      this.#unsent++
      return
    }
    if (tracked !== kernel && isUndecided(endpoint, candidate)) {
      this.#undecided++
      return
    }
    if (kernel === CLOSED && tracked !== CLOSED && !this.#known.has(key)) {
      this.#foreign++
      return
    }
    // What waited to be accepted is dropped with its listener.
    if (tracked === ESTABLISHED && stateBasis === ASSUMED && kernel === CLOSED) {
      this.#undecided++
      return
    }
    this.#compared++
    if (this.#ends.size < MOST_REMEMBERED) this.#ends.add(`${summary.id} ${role}`)
    if (tracked !== kernel) this.#disagree(candidate, summary, endpoint, end)
    else {
      this.#agreed++
      if (kernel === CLOSED) this.#closed++
    }
  }

  #disagree(candidate: Candidate, summary: ConnectionSummary, endpoint: EndpointSummary, now: number): void {
    const { role } = candidate
    const [kernel] = candidate.kernel
    const key = `${summary.id} ${role} ${endpoint.state} ${kernel}`
    const before = this.#disagreements.get(key)
    if (before === undefined && this.#disagreements.size >= MOST_DISAGREEMENTS) return
    this.#disagreements.set(key, {
      connection: summary.id,
      role,
      local: endOf(endpoint),
      remote: endOf(summary[role === 'client' ? 'server' : 'client']),
      tracked: endpoint.state,
      basis: endpoint.stateBasis,
      kernel,
      first: before?.first ?? now,
      last: now,
      count: (before?.count ?? 0) + 1,
    })
  }
}

/** A FIN that waits behind data moves the socket, and shows in no packet until it is sent. */
function isUnsent({ kernel: [kernel], unacknowledged }: Candidate): boolean {
  return unacknowledged > 1 && CLOSING_STATES.has(kernel)
}

/**
 * A FIN that had waited behind data when the peer's came, and went out with the acknowledgment of these data: on the wire it is
 * that of who closed second, right behind the peer's.
 */
function wasUnsent({ transitions, payloadBytes }: EndpointSummary, kernel: TcpState): boolean {
  if ((kernel !== CLOSING && kernel !== TIME_WAIT) || payloadBytes === 0) return false
  const closes = transitions.findLastIndex(({ state }) => state === LAST_ACK)
  const [heard, sent] = [transitions[closes - 1], transitions[closes]]
  return heard?.state === CLOSE_WAIT && sent !== undefined && sent.time - heard.time < AT_ONCE
}

/** An application closes in SYN_SENT, or closes what it had half-closed, and nothing is sent for it. */
function isQuiet(
  { state, stateSince, stateBasis, transitions }: EndpointSummary,
  kernel: TcpState,
  now: number,
): boolean {
  if (state === SYN_SENT) return kernel === CLOSED
  // It has closed in the meantime, and then waited for its FIN_WAIT_2 to end.
  if (state === FIN_WAIT_2) return kernel === CLOSED && now - stateSince >= LINUX.finTimeout
  return stateBasis === TIMER && kernel === FIN_WAIT_2 && transitions.at(-2)?.state === FIN_WAIT_2
}

function isUndecided(
  { state, stateSince, stateBasis, retracted, transitions }: EndpointSummary,
  { kernel: [kernel], retransmits }: Candidate,
): boolean {
  // The first repeat of a FIN is a tail loss probe. The timer behind it can be many times as long, by what the kernel remembers
  // of earlier connections with the peer (tcp_metrics), and has not run out yet.
  if (stateBasis === TIMER && retransmits === 0 && CLOSING_STATES.has(kernel)) {
    return transitions.at(-2)?.state === kernel
  }
  if (state === ESTABLISHED && stateBasis === ASSUMED && kernel === SYN_RCVD) return true
  // A listener whose queue is full drops a SYN without a word: for 200 ms its answer may still come, for all that was captured.
  if (state === SYN_RCVD && stateBasis === ASSUMED && kernel === CLOSED) return true
  // The present state holds since something else was taken back, and nothing has been seen since that says more.
  const last = retracted.at(-1)
  return last !== undefined && last.state === kernel && last.disprovedAt >= stateSince
}

function keyOf(held: FinishedConnection, role: 'client' | 'server'): string {
  return socketKey(held[role], held[role === 'client' ? 'server' : 'client'])
}

function endOf({ ipVersion, address, port }: EndpointSummary): HostEnd {
  return { ipVersion, address, port }
}
