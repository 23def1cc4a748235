import type { Endpoint } from '../tracker/endpoint.ts'
import { HAS_ISN, SENT_DATA } from '../tracker/endpoint-flags.ts'

/**
 * Whether the end is known not to have closed before the capture began: its SYN or SYN-ACK is in it, or data of it. Bare
 * acknowledgments come from FIN_WAIT_2 and TIME_WAIT as well.
 */
export function isKnownOpen({ flags }: Endpoint): boolean {
  return (flags & (HAS_ISN | SENT_DATA)) !== 0
}
