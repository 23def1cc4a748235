import { type LoadedLibpcap, memoryOf, type Pointer } from './libpcap.ts'

/** struct pcap_stat: three words of 32 bits. */
const STATISTICS_LENGTH = 12
const RECEIVED = 0
const DROPPED = 4
const DROPPED_BY_INTERFACE = 8

/** What the kernel counts of a capture, since it began; its counters are 32 bits wide and begin again, ours are not. */
export class KernelCounts {
  /** Packets that passed the filter, dropped or not; on loopback each is counted as sent and as received. */
  received = 0
  /** Of these, the ones that found no room in the buffer. */
  droppedByKernel = 0
  /** What the card or its driver lost before. */
  droppedByInterface = 0
  readonly #libpcap: LoadedLibpcap
  readonly #handle: Pointer
  readonly #memory = memoryOf(STATISTICS_LENGTH)
  readonly #words = new Uint32Array(this.#memory.buffer)

  constructor(libpcap: LoadedLibpcap, handle: Pointer) {
    this.#libpcap = libpcap
    this.#handle = handle
  }

  /** Asks the kernel; if it does not answer, what it said before stands. */
  look(): void {
    if (this.#libpcap.c.pcap_stats(this.#handle, this.#memory) !== 0) return
    this.received = grown(this.received, this.#word(RECEIVED))
    this.droppedByKernel = grown(this.droppedByKernel, this.#word(DROPPED))
    this.droppedByInterface = grown(this.droppedByInterface, this.#word(DROPPED_BY_INTERFACE))
  }

  #word(offset: number): number {
    return this.#words[offset / 4] as number
  }
}

/** The count whose low 32 bits are now `low`; at least what it was, and by less than 2^32. */
export function grown(before: number, low: number): number {
  return before + ((low - (before % 2 ** 32) + 2 ** 32) % 2 ** 32)
}
