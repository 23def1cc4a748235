import type { StreamLine } from './stream-document.ts'
import { printableJson } from './text-layout.ts'

/** A line of `--ndjson`, with its line feed. */
export function ndjsonLine(value: StreamLine): string {
  return `${printableJson(JSON.stringify(value))}\n`
}
