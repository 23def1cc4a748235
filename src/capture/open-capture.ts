import { type ByteInput, ByteWindow } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureSource } from './capture-source.ts'
import { FileInput } from './file-input.ts'
import { describeForeignFormat, SNIFF_LENGTH } from './foreign-format.ts'
import {
  MAGIC_MICROSECONDS,
  MAGIC_MODIFIED,
  MAGIC_NANOSECONDS,
  PCAP_HEADER_LENGTH,
  PcapReader,
} from './pcap-reader.ts'
import { BYTE_ORDER_MAGIC, SECTION_BYTE_ORDER_MAGIC, SECTION_HEADER } from './pcapng-options.ts'
import { PcapngReader } from './pcapng-reader.ts'
import { cutReason } from './stop-reason.ts'

/** Opens a capture file of either format. Throws CaptureError. */
export async function openCapture(path: string): Promise<CaptureSource> {
  if (path === '-') {
    throw new CaptureError('unsupported-format', '-: reading standard input is not built yet: name a file')
  }
  return openInput(path, await FileInput.open(path))
}

/** Opens a capture that comes from `input`, which is closed with the source, or at once if it cannot be read. */
export async function openInput(name: string, input: ByteInput, readLength?: number): Promise<CaptureSource> {
  const window = new ByteWindow(input, readLength)
  try {
    return await chooseReader(name, window)
  } catch (error) {
    await window.close()
    throw error
  }
}

async function chooseReader(name: string, window: ByteWindow): Promise<CaptureSource> {
  while (!window.ended && window.end - window.position < SNIFF_LENGTH) await window.fill()
  const { view, position } = window
  const length = Math.min(SNIFF_LENGTH, window.end - position)
  if (length === 0) throw new CaptureError('empty', `${name}: the file is empty: nothing was captured`)

  if (length >= 4) {
    const magic = view.getUint32(position, true)
    if (isPcapMagic(magic) || isPcapMagic(view.getUint32(position, false))) {
      requireHeader(name, 'pcap', length, PCAP_HEADER_LENGTH)
      return new PcapReader(name, window, isPcapMagic(magic))
    }
    if (magic === SECTION_HEADER) {
      requireHeader(name, 'pcapng', length, SECTION_BYTE_ORDER_MAGIC + 4)
      if (isByteOrderMagic(view, position + SECTION_BYTE_ORDER_MAGIC)) return openPcapng(name, window)
    }
  }
  const format = describeForeignFormat(new Uint8Array(view.buffer, position, length))
  throw new CaptureError(format.code, `${name}: ${format.description}`)
}

async function openPcapng(name: string, window: ByteWindow): Promise<CaptureSource> {
  const reader = new PcapngReader(name, window)
  await reader.readDeclarations()
  return reader
}

function requireHeader(name: string, format: string, present: number, needed: number): void {
  if (present >= needed) return
  const reason = cutReason(`its ${format} header`, present, needed)
  throw new CaptureError('not-a-capture', `${name}: ${reason}: capture again or copy the file again`)
}

function isPcapMagic(magic: number): boolean {
  return magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_MODIFIED
}

function isByteOrderMagic(view: DataView, at: number): boolean {
  return view.getUint32(at, true) === BYTE_ORDER_MAGIC || view.getUint32(at, false) === BYTE_ORDER_MAGIC
}
