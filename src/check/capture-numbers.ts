import type { CaptureFacts } from '../report/report.ts'
import type { ValueKind } from './comparison.ts'

/** A number of the capture as a whole. */
export interface CaptureNumber {
  readonly name: string
  readonly kind: ValueKind
  readonly says: string
  readonly of: (capture: CaptureFacts) => number
}

export const CAPTURE_NUMBERS: readonly CaptureNumber[] = [
  { name: 'capture.packets', kind: 'count', says: 'packets, TCP or not', of: ({ packets }) => packets },
  { name: 'capture.tcp', kind: 'count', says: 'TCP packets', of: ({ decoded }) => decoded.tcp },
  { name: 'capture.bytes', kind: 'bytes', says: 'bytes on the wire', of: ({ bytes }) => bytes },
  {
    name: 'capture.durationSeconds',
    kind: 'seconds',
    says: 'time from the first packet to the last',
    of: ({ start, end }) => (end - start) / 1e9,
  },
  {
    name: 'capture.unseenSegments',
    kind: 'count',
    says: 'segments that were acknowledged and that the capture does not hold',
    of: ({ quality }) => quality.unseenSegments,
  },
  {
    name: 'capture.duplicateFrames',
    kind: 'count',
    says: 'frames that it holds again',
    of: ({ quality }) => quality.duplicateFrames,
  },
  {
    name: 'capture.kernelDrops',
    kind: 'count',
    says: 'packets that the capturing kernel dropped, as far as the file says',
    of: ({ quality }) => quality.kernelDrops ?? 0,
  },
  {
    name: 'capture.truncated',
    kind: 'count',
    says: 'packets cut within their headers',
    of: ({ decoded }) => decoded.truncated,
  },
  {
    name: 'capture.malformed',
    kind: 'count',
    says: 'packets with headers that are wrong',
    of: ({ decoded }) => decoded.malformed,
  },
  {
    name: 'capture.badChecksums',
    kind: 'count',
    says: 'segments with wrong checksums, those left to a card aside',
    of: ({ quality }) => quality.badChecksums,
  },
]

export const CAPTURE_NUMBERS_BY_NAME: ReadonlyMap<string, CaptureNumber> = new Map(
  CAPTURE_NUMBERS.map((number) => [number.name, number]),
)
