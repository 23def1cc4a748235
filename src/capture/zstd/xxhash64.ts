/** The five primes of XXH64 (RFC 8878 does not give them; xxhash.com does), as 32-bit halves. */
const P1_HIGH = 0x9e3779b1
const P1_LOW = 0x85ebca87
const P2_HIGH = 0xc2b2ae3d
const P2_LOW = 0x27d4eb4f
const P3_HIGH = 0x165667b1
const P3_LOW = 0x9e3779f9
const P4_HIGH = 0x85ebca77
const P4_LOW = 0xc2b2ae63
const P5_HIGH = 0x27d4eb2f
const P5_LOW = 0x165667c5

const STRIPE = 32
const LANES = 4

/** Upper half of the last result: what a function returns is the lower one, for nothing is to be allocated here. */
let high = 0

function multiply(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  const a0 = aLow & 0xffff
  const a1 = aLow >>> 16
  const b0 = bLow & 0xffff
  const b1 = bLow >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const other = a0 * b1 + (middle & 0xffff)
  const carried = a1 * b1 + (middle >>> 16) + (other >>> 16)
  high = (carried + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0
  return Math.imul(aLow, bLow)
}

function add(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  const low = (aLow >>> 0) + (bLow >>> 0)
  high = (aHigh + bHigh + (low > 0xffffffff ? 1 : 0)) | 0
  return low | 0
}

/** By 1 to 31 bits. */
function rotate(low: number, oldHigh: number, by: number): number {
  high = (oldHigh << by) | (low >>> (32 - by))
  return (low << by) | (oldHigh >>> (32 - by))
}

/** XXH64 with seed 0, of which the frames of zstd bear the lower half. */
export class XxHash64 {
  readonly #lanes = new Int32Array(2 * LANES)
  readonly #rest = new Uint8Array(STRIPE)
  readonly #restView = new DataView(this.#rest.buffer)
  #restLength = 0
  #length = 0

  constructor() {
    this.reset()
  }

  reset(): void {
    const lanes = this.#lanes
    this.#restLength = 0
    this.#length = 0
    lanes[0] = add(P1_LOW, P1_HIGH, P2_LOW, P2_HIGH)
    lanes[1] = high
    lanes[2] = P2_LOW
    lanes[3] = P2_HIGH
    lanes[4] = 0
    lanes[5] = 0
    // 0 - P1
    lanes[6] = add(~P1_LOW, ~P1_HIGH, 1, 0)
    lanes[7] = high
  }

  update(bytes: Uint8Array, start: number, end: number): void {
    this.#length += end - start
    let at = start
    if (this.#restLength > 0) {
      const more = Math.min(STRIPE - this.#restLength, end - start)
      this.#rest.set(bytes.subarray(start, start + more), this.#restLength)
      this.#restLength += more
      at += more
      if (this.#restLength < STRIPE) return
      this.#stripe(this.#restView, 0)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (; at + STRIPE <= end; at += STRIPE) this.#stripe(view, at)
    this.#restLength = end - at
    this.#rest.set(bytes.subarray(at, end))
  }

  /** The lower 32 bits, unsigned. */
  digest(): number {
    let low = this.#length >= STRIPE ? this.#merged() : smallStart()
    low = add(low, high, this.#length | 0, Math.floor(this.#length / 2 ** 32))
    return this.#finish(low) >>> 0
  }

  #stripe(view: DataView, at: number): void {
    const lanes = this.#lanes
    for (let lane = 0; lane < LANES; lane++) {
      const from = at + 8 * lane
      const low = round(
        lanes[2 * lane] as number,
        lanes[2 * lane + 1] as number,
        view.getInt32(from, true),
        view.getInt32(from + 4, true),
      )
      lanes[2 * lane] = low
      lanes[2 * lane + 1] = high
    }
  }

  #merged(): number {
    const lanes = this.#lanes
    let sum = 0
    let sumHigh = 0
    for (const [lane, by] of [1, 7, 12, 18].entries()) {
      const low = rotate(lanes[2 * lane] as number, lanes[2 * lane + 1] as number, by)
      sum = add(sum, sumHigh, low, high)
      sumHigh = high
    }
    for (let lane = 0; lane < LANES; lane++) {
      const low = round(0, 0, lanes[2 * lane] as number, lanes[2 * lane + 1] as number)
      sum = multiply(sum ^ low, sumHigh ^ high, P1_LOW, P1_HIGH)
      sum = add(sum, high, P4_LOW, P4_HIGH)
      sumHigh = high
    }
    high = sumHigh
    return sum
  }

  /** Takes in what is left of the last stripe, and mixes; the sum so far is `first` and `high`. */
  #finish(first: number): number {
    let sum = first
    let sumHigh = high
    const view = this.#restView
    const end = this.#restLength
    let at = 0
    for (; at + 8 <= end; at += 8) {
      const low = round(0, 0, view.getInt32(at, true), view.getInt32(at + 4, true))
      sum = rotate(sum ^ low, sumHigh ^ high, 27)
      sum = multiply(sum, high, P1_LOW, P1_HIGH)
      sum = add(sum, high, P4_LOW, P4_HIGH)
      sumHigh = high
    }
    if (at + 4 <= end) {
      const low = multiply(view.getInt32(at, true), 0, P1_LOW, P1_HIGH)
      sum = rotate(sum ^ low, sumHigh ^ high, 23)
      sum = multiply(sum, high, P2_LOW, P2_HIGH)
      sum = add(sum, high, P3_LOW, P3_HIGH)
      sumHigh = high
      at += 4
    }
    for (; at < end; at++) {
      const low = multiply(view.getUint8(at), 0, P5_LOW, P5_HIGH)
      sum = rotate(sum ^ low, sumHigh ^ high, 11)
      sum = multiply(sum, high, P1_LOW, P1_HIGH)
      sumHigh = high
    }
    // sum ^= sum >>> 33; * P2; sum ^= sum >>> 29; * P3; sum ^= sum >>> 32
    sum = multiply(sum ^ (sumHigh >>> 1), sumHigh, P2_LOW, P2_HIGH)
    sumHigh = high
    sum = multiply(sum ^ ((sum >>> 29) | (sumHigh << 3)), sumHigh ^ (sumHigh >>> 29), P3_LOW, P3_HIGH)
    return sum ^ high
  }
}

function smallStart(): number {
  high = P5_HIGH
  return P5_LOW
}

function round(sumLow: number, sumHigh: number, laneLow: number, laneHigh: number): number {
  const low = multiply(laneLow, laneHigh, P2_LOW, P2_HIGH)
  const sum = add(sumLow, sumHigh, low, high)
  const turned = rotate(sum, high, 31)
  return multiply(turned, high, P1_LOW, P1_HIGH)
}
