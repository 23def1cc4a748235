import type { ConnectionSummary, FinishedConnection } from '../tracker/connection-summary.ts'
import { connectionScore } from './connection-score.ts'

interface Ranked {
  readonly score: number
  readonly connection: ConnectionSummary
}

/** Keeps the connections most worth showing, whatever order they come in: a heap with the least of them on top. */
export class ConnectionRanking {
  readonly #limit: number
  readonly #heap: Ranked[] = []
  #count = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Connections seen, kept or not. */
  get count(): number {
    return this.#count
  }

  /** Takes the summary only of one that is worth showing by what has come so far. */
  add(connection: FinishedConnection): void {
    this.#count++
    const score = connectionScore(connection)
    if (this.#heap.length < this.#limit) {
      this.#heap.push({ score, connection: connection.summary() })
      this.#rise(this.#heap.length - 1)
      return
    }
    const least = this.#heap[0]
    // Nearly all of them end here.
    if (least === undefined || score < least.score) return
    if (score === least.score && connection.id >= least.connection.id) return
    this.#heap[0] = { score, connection: connection.summary() }
    this.#sink(0)
  }

  /** Most interesting first, equals in order of id. */
  ranked(): ConnectionSummary[] {
    return this.#heap.toSorted(compare).map((ranked) => ranked.connection)
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if (!this.#swapIfLess(parent, index)) return
      index = parent
    }
  }

  #sink(from: number): void {
    let index = from
    for (;;) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#heap.length && this.#isLess(child, least)) least = child
      }
      if (least === index) return
      this.#swapIfLess(index, least)
      index = least
    }
  }

  /** Whether the element at `a` is less worth showing than the one at `b`. */
  #isLess(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    return first !== undefined && second !== undefined && compare(first, second) > 0
  }

  #swapIfLess(parent: number, child: number): boolean {
    if (!this.#isLess(child, parent)) return false
    const kept = this.#heap[parent] as Ranked
    this.#heap[parent] = this.#heap[child] as Ranked
    this.#heap[child] = kept
    return true
  }
}

interface Place {
  readonly score: number
  readonly connection: Pick<ConnectionSummary, 'id'>
}

function compare(a: Place, b: Place): number {
  return b.score - a.score || a.connection.id - b.connection.id
}
