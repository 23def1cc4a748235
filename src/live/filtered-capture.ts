import type { FrameOrigin } from '../capture/capture-interface.ts'
import type { CaptureSource, ReadStatus, StoppedAt } from '../capture/capture-source.ts'
import { READ_PACKET } from '../capture/capture-source.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import type { PacketFilter } from './packet-filter.ts'

/** The packets of a capture that a filter lets pass. They keep their numbers. */
export class FilteredCapture implements CaptureSource {
  readonly #source: CaptureSource
  readonly #filter: PacketFilter

  /** Throws FilterError if the filter does not suit the capture's link types. */
  constructor(source: CaptureSource, filter: PacketFilter) {
    for (const linkType of source.linkTypes) filter.compile(linkType)
    this.#source = source
    this.#filter = filter
  }

  next(record: PacketRecord): ReadStatus {
    for (;;) {
      const status = this.#source.next(record)
      if (status !== READ_PACKET || this.#filter.passes(record)) return status
    }
  }

  frameOrigin(record: PacketRecord): FrameOrigin {
    if (this.#source.frameOrigin === undefined) throw new Error('the source knows no origins')
    return this.#source.frameOrigin(record)
  }

  fill(): Promise<void> {
    return this.#source.fill()
  }

  async close(): Promise<void> {
    await this.#source.close()
    this.#filter.close()
  }

  get filter(): string {
    return this.#filter.expression
  }

  get name(): string {
    return this.#source.name
  }

  get format(): string {
    return this.#source.format
  }

  get linkTypes(): readonly number[] {
    return this.#source.linkTypes
  }

  get snaplen(): number {
    return this.#source.snaplen
  }

  get epoch(): bigint {
    return this.#source.epoch
  }

  get stoppedAt(): StoppedAt | undefined {
    return this.#source.stoppedAt
  }

  get kernelDrops(): number | undefined {
    return this.#source.kernelDrops
  }

  get comments(): readonly string[] {
    return this.#source.comments ?? []
  }

  get packetComments(): number {
    return this.#source.packetComments ?? 0
  }

  get parts(): readonly CaptureSource[] | undefined {
    return this.#source.parts
  }

  get origins(): PacketOrigins | undefined {
    return this.#source.origins
  }

  get bytesRead(): number {
    return this.#source.bytesRead
  }

  get length(): number | undefined {
    return this.#source.length
  }
}
