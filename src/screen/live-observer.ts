import type { Finding } from '../audit/finding.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { ConnectionWalk, HeldConnection, HeldConnections } from '../tracker/held-connections.ts'
import { ConnectionPicks } from './connection-picks.ts'
import type {
  ConnectionSort,
  LiveCensus,
  LiveCounts,
  LiveLadder,
  LiveSnapshot,
  SnapshotWish,
} from './live-snapshot.ts'
import { StateCensus } from './state-census.ts'

/** Rows that one snapshot looks at: of a million connections a whole walk takes a quarter of a minute. */
export const MOST_ROWS = 16_384
/** Nanoseconds from the begin of one walk to that of the next, and between two looks at the findings. */
const CENSUS_INTERVAL = 1e9
const FINDINGS_INTERVAL = 1e9
/** Findings are looked at again when this many times what it took is over: one twentieth of the time at most. */
const FINDINGS_SHARE = 20
/** Rates are those of so many nanoseconds. */
const RATE_SPAN = 2e9

/** The run that is looked at, between two packets. */
export interface ObservedRun extends Omit<LiveCounts, 'drops' | 'held'> {
  readonly tracked: number
  /** Now by the capture's clock, nanoseconds since the first packet. */
  readonly now: number
  readonly held: HeldConnections
  findings(): readonly Finding[]
}

/** What the run itself does not know. */
export interface ObservedSource {
  readonly name: string
  readonly filter?: string | undefined
  readonly epoch: bigint
  /** Packets that the kernel has dropped so far; undefined if nobody knows. */
  readonly kernelDrops?: number | undefined
}

/** Nanoseconds of a clock that never goes back, and bytes that the process has. */
export interface ObserverMeans {
  readonly clock: () => number
  readonly memory: () => number
}

const PROCESS: ObserverMeans = {
  clock: () => performance.now() * 1e6,
  memory: () => process.memoryUsage.rss(),
}

interface RateSample {
  readonly time: number
  readonly packets: number
  readonly bytes: number
}

/** Makes snapshots of a live run, at a cost that is bounded however many connections and findings there are. */
export class LiveObserver {
  readonly #run: ObservedRun
  readonly #source: ObservedSource
  readonly #means: ObserverMeans
  readonly #start: number
  readonly #samples: RateSample[] = []
  readonly #walks: CensusWalk
  #findings: readonly Finding[] = []
  #findingsDue = 0
  #ladder: LadderWatch | undefined

  constructor(run: ObservedRun, source: ObservedSource, means: ObserverMeans = PROCESS) {
    this.#run = run
    this.#source = source
    this.#means = means
    this.#start = means.clock()
    this.#walks = new CensusWalk(run.held)
  }

  snapshot(wish: SnapshotWish): LiveSnapshot {
    const now = this.#means.clock()
    const run = this.#run
    const { name, filter = null, epoch, kernelDrops = null } = this.#source
    this.#walks.go(now, wish.connectionSort)
    this.#lookForFindings(now)
    if (this.#ladder?.id !== wish.ladder) this.#watch(wish.ladder)
    return {
      name,
      filter,
      elapsed: now - this.#start,
      now: run.now,
      epoch,
      packets: run.packets,
      bytes: run.bytes,
      drops: kernelDrops,
      held: run.tracked,
      opened: run.opened,
      evicted: run.evicted,
      ...this.#rates(now),
      memory: this.#means.memory(),
      census: this.#walks.census(now),
      connections: this.#walks.connections,
      findings: this.#findings,
      ladder: this.#ladder?.look() ?? null,
    }
  }

  #lookForFindings(now: number): void {
    if (now < this.#findingsDue) return
    this.#findings = this.#run.findings()
    const took = this.#means.clock() - now
    this.#findingsDue = now + Math.max(FINDINGS_INTERVAL, FINDINGS_SHARE * took)
  }

  #watch(id: number | null): void {
    this.#run.held.unwatch()
    this.#ladder = id === null ? undefined : new LadderWatch(this.#run, id)
  }

  #rates(time: number): Pick<LiveSnapshot, 'packetsPerSecond' | 'bytesPerSecond'> {
    const { packets, bytes } = this.#run
    const samples = this.#samples
    samples.push({ time, packets, bytes })
    while (samples.length > 2 && time - (samples[1] as RateSample).time >= RATE_SPAN) samples.shift()
    const [first] = samples as [RateSample]
    const seconds = (time - first.time) / 1e9
    if (seconds === 0) return { packetsPerSecond: 0, bytesPerSecond: 0 }
    return {
      packetsPerSecond: (packets - first.packets) / seconds,
      bytesPerSecond: (bytes - first.bytes) / seconds,
    }
  }
}

/** Walks past all connections, again and again, some of the way at a time; keeps what the last whole walk saw. */
class CensusWalk {
  readonly #held: HeldConnections
  #walk: ConnectionWalk | undefined
  #begun = Number.NEGATIVE_INFINITY
  #sort: ConnectionSort | undefined
  #states = new StateCensus()
  #picks = new ConnectionPicks('trouble')
  #census: LiveCensus = { hosts: [], otherHosts: 0, otherSockets: 0, hasUncounted: false, age: null }
  #of = 0
  connections: readonly ConnectionSummary[] = []

  constructor(held: HeldConnections) {
    this.#held = held
  }

  go(now: number, sort: ConnectionSort): void {
    if (sort !== this.#sort || (this.#walk === undefined && now - this.#begun >= CENSUS_INTERVAL)) {
      this.#walk = this.#held.walk()
      this.#begun = now
      this.#sort = sort
      this.#states = new StateCensus()
      this.#picks = new ConnectionPicks(sort)
    }
    const see = (connection: HeldConnection): void => {
      this.#states.add(connection)
      this.#picks.add(connection)
    }
    if (this.#walk?.step(MOST_ROWS, see) !== true) return
    this.#walk = undefined
    this.#of = this.#begun
    this.#census = this.#states.result(0)
    this.connections = this.#picks.result(this.#held)
  }

  census(now: number): LiveCensus {
    return this.#census.age === null ? this.#census : { ...this.#census, age: now - this.#of }
  }
}

/** The connection that is looked into, from the moment it was asked for. */
class LadderWatch {
  readonly id: number
  readonly #held: HeldConnections
  readonly #since: number
  readonly #sincePacket: number
  #connection: ConnectionSummary | null = null

  constructor(run: ObservedRun, id: number) {
    this.id = id
    this.#held = run.held
    this.#since = run.now
    this.#sincePacket = run.packets
    run.held.watch(id)
  }

  look(): LiveLadder {
    const connection = this.#held.watched()
    if (connection !== undefined) this.#connection = connection
    return {
      id: this.id,
      connection: this.#connection,
      hasLeft: connection === undefined,
      segments: this.#held.segments.slice(),
      since: this.#since,
      sincePacket: this.#sincePacket,
    }
  }
}
