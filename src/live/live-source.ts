import { ByteWindow } from '../capture/byte-window.ts'
import type { FrameOrigin } from '../capture/capture-interface.ts'
import {
  type CaptureSource,
  type Listening,
  READ_END,
  READ_PACKET,
  type ReadStatus,
  type StoppedAt,
} from '../capture/capture-source.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import { PCAP_HEADER_LENGTH, PcapReader } from '../capture/pcap-reader.ts'
import { type ClockReading, LiveClock, readClocks } from './live-clock.ts'
import { IS_LITTLE_ENDIAN, type LiveInput } from './live-input.ts'

/** Bytes audited before the kernel is looked after again: a millisecond's work. */
const READ_LENGTH = 256 * 1024

export interface LiveLimits {
  /** Ends after so many packets. */
  readonly count?: number | undefined
  /** The filter in force, to be told. */
  readonly filter?: string | undefined
  /** Reads the machine's clocks, unless another machine's are given. */
  readonly clocks?: (() => ClockReading) | undefined
}

/** Begins to read an interface, which is closed with the source. */
export async function openLiveSource(
  name: string,
  input: LiveInput,
  limits: LiveLimits,
): Promise<LiveSource> {
  const window = new ByteWindow(input, READ_LENGTH)
  try {
    while (window.end - window.position < PCAP_HEADER_LENGTH) await window.fill()
    return new LiveSource(new PcapReader(name, window, IS_LITTLE_ENDIAN), input, limits)
  } catch (error) {
    await window.close()
    throw error
  }
}

/** An interface as a capture that goes on, with times that a change of the system's clock does not disturb. */
export class LiveSource implements CaptureSource {
  readonly format = 'live'
  readonly filter: string | undefined
  readonly #reader: PcapReader
  readonly #input: LiveInput
  readonly #count: number
  readonly #clock = new LiveClock()
  readonly #clocks: () => ClockReading
  #packets = 0
  #lastTime = 0
  /** The input's, and by how much the clock that it is told by had been set by then. */
  #quietUntil: number | undefined
  #quietStepped = 0

  constructor(reader: PcapReader, input: LiveInput, { count, filter, clocks }: LiveLimits) {
    this.#reader = reader
    this.#input = input
    this.#count = count ?? Number.POSITIVE_INFINITY
    this.filter = filter
    this.#clocks = clocks ?? readClocks
  }

  get name(): string {
    return this.#reader.name
  }

  get linkTypes(): readonly number[] {
    return this.#reader.linkTypes
  }

  get snaplen(): number {
    return this.#reader.snaplen
  }

  get epoch(): bigint {
    return this.#reader.epoch
  }

  get stoppedAt(): StoppedAt | undefined {
    return this.#reader.stoppedAt
  }

  get bytesRead(): number {
    return this.#reader.bytesRead
  }

  get length(): undefined {
    return undefined
  }

  get kernelDrops(): number | undefined {
    const { droppedByKernel, droppedByInterface = 0 } = this.#input
    return droppedByKernel === undefined ? undefined : droppedByKernel + droppedByInterface
  }

  get listening(): Listening {
    const { backend, timestamps, received, droppedByKernel, droppedByInterface } = this.#input
    const clockStepped = this.#clock.stepped
    return { backend, timestamps, received, droppedByKernel, droppedByInterface, clockStepped }
  }

  get elapsed(): number | undefined {
    if (this.#packets === 0) return undefined
    if (this.#packets === this.#count) return this.#lastTime
    if (this.#quietUntil === undefined) return this.#lastTime
    const quiet = Number(BigInt(Math.floor(this.#quietUntil)) * 1_000_000n - this.epoch) - this.#quietStepped
    // Never beyond the present: the clock may have been set between the two times that it was read.
    return Math.max(this.#lastTime, Math.floor(Math.min(quiet, this.#clock.present)))
  }

  /** Ends it: what has passed by now is still read. */
  stop(): void {
    this.#input.stop()
  }

  next(record: PacketRecord): ReadStatus {
    if (this.#packets === this.#count) return READ_END
    const status = this.#reader.next(record)
    if (status !== READ_PACKET) return status
    this.#packets++
    record.time = this.#clock.evenOfPacket(record.time)
    if (record.time > this.#lastTime) this.#lastTime = record.time
    return READ_PACKET
  }

  /** As the kernel stamped it, whatever was made of its time since. */
  frameOrigin(record: PacketRecord): FrameOrigin {
    return this.#reader.frameOrigin(record)
  }

  async fill(): Promise<void> {
    await this.#reader.fill()
    this.#clock.look(this.#clocks(), this.#packets === 0 ? undefined : Number(this.epoch / 1000n) / 1000)
    const { quietUntil } = this.#input
    if (quietUntil === this.#quietUntil) return
    this.#quietUntil = quietUntil
    this.#quietStepped = this.#clock.stepped
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}
