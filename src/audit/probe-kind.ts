import { ACK, FIN, PSH, URG } from '../decode/tcp-flags.ts'
import type { HostClosed } from '../tracker/host-events.ts'

/** Scans by the segment they send. */
export const PROBE_KINDS = ['syn', 'fin', 'null', 'xmas', 'ack'] as const
export type ProbeKind = (typeof PROBE_KINDS)[number]

/** What a probe came to; `connected` is none, but the connections of a scan by connect() that found something. */
export const PROBE_ANSWERS = ['refused', 'unanswered', 'open', 'connected'] as const
export type ProbeAnswer = (typeof PROBE_ANSWERS)[number]

const CONTROL = 0x3f

/** What the connection would be as a probe; undefined if it can be none. */
export function probeKind({ midstream, synCopies, openingFlags }: HostClosed): ProbeKind | undefined {
  if (!midstream) return synCopies > 0 ? 'syn' : undefined
  switch (openingFlags & CONTROL) {
    case 0:
      return 'null'
    case FIN:
      return 'fin'
    case FIN | PSH | URG:
      return 'xmas'
    case ACK:
      return 'ack'
    default:
      return undefined
  }
}

/**
 * What it came to; undefined where it says nothing, as the last acknowledgment of a conversation does, or a SYN that has
 * not waited for `age`, ns.
 */
export function probeAnswer(kind: ProbeKind, event: HostClosed, age: number): ProbeAnswer | undefined {
  const { openedBy, client, server } = event
  const target = openedBy === 'client' ? server : client
  const source = openedBy === 'client' ? client : server
  const isRefused = target.resetSent && target.packets === 1
  if (kind !== 'syn') {
    if (client.payloadBytes + server.payloadBytes > 0) return undefined
    if (isRefused) return 'refused'
    // A bare ACK without an answer is nothing out of the ordinary.
    return target.packets === 0 && kind !== 'ack' ? 'unanswered' : undefined
  }
  if (event.openTime !== null) return 'connected'
  if (isRefused) return 'refused'
  if (event.synAckTime !== null && source.resetSent) return 'open'
  if (event.time - event.start < age) return undefined
  return event.synAckTime === null ? 'unanswered' : 'open'
}
