/** Seeded 32-bit generator (mulberry32): the same seed gives the same capture on every machine. */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed | 0
  }

  /** Uniform in [0, 1). */
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000
  }

  /** Integer in [0, limit). @param {number} limit */
  below(limit) {
    return Math.floor(this.next() * limit)
  }

  /** Uniform in [low, high). @param {number} low @param {number} high */
  between(low, high) {
    return low + this.next() * (high - low)
  }

  /** @param {number} probability */
  chance(probability) {
    return this.next() < probability
  }

  /** Exponentially distributed. @param {number} mean */
  exponential(mean) {
    return -mean * Math.log(1 - this.next())
  }
}
