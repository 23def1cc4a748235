import type { FrameOrigin } from './capture-interface.ts'
import {
  type CaptureSource,
  READ_END,
  READ_NEEDS_DATA,
  READ_PACKET,
  READ_STOPPED,
  type ReadStatus,
  type StoppedAt,
} from './capture-source.ts'
import { PacketOrigins } from './packet-origins.ts'
import { PacketRecord } from './packet-record.ts'

/** One of the captures, with its next packet. */
interface Head {
  readonly capture: CaptureSource
  readonly record: PacketRecord
  /** Nanoseconds from the merged input's first packet to the epoch of this capture, as it was when that was computed. */
  offset: number
  epoch: bigint
}

/**
 * Several captures as one, in order of time; packets of one time in the order in which the captures were given, and those
 * of one capture as they stand there. A packet's number is its ordinal here: `origins` knows its own. One capture that
 * ends early, or is cut, does not end the others.
 */
export class MergedCapture implements CaptureSource {
  readonly name: string
  readonly format = 'merged'
  readonly parts: readonly CaptureSource[]
  readonly origins: PacketOrigins
  epoch = 0n

  readonly #heads: readonly Head[]
  /** Captures whose first packet is not there yet. */
  #starting: number[]
  /** A heap of captures by `#times`, the next one first. */
  readonly #heap: Int32Array
  readonly #times: Float64Array
  #size = 0
  /** The packet handed out last is the head of the heap: the one after it has to be read. */
  #isTaken = false

  constructor(parts: readonly CaptureSource[]) {
    this.parts = parts
    this.name = parts.map(({ name }) => name).join(' ')
    this.origins = new PacketOrigins(parts.length)
    this.#heads = parts.map((capture) => ({ capture, record: new PacketRecord(), offset: 0, epoch: 0n }))
    this.#starting = parts.map((_, index) => index)
    this.#heap = new Int32Array(parts.length)
    this.#times = new Float64Array(parts.length)
  }

  get linkTypes(): readonly number[] {
    return [...new Set(this.parts.flatMap(({ linkTypes }) => linkTypes))]
  }

  get snaplen(): number {
    return Math.max(...this.parts.map(({ snaplen }) => snaplen))
  }

  get stoppedAt(): StoppedAt | undefined {
    return this.parts.find(({ stoppedAt }) => stoppedAt !== undefined)?.stoppedAt
  }

  get bytesRead(): number {
    return this.parts.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  }

  get length(): number | undefined {
    let sum = 0
    for (const { length } of this.parts) {
      if (length === undefined) return undefined
      sum += length
    }
    return sum
  }

  next(record: PacketRecord): ReadStatus {
    if (this.#starting.length > 0 && !this.#start()) return READ_NEEDS_DATA
    if (this.#isTaken && !this.#advance()) return READ_NEEDS_DATA
    if (this.#size === 0) return this.stoppedAt === undefined ? READ_END : READ_STOPPED
    const index = this.#heap[0] as number
    const from = (this.#heads[index] as Head).record
    record.view = from.view
    record.start = from.start
    record.end = from.end
    record.originalLength = from.originalLength
    record.linkType = from.linkType
    record.time = this.#times[index] as number
    record.packet = this.origins.add(index)
    this.#isTaken = true
    return READ_PACKET
  }

  frameOrigin(): FrameOrigin {
    const { capture, record } = this.#heads[this.#heap[0] as number] as Head
    if (!this.#isTaken || capture.frameOrigin === undefined) throw new Error('no packet was handed out')
    return capture.frameOrigin(record)
  }

  async fill(): Promise<void> {
    if (this.#starting.length > 0) {
      for (const index of this.#starting) await (this.parts[index] as CaptureSource).fill()
    } else if (this.#isTaken) await (this.parts[this.#heap[0] as number] as CaptureSource).fill()
  }

  async close(): Promise<void> {
    for (const part of this.parts) await part.close()
  }

  /** False while a first packet is missing. With all of them there, the earliest gives the epoch. */
  #start(): boolean {
    this.#starting = this.#starting.filter((index) => {
      const { capture, record } = this.#heads[index] as Head
      const status = capture.next(record)
      if (status === READ_PACKET) this.#heap[this.#size++] = index
      return status === READ_NEEDS_DATA
    })
    if (this.#starting.length > 0) return false
    const started = [...this.#heap.subarray(0, this.#size)].sort((a, b) => a - b)
    const firsts = started.map((index) => {
      const { capture, record } = this.#heads[index] as Head
      return capture.epoch + BigInt(record.time)
    })
    this.epoch = firsts.reduce((least, first) => (first < least ? first : least), firsts[0] ?? 0n)
    for (const index of started) {
      const head = this.#heads[index] as Head
      this.#place(head)
      this.#times[index] = head.offset + head.record.time
    }
    this.#heap.set(started.sort((a, b) => this.#compare(a, b)))
    return true
  }

  /** Reads on where the last packet came from. False if it has no packet in memory. */
  #advance(): boolean {
    const index = this.#heap[0] as number
    const head = this.#heads[index] as Head
    const status = head.capture.next(head.record)
    if (status === READ_NEEDS_DATA) return false
    this.#isTaken = false
    if (status === READ_PACKET) {
      if (head.capture.epoch !== head.epoch) this.#place(head)
      this.#times[index] = head.offset + head.record.time
    } else if (--this.#size > 0) {
      this.#heap[0] = this.#heap[this.#size] as number
    }
    if (this.#size > 1) this.#siftDown()
    return true
  }

  #place(head: Head): void {
    head.epoch = head.capture.epoch
    head.offset = Number(head.epoch - this.epoch)
  }

  #siftDown(): void {
    const heap = this.#heap
    const moved = heap[0] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && this.#compare(heap[child + 1] as number, heap[child] as number) < 0)
        child++
      if (this.#compare(moved, heap[child] as number) < 0) break
      heap[at] = heap[child] as number
      at = child
    }
    heap[at] = moved
  }

  #compare(a: number, b: number): number {
    return (this.#times[a] as number) - (this.#times[b] as number) || a - b
  }
}
