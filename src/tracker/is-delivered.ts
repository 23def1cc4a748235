import { CHECKSUM_BAD, CHECKSUM_OK, CHECKSUM_PARTIAL, verifyTcpChecksum } from '../decode/checksum.ts'
import type { Segment } from '../decode/segment.ts'
import { FIN, RST, SYN } from '../decode/tcp-flags.ts'
import { OPTION_AUTHENTICATION, OPTION_MD5 } from '../decode/tcp-options.ts'
import { segmentLength } from './acceptance.ts'
import type { Connection } from './connection.ts'
import { UNFINISHED_CHECKSUM } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { HAS_ISN, SIGNED } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { isAtOrAfter, isBefore } from './sequence.ts'
import { EVENT_BAD_CHECKSUM } from './tracker-events.ts'

/**
 * Checksums are verified on SYN, FIN, RST, this many first segments of each endpoint, and on data sent again: what they are
 * to show is an offloading card, a forged or broken handshake, or a path that damages what it carries, whose damage is
 * repaired by repeats. More would cost a tenth of the whole run.
 */
const CHECKED_SEGMENTS = 4

/** A segment with a wrong checksum, or not signed as the connection is, does not reach TCP: as far as every segment is asked. */
export function isDeliveredAtFirst(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): boolean {
  if (isWronglySigned(sender, segment)) return false
  if (sender.packets >= CHECKED_SEGMENTS && (segment.flags & (SYN | FIN | RST)) === 0) return true
  return isIntact(machine, connection, sender, receiver, segment)
}

/** What is asked of a delivered segment that is not ordinary: the checksum of data sent again. */
export function isDeliveredAgain(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): boolean {
  if (sender.packets < CHECKED_SEGMENTS || (segment.flags & (SYN | FIN | RST)) !== 0) return true
  if (segment.payloadLength === 0 || !isBefore(segment.seq, sender.sndNxt)) return true
  return isIntact(machine, connection, sender, receiver, segment)
}

function isIntact(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): boolean {
  const verdict = verifyTcpChecksum(segment)
  if (verdict === CHECKSUM_OK && sender.extra !== 0) settleDamage(machine, sender, segment)
  const { quality, events } = machine
  if (verdict === CHECKSUM_PARTIAL) quality.countOffload(connection, sender, 'offloadedChecksums', segment)
  if (verdict === CHECKSUM_PARTIAL || verdict === CHECKSUM_BAD) connection.flags |= UNFINISHED_CHECKSUM
  if (verdict !== CHECKSUM_BAD) return true
  const extra = machine.ensureExtra(sender)
  if (extra.checksumsRefuted) {
    quality.refutedChecksums++
    return true
  }
  quality.count(connection, sender, 'badChecksums')
  extra.badChecksums++
  if (segmentLength(segment) > 0) extra.badChecksumEnd = (segment.seq + segmentLength(segment)) | 0
  if (events.wants(EVENT_BAD_CHECKSUM)) {
    events.event.segment = segment
    machine.tellOf(EVENT_BAD_CHECKSUM, sender, receiver, 0)
  }
  return false
}

/** What was damaged has been sent again, whole: that it is acknowledged says nothing of the damaged copy. */
function settleDamage(machine: Machine, sender: Endpoint, segment: Segment): void {
  const extra = machine.extraOf(sender)
  if (extra?.badChecksumEnd === undefined) return
  const end = (segment.seq + segmentLength(segment)) | 0
  if (isBefore(segment.seq, extra.badChecksumEnd) && isAtOrAfter(end, extra.badChecksumEnd)) {
    extra.badChecksumEnd = undefined
  }
}

/** Signed on a connection that signs nothing, or the other way round: its receiver's TCP does not get to see it. */
export function isWronglySigned(sender: Endpoint, segment: Segment): boolean {
  if ((segment.flags & SYN) !== 0 || (sender.flags & HAS_ISN) === 0) return false
  const isSigned = (segment.options.present & (OPTION_MD5 | OPTION_AUTHENTICATION)) !== 0
  return isSigned !== ((sender.flags & SIGNED) !== 0)
}
