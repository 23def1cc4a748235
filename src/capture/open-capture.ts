import { type ByteInput, ByteWindow } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureSource } from './capture-source.ts'
import { DEFAULT_MAX_EXPANSION } from './expansion-limit.ts'
import { openFile } from './file-input.ts'
import { describeForeignFormat, SNIFF_LENGTH } from './foreign-format.ts'
import { GunzipInput, GZIP_MAGIC } from './gunzip-input.ts'
import { MergedCapture } from './merged-capture.ts'
import {
  MAGIC_MICROSECONDS,
  MAGIC_MODIFIED,
  MAGIC_NANOSECONDS,
  PCAP_HEADER_LENGTH,
  PcapReader,
} from './pcap-reader.ts'
import { BYTE_ORDER_MAGIC, SECTION_BYTE_ORDER_MAGIC, SECTION_HEADER } from './pcapng-options.ts'
import { PcapngReader } from './pcapng-reader.ts'
import { openStdin, type StandardInput } from './stdin-input.ts'
import { cutReason } from './stop-reason.ts'
import { isSkippable, ZSTD_MAGIC } from './zstd/frame-header.ts'

export interface OpenOptions {
  /** What `-` stands for. */
  readonly stdin?: StandardInput
  /** How many times its own size a compressed capture may unpack to. */
  readonly maxExpansion?: number | undefined
  /** Bytes per read; less where many captures are open at a time. */
  readonly readLength?: number | undefined
}

/** Opens a capture of either format, compressed or not; `-` is standard input. Throws CaptureError. */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const input = path === '-' ? openStdin(options.stdin ?? process.stdin) : await openFile(path)
  return openInput(path, input, options)
}

/** Bytes per read where several captures are open at a time: there may be a thousand of them. */
const MERGED_READ_LENGTH = 128 * 1024

/** Opens captures that are to be read as one, merged by time. Throws CaptureError if any of them cannot be read. */
export async function openCaptures(
  paths: readonly string[],
  options: OpenOptions = {},
): Promise<CaptureSource> {
  const [first, ...others] = paths
  if (first !== undefined && others.length === 0) return openCapture(first, options)
  const parts: CaptureSource[] = []
  try {
    for (const path of paths) {
      parts.push(await openCapture(path, { readLength: MERGED_READ_LENGTH, ...options }))
    }
  } catch (error) {
    for (const part of parts) await part.close()
    throw error
  }
  return new MergedCapture(parts)
}

/** Opens a capture that comes from `input`, which is closed with the source, or at once if it cannot be read. */
export async function openInput(
  name: string,
  input: ByteInput,
  options: OpenOptions = {},
): Promise<CaptureSource> {
  let window = new ByteWindow(input, options.readLength)
  try {
    await sniff(window)
    const unpacked = await unpackedInput(window, options.maxExpansion ?? DEFAULT_MAX_EXPANSION)
    if (unpacked !== undefined) {
      window = new ByteWindow(unpacked, options.readLength)
      await sniff(window)
    }
    return await chooseReader(name, window)
  } catch (error) {
    await window.close()
    throw error
  }
}

async function sniff(window: ByteWindow): Promise<void> {
  while (!window.ended && window.end - window.position < SNIFF_LENGTH) await window.fill()
}

/** What unpacks the bytes of the window, if they are compressed in a way we can read. */
async function unpackedInput(window: ByteWindow, maxExpansion: number): Promise<ByteInput | undefined> {
  const { view, position } = window
  const length = window.end - position
  if (length >= 2 && view.getUint16(position, true) === GZIP_MAGIC) {
    return new GunzipInput(window, maxExpansion)
  }
  const magic = length >= 4 ? view.getUint32(position, true) : 0
  if (magic !== ZSTD_MAGIC && !isSkippable(magic)) return undefined
  const { UnzstdInput } = await import('./zstd/unzstd-input.ts')
  return new UnzstdInput(window, maxExpansion)
}

async function chooseReader(name: string, window: ByteWindow): Promise<CaptureSource> {
  const { view, position } = window
  const length = Math.min(SNIFF_LENGTH, window.end - position)
  if (length === 0) throw emptyError(name, window.damage)

  if (length >= 4) {
    const magic = view.getUint32(position, true)
    if (isPcapMagic(magic) || isPcapMagic(view.getUint32(position, false))) {
      requireHeader(name, 'pcap', length, PCAP_HEADER_LENGTH, window.damage)
      return new PcapReader(name, window, isPcapMagic(magic))
    }
    if (magic === SECTION_HEADER) {
      requireHeader(name, 'pcapng', length, SECTION_BYTE_ORDER_MAGIC + 4, window.damage)
      if (isByteOrderMagic(view, position + SECTION_BYTE_ORDER_MAGIC)) return openPcapng(name, window)
    }
  }
  const format = describeForeignFormat(new Uint8Array(view.buffer, position, length))
  throw new CaptureError(format.code, `${name}: ${format.description}`)
}

/** Whether a file that begins with these four bytes is called a capture, whatever its name; compressed ones are not told. */
export function isCaptureStart(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0, true)
  return isPcapMagic(magic) || isPcapMagic(view.getUint32(0, false)) || magic === SECTION_HEADER
}

function emptyError(name: string, damage: string | undefined): CaptureError {
  if (damage !== undefined) return unreadable(name, damage)
  if (name !== '-') return new CaptureError('empty', `${name}: the file is empty: nothing was captured`)
  return new CaptureError('empty', '-: standard input is empty: check the command that writes to it')
}

function unreadable(name: string, reason: string): CaptureError {
  return new CaptureError('not-a-capture', `${name}: ${reason}: capture again or copy the file again`)
}

async function openPcapng(name: string, window: ByteWindow): Promise<CaptureSource> {
  const reader = new PcapngReader(name, window)
  await reader.readDeclarations()
  return reader
}

function requireHeader(
  name: string,
  format: string,
  present: number,
  needed: number,
  damage: string | undefined,
): void {
  if (present < needed) throw unreadable(name, cutReason(`its ${format} header`, present, needed, damage))
}

function isPcapMagic(magic: number): boolean {
  return magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_MODIFIED
}

function isByteOrderMagic(view: DataView, at: number): boolean {
  return view.getUint32(at, true) === BYTE_ORDER_MAGIC || view.getUint32(at, false) === BYTE_ORDER_MAGIC
}
