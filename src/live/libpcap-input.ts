import { NOTHING_YET } from '../capture/byte-window.ts'
import { ByteQueue } from './byte-queue.ts'
import { DumpStream } from './dump-stream.ts'
import { isInterfaceUp } from './interface-flags.ts'
import { KernelCounts } from './kernel-counts.ts'
import { type LoadedLibpcap, loadLibpcap, type Pointer, type PollHandle } from './libpcap.ts'
import { type LiveInput, type LiveOptions, nextTurn, QUEUE_LENGTH, SILENCE } from './live-input.ts'
import { HANDED_ON_AFTER, openHandle } from './open-interface.ts'

/** Milliseconds between two looks at the kernel's counters, and at whether the interface is up. */
const LOOK_INTERVAL = 1000

/**
 * Bytes given at once, and the milliseconds that the work on them should take, during which nobody looks after the kernel.
 * The first pieces are small: code that has not run before takes ten times as long.
 */
const SMALLEST_PIECE = 16 * 1024
const PIECE_TIME = 2

/** Milliseconds of work after which others get their turn, though there are packets. */
const TURN = 20

/**
 * Packets may wait so long in the kernel before we see them, milliseconds: a block is handed on at the second timer after
 * its first packet, and the timer may be late on a busy machine. Without packets, time is known to have passed up to then.
 */
const LATEST = 2 * HANDED_ON_AFTER + 160

/** PCAP_TSTAMP_PRECISION_NANO */
const NANOSECONDS = 1

export function openLibpcapInput(name: string, options: LiveOptions): LibpcapInput {
  return new LibpcapInput(loadLibpcap(), name, options)
}

/**
 * An interface through libpcap. The file that says whether packets wait is watched by Node's own loop, so that nothing
 * blocks; the packets are then fetched in the thread that works on them: 78 ns each, measured.
 */
export class LibpcapInput implements LiveInput {
  readonly backend = 'libpcap'
  readonly readsAhead = false
  readonly timestamps: LiveInput['timestamps']
  bytesRead = 0
  quietUntil: number | undefined
  /** Set when the interface has ended the capture, not we. */
  damage: string | undefined
  readonly #libpcap: LoadedLibpcap
  readonly #name: string
  readonly #handle: Pointer
  readonly #dump: DumpStream
  readonly #poll: PollHandle
  readonly #counts: KernelCounts
  readonly #queue: ByteQueue
  /** Packets moved to the queue so far, and how many more may be. */
  #taken = 0
  #remaining = Number.POSITIVE_INFINITY
  /** It is to stop: since when, milliseconds since 1970; and until when what waited then comes, by the monotonic clock. */
  #stopping: { readonly since: number; readonly until: number } | undefined
  /** Nothing more will be moved to the queue. */
  #hasEnded = false
  #isClosed = false
  #wake: (() => void) | undefined
  #nextLook = 0
  #nextTurn = 0
  /** Bytes to give next, and when the last ones were given. */
  #piece = SMALLEST_PIECE
  #given = 0

  constructor(libpcap: LoadedLibpcap, name: string, options: LiveOptions) {
    const { c } = libpcap
    this.#libpcap = libpcap
    this.#name = name
    const handle = openHandle(libpcap, name, options)
    this.#handle = handle
    this.#dump = new DumpStream(libpcap, handle, options.snaplen)
    this.#queue = new ByteQueue(QUEUE_LENGTH)
    this.#queue.push(this.#dump.header)
    this.#counts = new KernelCounts(libpcap, handle)
    this.timestamps =
      c.pcap_get_tstamp_precision(handle) === NANOSECONDS ? 'kernel-nanoseconds' : 'kernel-microseconds'
    this.#poll = libpcap.poll(c.pcap_get_selectable_fd(handle), () => {})
    this.#poll.stop()
  }

  get received(): number {
    return this.#counts.received
  }

  get droppedByKernel(): number {
    return this.#counts.droppedByKernel
  }

  get droppedByInterface(): number {
    return this.#counts.droppedByInterface
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    this.#measure(length)
    let asked = this.#fetch()
    if (this.#queue.length === 0 && !this.#hasEnded) {
      await this.#waitForPackets()
      asked = this.#fetch()
    }
    const taken = this.#queue.take(buffer, offset, Math.min(length, this.#piece))
    if (taken === 0) return this.#nothingCame(asked)
    this.bytesRead += taken
    const now = performance.now()
    if (now >= this.#nextLook) this.#look(now)
    if (now >= this.#nextTurn) {
      await nextTurn()
      this.#nextTurn = performance.now() + TURN
    }
    this.#given = performance.now()
    return taken
  }

  /** By how long the last piece took, how large the next one is: up to `most` bytes. */
  #measure(most: number): void {
    const spent = performance.now() - this.#given
    if (spent > PIECE_TIME) this.#piece = Math.max(SMALLEST_PIECE, this.#piece / 2)
    else if (spent < PIECE_TIME / 2) this.#piece = Math.min(most, this.#piece * 2)
  }

  stop(): void {
    if (this.#stopping !== undefined || this.#hasEnded) return
    this.#stopping = { since: Date.now(), until: performance.now() + 2 * HANDED_ON_AFTER }
    this.#counts.look()
    // On loopback the kernel counts more than it hands on: there `until` ends it.
    this.#remaining = this.received - this.droppedByKernel - this.#taken
    if (this.#remaining <= 0) this.#hasEnded = true
    this.#wake?.()
  }

  cancel(): void {
    this.stop()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#hasEnded = true
    this.#poll.close()
    this.#dump.close()
    this.#libpcap.c.pcap_close(this.#handle)
  }

  /**
   * Moves all that waits in the kernel to our queue, which takes a tenth of the time that auditing it will: so a burst fills
   * our memory first, and the kernel's when that is full. Returns when it was begun, milliseconds since 1970.
   */
  #fetch(): number {
    const asked = Date.now()
    while (!this.#hasEnded && !this.#queue.isFull) {
      const taken = this.#dump.take(Math.min(this.#dump.most, this.#remaining))
      if (taken < 0) this.#end(this.#libpcap.c.pcap_geterr(this.#handle))
      if (taken <= 0) break
      this.#queue.push(this.#dump.records)
      this.#taken += taken
      this.#remaining -= taken
      if (this.#remaining === 0) this.#hasEnded = true
    }
    return asked
  }

  #nothingCame(asked: number): number {
    const now = performance.now()
    if (this.#stopping !== undefined) {
      if (now > this.#stopping.until) this.#hasEnded = true
    } else if (now >= this.#nextLook) {
      this.#look(now)
      if (!isInterfaceUp(this.#libpcap, this.#name)) this.#end('the interface went down')
    }
    this.quietUntil = this.#hasEnded ? (this.#stopping?.since ?? asked) : asked - LATEST
    return this.#hasEnded ? 0 : NOTHING_YET
  }

  #end(reason: string): void {
    this.#hasEnded = true
    this.damage = reason.replace(/^The /, 'the ')
    this.#counts.look()
  }

  #look(now: number): void {
    this.#counts.look()
    this.#nextLook = now + LOOK_INTERVAL
  }

  /** Ends when there are packets, when it is to stop, or after SILENCE. */
  async #waitForPackets(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, this.#stopping === undefined ? SILENCE : HANDED_ON_AFTER)
      this.#wake = () => {
        clearTimeout(timeout)
        resolve()
      }
      this.#poll.start({ readable: true }, this.#wake)
    })
    this.#wake = undefined
    this.#poll.stop()
    this.#nextTurn = performance.now() + TURN
  }
}
