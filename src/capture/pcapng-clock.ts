import type { InterfaceOptions } from './pcapng-options.ts'

const NANOSECONDS_PER_SECOND = 1_000_000_000n

/**
 * Turns the 64-bit timestamps of one pcapng interface into nanoseconds. Ticks of whole nanoseconds (10^0 to 10^-9
 * seconds, all that is common) are counted from a reference tick near the source's epoch, so the difference of the
 * two halves is exact in a double for 2^53 ticks. Anything else (powers of two, picoseconds) takes exact bigints, one
 * allocation per packet.
 */
export class PcapngClock {
  readonly #ticksPerSecond: bigint
  readonly #offset: bigint
  /** Nanoseconds per tick; 0 when that is not a whole number. */
  readonly #nanosecondsPerTick: number
  #epoch = 0n
  #referenceHigh = 0
  #referenceLow = 0
  /** From the reference tick to the epoch; less than one tick. */
  #referenceLag = 0

  constructor(options: Pick<InterfaceOptions, 'timestampResolution' | 'timestampOffset'>) {
    const exponent = BigInt(options.timestampResolution & 0x7f)
    const isBinary = (options.timestampResolution & 0x80) !== 0
    this.#ticksPerSecond = isBinary ? 2n ** exponent : 10n ** exponent
    this.#offset = options.timestampOffset * NANOSECONDS_PER_SECOND
    const isWhole = NANOSECONDS_PER_SECOND % this.#ticksPerSecond === 0n
    this.#nanosecondsPerTick = isWhole ? Number(NANOSECONDS_PER_SECOND / this.#ticksPerSecond) : 0
  }

  /** Nanoseconds since 1970-01-01 UTC; parts of a nanosecond are cut off. */
  absolute(high: number, low: number): bigint {
    const ticks = (BigInt(high) << 32n) | BigInt(low)
    return (ticks * NANOSECONDS_PER_SECOND) / this.#ticksPerSecond + this.#offset
  }

  /** The other way round: units of the interface, parts of one cut off. */
  ticksAt(absolute: bigint): bigint {
    return ((absolute - this.#offset) * this.#ticksPerSecond) / NANOSECONDS_PER_SECOND
  }

  /** Sets the epoch that `since` counts from. */
  startAt(epoch: bigint): void {
    this.#epoch = epoch
    if (this.#nanosecondsPerTick === 0) return
    const perTick = BigInt(this.#nanosecondsPerTick)
    const sinceOffset = epoch - this.#offset
    const ticks = sinceOffset / perTick
    this.#referenceHigh = Number(ticks >> 32n)
    this.#referenceLow = Number(ticks & 0xffff_ffffn)
    this.#referenceLag = Number(sinceOffset - ticks * perTick)
  }

  /** Nanoseconds since the epoch, negative before it. */
  since(high: number, low: number): number {
    if (this.#nanosecondsPerTick === 0) return Number(this.absolute(high, low) - this.#epoch)
    const ticks = (high - this.#referenceHigh) * 0x1_0000_0000 + (low - this.#referenceLow)
    return ticks * this.#nanosecondsPerTick - this.#referenceLag
  }
}
