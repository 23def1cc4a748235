/** A new part changes nothing, fits, or ends the datagram. */
export const PART_REPEATED = 0
export const PART_TAKEN = 1
export const PART_OVERLAPS = 2
export const PART_CONTRADICTS = 3

/** What a fragment costs beside its bytes: many small ones are bounded too. */
const PIECE_COST = 256

/** A run of payload bytes without a gap, and what of it was captured. */
interface Run {
  readonly start: number
  end: number
  readonly pieces: { readonly at: number; readonly bytes: Uint8Array }[]
}

/**
 * One datagram whose fragments are coming in. Runs and overlaps are Linux's (inet_frag_queue_insert, ip_frag_queue,
 * ip6_frag_queue, 4.20 and later): a fragment inside a run repeats it and is ignored, whatever it holds; any other
 * overlap ends the whole datagram, as does a second end.
 */
export class FragmentedDatagram {
  readonly key: string
  /** When Linux gives it up, ns since the first packet. */
  readonly deadline: number
  /** Bytes that it keeps in memory. */
  held = 0
  /** The first fragment's headers, without the fragment header; undefined before it came. */
  header: Uint8Array | undefined
  readonly #runs: Run[] = []
  /** Highest end seen; the payload's length once `#hasLast`. */
  #length = 0
  #hasLast = false
  #covered = 0

  constructor(key: string, deadline: number) {
    this.key = key
    this.deadline = deadline
  }

  get isComplete(): boolean {
    return this.#hasLast && this.header !== undefined && this.#covered === this.#length
  }

  /** Takes the payload bytes `[start, end)`, of which `bytes` were captured. Returns PART_*. */
  take(start: number, end: number, isLast: boolean, bytes: Uint8Array): number {
    if (end <= start) return PART_CONTRADICTS
    if (isLast) {
      if (end < this.#length || (this.#hasLast && end !== this.#length)) return PART_CONTRADICTS
      this.#hasLast = true
      this.#length = end
    } else if (end > this.#length) {
      if (this.#hasLast) return PART_CONTRADICTS
      this.#length = end
    }
    const result = this.#insert(start, end, bytes)
    if (result === PART_TAKEN) {
      this.#covered += end - start
      this.held += bytes.length + PIECE_COST
    }
    return result
  }

  /** Headers and payload as one packet; bytes that were not captured cut it, as a snapshot length does. */
  assemble(): { readonly packet: Uint8Array; readonly length: number } {
    const header = this.header ?? new Uint8Array(0)
    const packet = new Uint8Array(header.length + this.#length)
    packet.set(header)
    let captured = 0
    for (const { pieces } of this.#runs) {
      for (const { at, bytes } of pieces) {
        if (at === captured) captured += bytes.length
        packet.set(bytes, header.length + at)
      }
    }
    return { packet: packet.subarray(0, header.length + captured), length: packet.length }
  }

  #insert(start: number, end: number, bytes: Uint8Array): number {
    const runs = this.#runs
    const piece = { at: start, bytes }
    const last = runs.at(-1)
    if (last === undefined || end > last.end) {
      if (last === undefined || start > last.end) runs.push({ start, end, pieces: [piece] })
      else if (start < last.end) return PART_OVERLAPS
      else {
        last.end = end
        last.pieces.push(piece)
      }
      return PART_TAKEN
    }
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      const run = runs[middle] as Run
      if (end <= run.start) high = middle
      else if (start >= run.end) low = middle + 1
      else return start >= run.start && end <= run.end ? PART_REPEATED : PART_OVERLAPS
    }
    runs.splice(low, 0, { start, end, pieces: [piece] })
    return PART_TAKEN
  }
}
