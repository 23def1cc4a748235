const NANOSECONDS = 1_000_000_000n
/** Seconds either side of 1970 that a Date can hold. */
const DATE_LIMIT = 8_640_000_000_000

/** Turns nanoseconds since the first packet into UTC text, exactly. */
export class Timestamp {
  readonly #epochSeconds: number
  readonly #epochNanoseconds: number
  #cachedSecond = Number.NaN
  #cachedText = ''

  constructor(epoch: bigint) {
    const nanoseconds = ((epoch % NANOSECONDS) + NANOSECONDS) % NANOSECONDS
    this.#epochNanoseconds = Number(nanoseconds)
    this.#epochSeconds = Number((epoch - nanoseconds) / NANOSECONDS)
  }

  /** RFC 3339 with nanoseconds: `2026-11-20T21:03:11.123456789Z`. */
  rfc3339(time: number): string {
    const { second, nanosecond } = this.#split(time)
    return `${this.#second(second)}.${String(nanosecond).padStart(9, '0')}Z`
  }

  /** For people: `2026-11-20 21:03:11 UTC`, with as many decimals as asked. */
  utc(time: number, decimals = 0): string {
    const { second, nanosecond } = this.#split(time)
    const fraction = decimals === 0 ? '' : `.${String(nanosecond).padStart(9, '0').slice(0, decimals)}`
    return `${this.#second(second).replace('T', ' ')}${fraction} UTC`
  }

  /** Seconds since 1970 with six decimals, the rest cut off: `1763672591.123456`. */
  seconds(time: number): string {
    const { second, nanosecond } = this.#split(time)
    // A moment before 1970 that is no whole second lies behind the second that its digits begin with.
    const isBack = second < 0 && nanosecond >= 1000
    const micros = Math.floor((isBack ? 1e9 - nanosecond : nanosecond) / 1000)
    const whole = isBack ? second + 1 : second
    return `${isBack && whole === 0 ? '-0' : whole}.${String(micros).padStart(6, '0')}`
  }

  #split(time: number): { second: number; nanosecond: number } {
    let second = Math.floor(time / 1e9)
    // Below zero where the division, close to a whole second, was rounded up to it.
    let nanosecond = time - second * 1e9 + this.#epochNanoseconds
    if (nanosecond < 0) {
      second--
      nanosecond += 1e9
    } else if (nanosecond >= 1e9) {
      second++
      nanosecond -= 1e9
    }
    return { second: this.#epochSeconds + second, nanosecond }
  }

  #second(second: number): string {
    if (second !== this.#cachedSecond) {
      // A damaged or hostile pcapng can claim any 64-bit time; the last one that has a name stands for it.
      const named = Math.max(-DATE_LIMIT, Math.min(DATE_LIMIT, second))
      this.#cachedSecond = second
      this.#cachedText = new Date(named * 1000).toISOString().slice(0, -5)
    }
    return this.#cachedText
  }
}
