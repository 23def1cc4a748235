/** SYN cookies keep what the client offered in so many low bits of the timestamp (Linux cookie_init_timestamp, TSBITS). */
const RESIDUE = 0x3f
/** Pairs of a listener and a client that are followed; of two that share a place the later one is. */
const PLACES = 1 << 14

/**
 * Timestamps of SYN-ACKs, by listener and client: how often in a row their low bits are the same. To one client a clock's
 * offset is constant (Linux secure_tcp_ts_off), so those of cookies are; others go through all 64 by chance.
 */
export class ResidueRuns {
  readonly #keys = new Int32Array(PLACES)
  readonly #tsVals = new Int32Array(PLACES)
  readonly #runs = new Uint16Array(PLACES)

  /** `key` is of a listener and a client. The run that this timestamp ends or goes on with; 0 for one that says nothing new. */
  add(key: number, tsVal: number): number {
    const at = (key ^ (key >>> 16)) & (PLACES - 1)
    const isKnown = this.#keys[at] === (key | 0) && this.#runs[at] !== 0
    const last = this.#tsVals[at] as number
    // Answers of one moment bear one timestamp.
    if (isKnown && last === tsVal) return 0
    const isSame = isKnown && ((last ^ tsVal) & RESIDUE) === 0
    const run = isSame ? Math.min(0xffff, (this.#runs[at] as number) + 1) : 1
    this.#keys[at] = key
    this.#tsVals[at] = tsVal
    this.#runs[at] = run
    return run
  }
}
