import type { OpeningTrace, SynAckCopy } from './opening-trace.ts'

/**
 * TCP_DEFER_ACCEPT makes the kernel leave out the repeats of its SYN-ACK, at 1, 3, 7 ... s, that fall into the time it
 * waits for data (Linux inet_reqsk, syn_ack_recalc): the first one sent is at one of these, seconds.
 */
const LAST_CHANCES = [3, 7, 15, 31, 63]
/** Timers run this share late, and are rounded to this, seconds. */
const LATE = 0.07
const ROUNDING = 0.1

/** The repeat by which a server that ignored the bare third segment gives the client its last chance. */
export function deferredRepeat({ syns, synAcks, acks }: OpeningTrace): SynAckCopy | undefined {
  const [first, repeat] = synAcks
  const [ack] = acks
  if (first === undefined || repeat === undefined || ack === undefined) return undefined
  if (syns.length !== 1 || ack.time > repeat.time) return undefined
  // SYN and third segment alone: what answers another copy says that the capture missed that.
  if (repeat.clientPackets !== 2) return undefined
  const gap = (repeat.time - first.time) / 1e9
  const isDue = LAST_CHANCES.some((due) => Math.abs(gap - due) <= ROUNDING + LATE * due)
  return isDue ? repeat : undefined
}
