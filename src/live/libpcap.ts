import { createRequire } from 'node:module'
import { LiveError } from './live-error.ts'

/** An address in the memory of the process: of libpcap's handles, of a C stream. */
export type Pointer = bigint

/** Memory that C reads or writes. Whoever hands it over keeps it referenced for as long as C may use it. */
export type Memory = Uint8Array

/** The functions of libpcap and of C that are called, by their names there, as `man pcap` describes them. */
export interface Libpcap {
  pcap_lib_version(): string
  pcap_create(device: string, error: Memory): Pointer | null
  pcap_set_snaplen(handle: Pointer, bytes: number): number
  pcap_set_promisc(handle: Pointer, on: number): number
  pcap_set_timeout(handle: Pointer, milliseconds: number): number
  pcap_set_buffer_size(handle: Pointer, bytes: number): number
  pcap_set_tstamp_precision(handle: Pointer, precision: number): number
  pcap_get_tstamp_precision(handle: Pointer): number
  pcap_activate(handle: Pointer): number
  pcap_geterr(handle: Pointer): string
  pcap_statustostr(status: number): string
  pcap_datalink(handle: Pointer): number
  pcap_setnonblock(handle: Pointer, on: number, error: Memory): number
  pcap_get_selectable_fd(handle: Pointer): number
  /** The order of arguments is pcap.h's: handle, count, callback, user. */
  pcap_dispatch(handle: Pointer, count: number, callback: Pointer, user: Pointer): number
  pcap_dump_fopen(handle: Pointer, stream: Pointer): Pointer | null
  pcap_dump_flush(dumper: Pointer): number
  pcap_dump_close(dumper: Pointer): void
  pcap_stats(handle: Pointer, statistics: Memory): number
  pcap_close(handle: Pointer): void
  pcap_open_dead(linkType: number, snaplen: number): Pointer | null
  pcap_compile(handle: Pointer, program: Memory, text: string, optimize: number, netmask: number): number
  pcap_setfilter(handle: Pointer, program: Memory): number
  pcap_offline_filter(program: Pointer, header: Pointer, packet: Pointer): number
  pcap_freecode(program: Memory): void
  pcap_findalldevs(first: Memory, error: Memory): number
  pcap_freealldevs(first: Pointer): void
  fmemopen(memory: Memory, length: number, mode: string): Pointer | null
  fseek(stream: Pointer, offset: number, from: number): number
  ftell(stream: Pointer): number
  socket(family: number, type: number, protocol: number): number
  ioctl(socket: number, request: number, argument: Memory): number
  fcntl(file: number, command: number, argument: number): number
  close(file: number): number
}

export interface LoadedLibpcap {
  readonly c: Libpcap
  /** The address of libpcap's `pcap_dump`, to be its own callback. */
  readonly pcapDump: Pointer
  /** Where a buffer's memory lies. */
  address(memory: Memory): Pointer
  /** `length` bytes from there, borrowed. */
  view(pointer: Pointer, length: number): DataView
  text(pointer: Pointer): string
  /** Calls back whenever the file can be read, until it is stopped. */
  poll(file: number, callback: () => void): PollHandle
}

export interface PollHandle {
  start(options: { readonly readable: boolean }, callback: () => void): void
  stop(): void
  close(): void
}

const PCAP_FUNCTIONS = [
  'const char *pcap_lib_version()',
  'void *pcap_create(const char *, void *)',
  'int pcap_set_snaplen(void *, int)',
  'int pcap_set_promisc(void *, int)',
  'int pcap_set_timeout(void *, int)',
  'int pcap_set_buffer_size(void *, int)',
  'int pcap_set_tstamp_precision(void *, int)',
  'int pcap_get_tstamp_precision(void *)',
  'int pcap_activate(void *)',
  'const char *pcap_geterr(void *)',
  'const char *pcap_statustostr(int)',
  'int pcap_datalink(void *)',
  'int pcap_setnonblock(void *, int, void *)',
  'int pcap_get_selectable_fd(void *)',
  'int pcap_dispatch(void *, int, void *, void *)',
  'void *pcap_dump_fopen(void *, void *)',
  'int pcap_dump_flush(void *)',
  'void pcap_dump_close(void *)',
  'int pcap_stats(void *, void *)',
  'void pcap_close(void *)',
  'void *pcap_open_dead(int, int)',
  'int pcap_compile(void *, void *, const char *, int, uint32_t)',
  'int pcap_setfilter(void *, void *)',
  'int pcap_offline_filter(void *, void *, void *)',
  'void pcap_freecode(void *)',
  'int pcap_findalldevs(void *, void *)',
  'void pcap_freealldevs(void *)',
] as const

/** ioctl and fcntl take their argument as the one of a variable list; on the ABIs of Linux that is as good as a fixed one. */
const C_FUNCTIONS = [
  'void *fmemopen(void *, size_t, const char *)',
  'int fseek(void *, long, int)',
  'long ftell(void *)',
  'int socket(int, int, int)',
  'int ioctl(int, unsigned long, void *)',
  'int fcntl(int, int, int)',
  'int close(int)',
] as const

/** Debian and its kin, then everybody else, then macOS. */
const LIBRARY_NAMES = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so', 'libpcap.A.dylib'] as const

/** What is used of koffi. Its own types are not: it is optional, and tcpaudit is built without it too. */
interface Koffi {
  load(path: string | null): {
    func(declaration: string): unknown
    symbol(name: string): Pointer
  }
  address(memory: Memory): Pointer
  view(pointer: Pointer, length: number): ArrayBuffer
  readonly decode: { string(pointer: Pointer): string }
  readonly node: {
    poll(file: number, options: { readonly readable: boolean }, callback: () => void): PollHandle
  }
}

let loaded: LoadedLibpcap | undefined

/** libpcap through koffi, loaded once; throws LiveError with what is to be installed. */
export function loadLibpcap(): LoadedLibpcap {
  loaded ??= load()
  return loaded
}

function load(): LoadedLibpcap {
  const koffi = requireKoffi()
  const pcap = LIBRARY_NAMES.map((name) => libraryOf(koffi, name)).find((library) => library !== undefined)
  if (pcap === undefined) {
    throw new LiveError(
      'no-libpcap',
      "libpcap is not installed: 'apt-get install libpcap0.8', or what your system calls it",
    )
  }
  // What the process has loaded already: the C library is in it.
  const process = koffi.load(null)
  const functions = [
    ...PCAP_FUNCTIONS.map((declaration) => [nameOf(declaration), pcap.func(declaration)] as const),
    ...C_FUNCTIONS.map((declaration) => [nameOf(declaration), process.func(declaration)] as const),
  ]
  return {
    c: Object.fromEntries(functions) as unknown as Libpcap,
    pcapDump: pcap.symbol('pcap_dump'),
    address: (memory) => koffi.address(memory),
    view: (pointer, length) => new DataView(koffi.view(pointer, length)),
    text: (pointer) => koffi.decode.string(pointer),
    poll: (file, callback) => koffi.node.poll(file, { readable: true }, callback),
  }
}

function requireKoffi(): Koffi {
  const require = createRequire(import.meta.url)
  try {
    return require('koffi') as Koffi
  } catch {
    throw new LiveError(
      'no-libpcap',
      "libpcap cannot be called without the package koffi: 'npm install koffi' where tcpaudit is installed",
    )
  }
}

function libraryOf(koffi: Koffi, name: string): ReturnType<Koffi['load']> | undefined {
  try {
    return koffi.load(name)
  } catch {
    return undefined
  }
}

/** `pcap_close` of `void pcap_close(void *)`. */
function nameOf(declaration: string): string {
  return /(\w+)\(/.exec(declaration)?.[1] ?? ''
}

/** Text that C wrote into memory, up to its zero. */
export function textOf(memory: Memory): string {
  const end = memory.indexOf(0)
  return Buffer.from(memory.subarray(0, end === -1 ? memory.length : end)).toString()
}

/** Memory of its own, outside Node's pool of small buffers, so that its address stays. */
export function memoryOf(length: number): Memory {
  return new Uint8Array(new ArrayBuffer(length))
}

/** PCAP_ERRBUF_SIZE */
export const ERROR_LENGTH = 256
