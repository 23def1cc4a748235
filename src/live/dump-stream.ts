import { type LoadedLibpcap, type Memory, memoryOf, type Pointer } from './libpcap.ts'

/** Room for the packets of one call. */
const LENGTH = 1024 * 1024
/** struct pcap_sf_pkthdr, before each packet. */
const RECORD_HEADER_LENGTH = 16
const FROM_THE_START = 0

/**
 * Packets from libpcap to us by one foreign call for many of them: pcap_dispatch with pcap_dump as its callback, which
 * writes records of a pcap file into memory. A call of JavaScript for each packet would cost ten times as much.
 *
 * What does not fit the memory is lost without a word, so a call is only for as many packets as fit for certain.
 */
export class DumpStream {
  /** What pcap_dump_fopen wrote: the header of the file. */
  readonly header: Uint8Array
  /** Most packets of one call. */
  readonly most: number
  readonly #libpcap: LoadedLibpcap
  readonly #handle: Pointer
  /** Written by C for as long as the stream is open. */
  readonly #memory: Memory = memoryOf(LENGTH)
  readonly #stream: Pointer
  readonly #dumper: Pointer

  constructor(libpcap: LoadedLibpcap, handle: Pointer, snaplen: number) {
    const { c } = libpcap
    const stream = c.fmemopen(this.#memory, LENGTH, 'w+')
    if (stream === null) throw new Error('fmemopen has no memory')
    const dumper = c.pcap_dump_fopen(handle, stream)
    if (dumper === null) throw new Error(`pcap_dump_fopen: ${c.pcap_geterr(handle)}`)
    this.#libpcap = libpcap
    this.#handle = handle
    this.#stream = stream
    this.#dumper = dumper
    this.most = Math.floor(LENGTH / (snaplen + RECORD_HEADER_LENGTH))
    c.pcap_dump_flush(dumper)
    this.header = this.#memory.slice(0, c.ftell(stream))
  }

  /** Moves at most `count` waiting packets to memory. Returns how many they are, or one of pcap.h's errors. */
  take(count: number): number {
    const { c, pcapDump } = this.#libpcap
    c.fseek(this.#stream, 0, FROM_THE_START)
    const taken = c.pcap_dispatch(this.#handle, Math.min(count, this.most), pcapDump, this.#dumper)
    if (taken > 0) c.pcap_dump_flush(this.#dumper)
    return taken
  }

  /** The records of the packets taken last. Borrowed until the next call. */
  get records(): Uint8Array {
    return this.#memory.subarray(0, this.#libpcap.c.ftell(this.#stream))
  }

  close(): void {
    this.#libpcap.c.pcap_dump_close(this.#dumper)
  }
}
