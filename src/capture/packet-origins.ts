/** Ordinals per chunk of memory: growing copies nothing. */
const CHUNK_LENGTH = 1 << 20

/**
 * Which capture each packet of a merged input came from, by its ordinal, and what its number is there. A few bits per
 * packet, and every so often a count of each source's packets so far, to count on from.
 */
export class PacketOrigins {
  readonly sources: number
  /** Bits per ordinal, a power of two so that none straddles a word. */
  readonly #bits: number
  readonly #mask: number
  /** Ordinals between two counts; more with many sources, so that the counts stay small beside the bits. */
  readonly #interval: number
  readonly #chunks: Uint32Array[] = []
  readonly #counts: Uint32Array[] = []
  readonly #count: Uint32Array
  #length = 0

  constructor(sources: number) {
    this.sources = sources
    let bits = 1
    while (2 ** bits < sources) bits *= 2
    this.#bits = bits
    this.#mask = bits === 32 ? -1 : (1 << bits) - 1
    this.#interval = 256
    while (this.#interval < 4 * sources) this.#interval *= 2
    this.#count = new Uint32Array(sources)
  }

  /** The next packet of the merged input comes from this source. Returns its ordinal, from 1. */
  add(source: number): number {
    const index = this.#length++
    if (index % this.#interval === 0) this.#counts.push(this.#count.slice())
    const at = index % CHUNK_LENGTH
    if (at === 0) this.#chunks.push(new Uint32Array((CHUNK_LENGTH * this.#bits) / 32))
    const words = this.#chunks[this.#chunks.length - 1] as Uint32Array
    const bit = at * this.#bits
    words[bit >>> 5] = (words[bit >>> 5] as number) | (source << (bit & 31))
    this.#count[source] = (this.#count[source] as number) + 1
    return this.#length
  }

  /** Index of the source of the packet with this ordinal. */
  source(ordinal: number): number {
    const at = (ordinal - 1) % CHUNK_LENGTH
    const words = this.#chunks[Math.floor((ordinal - 1) / CHUNK_LENGTH)] as Uint32Array
    const bit = at * this.#bits
    return ((words[bit >>> 5] as number) >>> (bit & 31)) & this.#mask
  }

  /** Its number within its source, from 1. */
  packet(ordinal: number): number {
    const source = this.source(ordinal)
    const mark = Math.floor((ordinal - 1) / this.#interval)
    let packet = (this.#counts[mark] as Uint32Array)[source] as number
    for (let other = mark * this.#interval + 1; other <= ordinal; other++) {
      if (this.source(other) === source) packet++
    }
    return packet
  }
}
