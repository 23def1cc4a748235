import { fileURLToPath } from 'node:url'
import { BytesInput } from '../capture/bytes-input.ts'
import type { CaptureSource } from '../capture/capture-source.ts'
import { openFile } from '../capture/file-input.ts'
import { IterableInput } from '../capture/iterable-input.ts'
import { MergedCapture } from '../capture/merged-capture.ts'
import { type OpenOptions, openInput } from '../capture/open-capture.ts'
import { FilteredCapture } from '../live/filtered-capture.ts'
import { PacketFilter } from '../live/packet-filter.ts'
import { wrongOption } from './audit-error.ts'

/**
 * One capture, pcap or pcapng, also compressed by gzip or zstd: a path or a `file:` URL, its bytes, or what gives its bytes piece
 * by piece (a `Readable`, a web stream, an async generator).
 */
export type AuditInput = string | URL | Uint8Array | AsyncIterable<Uint8Array>

/** What to audit: one capture, or several that are merged by time. */
export type AuditSource = AuditInput | readonly AuditInput[]

/** Bytes per read: what is told of them waits in memory until it is taken. */
const READ_LENGTH = 256 * 1024

/** Opens what is to be audited; everything is closed again with it, or at once if one of them cannot be read. */
export async function openSource(
  source: AuditSource,
  {
    filter,
    maxExpansion,
  }: { readonly filter?: string | undefined; readonly maxExpansion?: number | undefined },
): Promise<CaptureSource> {
  const inputs: readonly AuditInput[] = Array.isArray(source) ? source : [source as AuditInput]
  if (inputs.length === 0) throw wrongOption('source names no capture: give a path, bytes, or a list of them')
  const passes = filter === undefined ? undefined : new PacketFilter(filter)
  const parts: CaptureSource[] = []
  try {
    for (const input of inputs) parts.push(await openPart(input, { maxExpansion, readLength: READ_LENGTH }))
    const [first] = parts
    const whole = parts.length === 1 && first !== undefined ? first : new MergedCapture(parts)
    return passes === undefined ? whole : new FilteredCapture(whole, passes)
  } catch (error) {
    for (const part of parts) await part.close()
    passes?.close()
    throw error
  }
}

async function openPart(input: AuditInput, options: OpenOptions): Promise<CaptureSource> {
  if (typeof input === 'string') return openInput(input, await openFile(input), options)
  if (input instanceof URL) {
    if (input.protocol !== 'file:')
      throw wrongOption(`source takes no ${input.protocol} URL: fetch it, and give its body`)
    const path = fileURLToPath(input)
    return openInput(path, await openFile(path), options)
  }
  if (input instanceof Uint8Array) return openInput('bytes', new BytesInput(input), options)
  if (isAsyncIterable(input)) return openInput('stream', new IterableInput(input, 'stream'), options)
  throw wrongOption(
    'source is none: give a path, a file: URL, a Uint8Array, a stream of bytes, or a list of them',
  )
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
