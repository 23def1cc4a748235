import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'

/**
 * Linux sends two kinds of RST: *active* from a socket (RST+ACK at SND.NXT, a window, timestamps if negotiated) and
 * *passive* without one (numbered by what drew it: window 0, no options).
 */
export const RESET_FORMS = ['active', 'passive', 'neither'] as const
export type ResetForm = (typeof RESET_FORMS)[number]

/** What Linux would have sent this RST as, by its shape alone: what answers no ACK bears number 0 (tcp_v4_send_reset). */
export function resetForm(segment: Segment): ResetForm {
  const hasAck = (segment.flags & ACK) !== 0
  const isBare = segment.window === 0 && segment.options.present === 0
  if (isBare && (!hasAck || segment.seq === 0)) return 'passive'
  return hasAck ? 'active' : 'neither'
}
