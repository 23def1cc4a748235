import type { PacketRecord } from '../capture/packet-record.ts'
import { type LoadedLibpcap, loadLibpcap, type Memory, memoryOf, type Pointer } from './libpcap.ts'
import { FilterError } from './live-error.ts'
import { IS_LITTLE_ENDIAN } from './live-input.ts'

/** struct bpf_program: a length and a pointer. */
const PROGRAM_LENGTH = 16

/** PCAP_NETMASK_UNKNOWN: only `ip broadcast` would need it. */
const NO_NETMASK = 0xffffffff

/** struct pcap_pkthdr on 64-bit systems: two longs of time, captured and original length. */
const HEADER_LENGTH = 24
const HEADER_CAPTURED = 16
const HEADER_ORIGINAL = 20

/** As long as a packet may be, so that no filter asks for more. */
const SNAPLEN = 262_144

/** Compiles a filter for a handle; the program is to be freed with pcap_freecode. Throws FilterError. */
export function compileFilter({ c }: LoadedLibpcap, handle: Pointer, expression: string): Memory {
  const program = memoryOf(PROGRAM_LENGTH)
  if (c.pcap_compile(handle, program, expression, 1, NO_NETMASK) !== 0) {
    throw new FilterError(expression, c.pcap_geterr(handle).replace(/^can't parse filter expression: /, ''))
  }
  return program
}

/**
 * Says which packets of a capture file a filter lets pass. A filter is compiled for a link type, so there is one program
 * for each that occurs.
 */
export class PacketFilter {
  readonly expression: string
  readonly #libpcap: LoadedLibpcap
  readonly #programs = new Map<number, { readonly memory: Memory; readonly address: Pointer }>()
  readonly #header = memoryOf(HEADER_LENGTH)
  readonly #headerView = new DataView(this.#header.buffer)
  readonly #headerAddress: Pointer
  /** The buffer of the packet before, and where its memory lies. */
  #view: DataView | undefined
  #address: Pointer = 0n

  /** Throws LiveError if libpcap is not there. */
  constructor(expression: string, libpcap: LoadedLibpcap = loadLibpcap()) {
    this.#libpcap = libpcap
    this.expression = expression
    this.#headerAddress = libpcap.address(this.#header)
  }

  /** Compiles it for a link type; throws FilterError. */
  compile(linkType: number): Pointer {
    const known = this.#programs.get(linkType)
    if (known !== undefined) return known.address
    const { c, address } = this.#libpcap
    const handle = c.pcap_open_dead(capturedLinkType(linkType), SNAPLEN)
    if (handle === null) throw new Error('pcap_open_dead has no memory')
    try {
      const memory = compileFilter(this.#libpcap, handle, this.expression)
      const program = { memory, address: address(memory) }
      this.#programs.set(linkType, program)
      return program.address
    } finally {
      c.pcap_close(handle)
    }
  }

  passes(record: PacketRecord): boolean {
    const { view, start } = record
    if (view !== this.#view) {
      this.#view = view
      this.#address = this.#libpcap.address(new Uint8Array(view.buffer))
    }
    const program = this.#programs.get(record.linkType)?.address ?? this.compile(record.linkType)
    this.#headerView.setUint32(HEADER_CAPTURED, record.end - start, IS_LITTLE_ENDIAN)
    this.#headerView.setUint32(HEADER_ORIGINAL, record.originalLength, IS_LITTLE_ENDIAN)
    const packet = this.#address + BigInt(view.byteOffset + start)
    return this.#libpcap.c.pcap_offline_filter(program, this.#headerAddress, packet) !== 0
  }

  close(): void {
    for (const { memory } of this.#programs.values()) this.#libpcap.c.pcap_freecode(memory)
    this.#programs.clear()
  }
}

/** Raw IP has one number in files (LINKTYPE_RAW) and others in the systems that write them; here it is Linux's DLT_RAW. */
const RAW_IN_FILES: readonly number[] = [14, 101]
const DLT_RAW = 12

function capturedLinkType(linkType: number): number {
  return RAW_IN_FILES.includes(linkType) ? DLT_RAW : linkType
}
