import { KIND_FRAGMENT, KIND_ICMP_ERROR, KIND_TCP, type PacketKind, type Segment } from '../decode/segment.ts'
import { FlowKey, setKey } from '../tracker/flow-table.ts'
import { KEY_WORDS } from '../tracker/row-fields.ts'

interface Flow<Watcher> {
  readonly words: Int32Array
  /** Replaced by one without those who left, so that whoever walks through it may take out some of them. */
  watchers: Watcher[]
}

const NOBODY: readonly never[] = []

/**
 * Who wants the packets of which four-tuple: its segments, the ICMP errors that quote one, and the IP fragments between
 * its two addresses, of which only the first would show ports.
 */
export class FlowWatch<Watcher> {
  readonly #flows = new Map<number, Flow<Watcher>[]>()
  readonly #key = new FlowKey()
  readonly #portless = new PortlessTuple()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Everybody who wants this packet, decoded as it is. */
  watchersOf(kind: PacketKind, segment: Segment): readonly Watcher[] {
    if (this.#size === 0) return NOBODY
    if (kind === KIND_TCP || kind === KIND_ICMP_ERROR) setKey(this.#key, segment)
    else if (kind === KIND_FRAGMENT && segment.ipVersion !== 0) setKey(this.#key, this.#portless.of(segment))
    else return NOBODY
    return this.#find()?.watchers ?? NOBODY
  }

  /** From the next packet on, `watcher` is among those who want the packets of this segment's tuple. */
  add(segment: Segment, watcher: Watcher): void {
    for (const tuple of [segment, this.#portless.of(segment)]) {
      setKey(this.#key, tuple)
      const flow = this.#find() ?? this.#insert()
      flow.watchers.push(watcher)
    }
    this.#size++
  }

  /** `segment` is one of the same tuple. */
  remove(segment: Segment, watcher: Watcher): void {
    for (const tuple of [segment, this.#portless.of(segment)]) {
      setKey(this.#key, tuple)
      const flow = this.#find()
      if (flow === undefined) continue
      flow.watchers = flow.watchers.filter((other) => other !== watcher)
      if (flow.watchers.length === 0) this.#forget(flow)
    }
    this.#size--
  }

  #find(): Flow<Watcher> | undefined {
    const flows = this.#flows.get(this.#key.hash)
    return flows === undefined ? undefined : flows.find(({ words }) => isEqual(words, this.#key.words))
  }

  #insert(): Flow<Watcher> {
    const flow: Flow<Watcher> = { words: this.#key.words.slice(), watchers: [] }
    this.#flows.set(this.#key.hash, [...(this.#flows.get(this.#key.hash) ?? []), flow])
    return flow
  }

  #forget(flow: Flow<Watcher>): void {
    const left = (this.#flows.get(this.#key.hash) ?? []).filter((other) => other !== flow)
    if (left.length === 0) this.#flows.delete(this.#key.hash)
    else this.#flows.set(this.#key.hash, left)
  }
}

/** The two addresses of a segment, without its ports. */
class PortlessTuple {
  ipVersion = 0
  network = 0
  source0 = 0
  source1 = 0
  source2 = 0
  source3 = 0
  destination0 = 0
  destination1 = 0
  destination2 = 0
  destination3 = 0
  readonly sourcePort = 0
  readonly destinationPort = 0

  of(segment: Segment): this {
    this.ipVersion = segment.ipVersion
    this.network = segment.network
    this.source0 = segment.source0
    this.source1 = segment.source1
    this.source2 = segment.source2
    this.source3 = segment.source3
    this.destination0 = segment.destination0
    this.destination1 = segment.destination1
    this.destination2 = segment.destination2
    this.destination3 = segment.destination3
    return this
  }
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < KEY_WORDS; i++) if (a[i] !== b[i]) return false
  return true
}
