/** SYN cookies keep what the client offered in so many low bits of the timestamp (Linux cookie_init_timestamp, TSBITS). */
const RESIDUE = 0x3f
/** Clients whose timestamps are compared. */
const MOST_CLIENTS = 32

/**
 * Timestamps of SYN-ACKs to each of a few clients: how often in a row their low bits are the same. To one client a clock's
 * offset is constant (Linux secure_tcp_ts_off), so those of cookies are; others go through all 64 by chance.
 */
export class ResidueRuns {
  #clients: Map<number, { tsVal: number; run: number }> | undefined
  #longest = 0

  get longest(): number {
    return this.#longest
  }

  /** The run that this timestamp ends or goes on with; 0 for one that says nothing new. */
  add(client: number, tsVal: number): number {
    this.#clients ??= new Map()
    const known = this.#clients.get(client)
    // Answers of one moment bear one timestamp.
    if (known?.tsVal === tsVal) return 0
    const isSame = known !== undefined && ((known.tsVal ^ tsVal) & RESIDUE) === 0
    const run = isSame ? known.run + 1 : 1
    this.#clients.delete(client)
    const [oldest] = this.#clients.keys()
    if (this.#clients.size >= MOST_CLIENTS && oldest !== undefined) this.#clients.delete(oldest)
    this.#clients.set(client, { tsVal, run })
    this.#longest = Math.max(this.#longest, run)
    return run
  }
}
