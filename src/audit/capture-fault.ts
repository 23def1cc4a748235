import type { Connection } from '../tracker/connection.ts'
import {
  CUT_SHORT,
  DISORDERED,
  DOUBLED_FRAMES,
  MIDSTREAM,
  MISSED_SEGMENTS,
  UNFINISHED_CHECKSUM,
} from '../tracker/connection-flags.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import { isOneSided } from '../tracker/summarize.ts'
import type { CaptureCounts } from './capture-counts.ts'

/** What can be wrong with a capture, and explain what looks like an anomaly. */
export const CAPTURE_FAULTS = [
  'loss',
  'duplicates',
  'reordering',
  'snaplen',
  'offload',
  'midstream',
  'one-sided',
] as const
/** A fault of a capture that could explain what a rule sees. */
export type CaptureFault = (typeof CAPTURE_FAULTS)[number]

/** The flag of a connection that each of the first faults leaves, in the order of CAPTURE_FAULTS. */
const FLAGS = [MISSED_SEGMENTS, DOUBLED_FRAMES, DISORDERED, CUT_SHORT, UNFINISHED_CHECKSUM, MIDSTREAM]

/** Faults as bits, in the order of CAPTURE_FAULTS. */
export function faultBits(faults: readonly CaptureFault[]): number {
  return faults.reduce((bits, fault) => bits | (1 << CAPTURE_FAULTS.indexOf(fault)), 0)
}

/** What the capture did to this connection, as bits. */
export function faultsOfConnection(connection: Connection, endpoint: Endpoint, peer: Endpoint): number {
  const { flags } = connection
  const bits = FLAGS.reduce((found, flag, bit) => ((flags & flag) === 0 ? found : found | (1 << bit)), 0)
  return isOneSided(endpoint, peer) ? bits | faultBits(['one-sided']) : bits
}

/** From this share on a fault is one of the capture, not of some connections in it. */
const MUCH_LOSS = 0.005
const MUCH_DOUBLING = 0.01
/** Segments that stand behind their answers; a few are what several queues of a card make. */
const MUCH_DISORDER = 0.01
const MANY_ONE_SIDED = 0.2
const MANY_MIDSTREAM = 0.5

/** What is wrong with the capture as a whole, as bits. */
export function faultsOfCapture(capture: CaptureCounts): number {
  const { quality, tcp, connections } = capture
  const faults: CaptureFault[] = []
  const isLossy = quality.unseenBytes > MUCH_LOSS * (quality.seenBytes + quality.unseenBytes)
  const { kernelDrops } = quality
  if (isLossy || (kernelDrops ?? 0) > MUCH_LOSS * capture.packets) faults.push('loss')
  if (quality.duplicateFrames > MUCH_DOUBLING * tcp) faults.push('duplicates')
  const isDisordered = quality.lateSyns + quality.lateSegments > MUCH_DISORDER * tcp
  if (isDisordered || quality.timeReversals > 0) faults.push('reordering')
  if (capture.truncated > 0) faults.push('snaplen')
  if (quality.offloadedChecksums + quality.offloadedSegments > 0) faults.push('offload')
  if (quality.midstreamConnections > MANY_MIDSTREAM * connections) faults.push('midstream')
  if (quality.oneSidedConnections > MANY_ONE_SIDED * connections) faults.push('one-sided')
  return faultBits(faults)
}
