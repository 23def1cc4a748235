import { SYN } from '../../src/decode/tcp-flags.ts'
import type { Ladder, LadderSegmentLine } from './ladder.ts'
import { isUnrelatedReset } from './ladder-segment.ts'
import type { PcapOptions } from './pcap-writer.ts'

/** What differs between dialogues that are played side by side: of A, who calls, or of B. */
export type CrowdVariation = 'client-port' | 'client-address' | 'server-port' | 'server-address'

/** One way to play a ladder. What comes out must not depend on it. */
export interface LadderVariant {
  readonly name: string
  /** Added to every number of A's and of B's stream, modulo 2^32. */
  readonly shiftA: number
  readonly shiftB: number
  /** Added to every timestamp of A's and of B's clock. */
  readonly clockA: number
  readonly clockB: number
  /** A has the address and the port that B has otherwise. */
  readonly swapped: boolean
  readonly ipVersion: 4 | 6
  /** Which of a crowd of equal dialogues it is; its ends are then others. */
  readonly copy?: { readonly vary: CrowdVariation; readonly number: number }
  readonly vlans: readonly number[]
  /** Through a capture file of this kind; undefined: packet by packet from memory. */
  readonly file: PcapOptions | undefined
}

export const AS_WRITTEN: LadderVariant = {
  name: 'as written',
  shiftA: 0,
  shiftB: 0,
  clockA: 0,
  clockB: 0,
  swapped: false,
  ipVersion: 4,
  vlans: [],
  file: undefined,
}

const FILES: readonly (readonly [name: string, options: PcapOptions])[] = [
  ['pcap, microseconds, little-endian', { format: 'pcap', byteOrder: 'little' }],
  ['pcap, microseconds, big-endian', { format: 'pcap', byteOrder: 'big' }],
  ['pcap, nanoseconds, little-endian', { format: 'pcap-ns', byteOrder: 'little' }],
  ['pcap, nanoseconds, big-endian', { format: 'pcap-ns', byteOrder: 'big' }],
  ['pcapng, little-endian', { format: 'pcapng', byteOrder: 'little' }],
  ['pcapng, big-endian', { format: 'pcapng', byteOrder: 'big', timestampResolution: 6 }],
]

/** The ladder as written, then every way of playing it that must come to the same. */
export function ladderVariants(ladder: Ladder): LadderVariant[] {
  return [
    AS_WRITTEN,
    ...shifts(ladder),
    { ...AS_WRITTEN, name: 'timestamps cross 2^31 and 2^32', ...clocks(ladder) },
    ...(ladder.selfConnect ? [] : [{ ...AS_WRITTEN, name: 'ends swapped', swapped: true }]),
    { ...AS_WRITTEN, name: 'IPv6', ipVersion: 6 },
    { ...AS_WRITTEN, name: 'VLAN', vlans: [100] },
    { ...AS_WRITTEN, name: 'VLAN in VLAN, IPv6', vlans: [200, 100], ipVersion: 6 },
    ...FILES.map(([name, file]) => ({ ...AS_WRITTEN, name, file })),
  ]
}

/** Moves each end's stream so that a wrap falls on its first number, just behind it, and in its middle. */
function shifts(ladder: Ladder): LadderVariant[] {
  const a = streamOf(ladder, true)
  const b = ladder.selfConnect ? a : streamOf(ladder, false)
  const variants: LadderVariant[] = []
  for (const [edgeName, edge] of [
    ['2^31', 0x8000_0000],
    ['2^32', 0],
  ] as const) {
    for (const [placeName, offsetA, offsetB] of [
      ['at the first number', 0, 0],
      ['behind the first number', 1, 1],
      ['two behind the first number', 2, 2],
      ['in the middle', a.middle, b.middle],
    ] as const) {
      const shiftA = (edge - offsetA - a.first) | 0
      const shiftB = (edge - offsetB - b.first) | 0
      const ends: readonly (readonly [who: string, shiftA: number, shiftB: number])[] = ladder.selfConnect
        ? [['both cross', shiftA, shiftA]]
        : [
            ['A crosses', shiftA, 0],
            ['B crosses', 0, shiftB],
            ['both cross', shiftA, shiftB],
          ]
      for (const [who, forA, forB] of ends) {
        const name = `${who} ${edgeName} ${placeName}`
        variants.push({ ...AS_WRITTEN, name, shiftA: forA, shiftB: forB })
      }
    }
  }
  return variants
}

/** An end's first number and, relative to it, the middle one of the ends of its segments. */
function streamOf(ladder: Ladder, fromLeft: boolean): { first: number; middle: number } {
  const segments = ladder.lines
    .filter((line) => line.kind === 'segment' && line.fromLeft === fromLeft)
    .map((line) => (line as LadderSegmentLine).segment)
    .filter((segment) => !isUnrelatedReset(segment) && segment.icmp === undefined)
  const opening = segments.find((segment) => (segment.flags & SYN) !== 0) ?? segments[0]
  if (opening === undefined) return { first: 0, middle: 0 }
  const ends = segments.map((segment) => (segment.seq + segment.payloadLength - opening.seq) | 0)
  const ahead = ends.filter((end) => end > 0).sort((x, y) => x - y)
  return { first: opening.seq, middle: ahead[Math.floor(ahead.length / 2)] ?? 0 }
}

/** Clocks start one tick below 2^31 (A) and below 2^32 (B). */
function clocks(ladder: Ladder): { clockA: number; clockB: number } {
  const firstVal = (fromLeft: boolean): number => {
    for (const line of ladder.lines) {
      if (line.kind !== 'segment' || line.fromLeft !== fromLeft) continue
      for (const option of line.segment.options) if (option.name === 'TS') return option.val
    }
    return 0
  }
  const clockA = (0x7fff_ffff - firstVal(true)) | 0
  return { clockA, clockB: ladder.selfConnect ? clockA : (0xffff_ffff - firstVal(false)) | 0 }
}
