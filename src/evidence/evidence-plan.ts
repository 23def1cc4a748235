import type { Finding } from '../audit/finding.ts'
import { NumberList } from '../report/number-list.ts'

/** Packets of a connection that are kept from its beginning: without its handshake Wireshark knows no window scale. */
const BEGINNING = 4
/** Packets of evidence that are kept whatever else there is. */
const MOST_EVIDENCE = 64

/**
 * Which packets stand for a finding: all those of its connections, if they are few enough. Otherwise its evidence; the
 * connections that the evidence is of, or as many of their packets before and after it as the limit allows, and their
 * beginnings; and of the others as many as there is room for.
 */
export class EvidencePlan {
  readonly finding: Finding
  /** Ordinals of the packets that prove it. */
  readonly evidence: ReadonlySet<number>
  readonly #limit: number
  readonly #whole = new Set<number>()
  /** Connections of evidence that are too long. */
  readonly #tooLong = new Set<number>()
  /** Packets before and after each packet of evidence of those. */
  readonly #around: number
  readonly #chosen = new NumberList()
  #last = 0

  /** `packetsOf`: how many a connection has. */
  constructor(finding: Finding, packetsOf: (connection: number) => number, limit: number) {
    this.finding = finding
    this.#limit = limit
    const evidence = finding.evidence.filter(({ packet }) => packet > 0).slice(0, MOST_EVIDENCE)
    this.evidence = new Set(evidence.map(({ packet }) => packet))
    const proven = new Set(evidence.flatMap(({ connection }) => (connection === null ? [] : [connection])))
    let room = limit - evidence.filter(({ connection }) => connection === null).length
    for (const id of proven) {
      const packets = packetsOf(id)
      if (packets > room) this.#tooLong.add(id)
      else {
        this.#whole.add(id)
        room -= packets
      }
    }
    const within = evidence.filter(({ connection }) => connection !== null && this.#tooLong.has(connection))
    const left = room - BEGINNING * this.#tooLong.size - within.length
    this.#around = Math.max(1, Math.floor(left / (2 * Math.max(1, within.length))))
    if (this.#tooLong.size > 0) return
    for (const id of finding.connections) {
      const packets = packetsOf(id)
      // The first is begun in any case: it may be all there is.
      if (this.#whole.has(id) || (packets > room && this.#whole.size > 0)) continue
      this.#whole.add(id)
      room -= packets
    }
  }

  /** What chooses among the packets of this connection; undefined if none of them is wanted. */
  ofConnection(id: number): ConnectionChoice | undefined {
    if (this.#whole.has(id)) return new WholeConnection(this)
    return this.#tooLong.has(id) ? new AroundEvidence(this, this.#around) : undefined
  }

  /** Packets come in any order, but for one that comes twice in a row. */
  choose(ordinal: number): void {
    if (ordinal === this.#last || this.#chosen.length >= this.#limit) return
    this.#last = ordinal
    this.#chosen.push(ordinal)
  }

  /** Every packet that stands for the finding, in order. */
  packets(): number[] {
    return [...new Set([...this.evidence, ...this.#chosen.toArray()])].sort((a, b) => a - b)
  }
}

/** Chooses among a connection’s packets, told of each of them in turn. */
export interface ConnectionChoice {
  take(ordinal: number): void
}

class WholeConnection implements ConnectionChoice {
  readonly #plan: EvidencePlan

  constructor(plan: EvidencePlan) {
    this.#plan = plan
  }

  take(ordinal: number): void {
    this.#plan.choose(ordinal)
  }
}

class AroundEvidence implements ConnectionChoice {
  readonly #plan: EvidencePlan
  /** The packets passed last that have not been chosen, a ring. */
  readonly #passed: Float64Array
  #passedCount = 0
  #taken = 0
  /** Packets still to be chosen behind the last one of evidence. */
  #following = 0

  constructor(plan: EvidencePlan, around: number) {
    this.#plan = plan
    this.#passed = new Float64Array(around)
  }

  take(ordinal: number): void {
    this.#taken++
    if (this.#plan.evidence.has(ordinal)) {
      // What there is too little of before it is made up for behind it.
      this.#following = 2 * this.#passed.length - this.#choosePassed()
      this.#plan.choose(ordinal)
    } else if (this.#taken <= BEGINNING) this.#plan.choose(ordinal)
    else if (this.#following > 0) {
      this.#following--
      this.#plan.choose(ordinal)
    } else this.#passed[this.#passedCount++ % this.#passed.length] = ordinal
  }

  /** Returns how many they are. */
  #choosePassed(): number {
    const length = this.#passed.length
    const first = Math.max(0, this.#passedCount - length)
    for (let at = first; at < this.#passedCount; at++) {
      this.#plan.choose(this.#passed[at % length] as number)
    }
    const chosen = this.#passedCount - first
    this.#passedCount = 0
    return chosen
  }
}
