import type { FrameOrigin } from './capture-interface.ts'
import type { PacketOrigins } from './packet-origins.ts'
import type { PacketRecord } from './packet-record.ts'

/** `next` filled the record. */
export const READ_PACKET = 0
/** No whole record is buffered: call `fill`, then `next` again. */
export const READ_NEEDS_DATA = 1
/** The capture ended where a record ends. */
export const READ_END = 2
/** The capture ends inside a record, or is damaged from here on: see `stoppedAt`. */
export const READ_STOPPED = 3

export type ReadStatus = typeof READ_PACKET | typeof READ_NEEDS_DATA | typeof READ_END | typeof READ_STOPPED

/** Where and why reading ended before the end of the input. */
export interface StoppedAt {
  /** Byte offset in the (uncompressed) input of the record that could not be read. */
  readonly offset: number
  /** Number of the last packet that was read; 0 if none. */
  readonly packet: number
  /** A clause for people, e.g. "the file ends inside packet 17: 54 of 1,514 bytes are there". */
  readonly reason: string
}

/** How far reading has come, in bytes of the file or pipe itself, compressed or not. */
export interface ReadProgress {
  readonly bytesRead: number
  /** undefined where nobody knows: a pipe. */
  readonly length: number | undefined
}

/** What is known of an interface that is listened on. */
export interface Listening {
  readonly backend: 'libpcap' | 'cap'
  /** Who says when a packet passed, and how finely: the kernel, or we when it got to us. */
  readonly timestamps: 'kernel-nanoseconds' | 'kernel-microseconds' | 'arrival'
  /** Packets that the kernel counted, those it dropped included; on loopback each counts twice. undefined: unknown. */
  readonly received?: number | undefined
  readonly droppedByKernel?: number | undefined
  readonly droppedByInterface?: number | undefined
  /** By how much the system's clock was set forward since, nanoseconds: times go on by the clock as it was. */
  readonly clockStepped: number
}

/**
 * A capture being read: file, stream or interface. `next` never blocks and never allocates; `fill` does the
 * waiting, once per some MiB.
 */
export interface CaptureSource extends ReadProgress {
  /** As the user named it. */
  readonly name: string
  /** `pcap`, `pcap-ns`, `pcap-modified`, `pcapng`. */
  readonly format: string
  /** Link types of the interfaces seen so far, in order of first appearance. */
  readonly linkTypes: readonly number[]
  /** Largest snapshot length declared; 0 if the file sets no limit. */
  readonly snaplen: number
  /** Time of the first packet, nanoseconds since 1970-01-01 UTC; 0n before the first packet. */
  readonly epoch: bigint
  /** Set once `next` has returned READ_STOPPED. */
  readonly stoppedAt: StoppedAt | undefined
  /** Packets that the interfaces and their kernel dropped, by the file's statistics; undefined if it has none. */
  readonly kernelDrops?: number | undefined
  /** The filter that lets only some of its packets pass, as it was written. */
  readonly filter?: string | undefined
  /** Only of an interface. */
  readonly listening?: Listening | undefined
  /**
   * Only of an interface, once it has had a packet: nanoseconds since that, up to which nothing more will come. It grows
   * while the interface is silent, so that timers run.
   */
  readonly elapsed?: number | undefined
  /** Comments on the file and its interfaces, the first of them; and how many packets bear one. */
  readonly comments?: readonly string[]
  readonly packetComments?: number
  /** Of several captures merged: each of them in the order given, and where a packet comes from. */
  readonly parts?: readonly CaptureSource[] | undefined
  readonly origins?: PacketOrigins | undefined
  /** Fills `record`, whose `view` is borrowed until the next `fill`. */
  next(record: PacketRecord): ReadStatus
  /** Of the packet that `next` gave last, in `record` still: for the few that are to be written down as they were. */
  frameOrigin?(record: PacketRecord): FrameOrigin
  /** Reads more input behind what is not yet consumed. After the end of the input `next` no longer asks for data. */
  fill(): Promise<void>
  close(): Promise<void>
}
