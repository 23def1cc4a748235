import { ACK, FIN, PSH, RST, SYN, URG } from '../decode/tcp-flags.ts'
import { SYN_SENT } from '../tracker/tcp-state.ts'

/** Combinations of flags that no TCP sends. */
export const ODD_FLAGS = [
  'none',
  'syn-fin',
  'syn-rst',
  'rst-fin',
  'fin-psh-urg',
  'fin-without-ack',
  'data-without-ack',
] as const
export type OddFlags = (typeof ODD_FLAGS)[number]

const XMAS = FIN | PSH | URG

/**
 * Which combination it is. Undefined for FIN, PSH and URG with an ACK, which urgent data before a close can have, and for
 * a FIN before the SYN-ACK came, by which some systems give a connection up that is not open yet.
 */
export function oddFlagsOf(flags: number, state: number): OddFlags | undefined {
  if ((flags & (SYN | FIN)) === (SYN | FIN)) return 'syn-fin'
  if ((flags & (SYN | RST)) === (SYN | RST)) return 'syn-rst'
  if ((flags & (RST | FIN)) === (RST | FIN)) return 'rst-fin'
  if ((flags & ACK) !== 0) return undefined
  if ((flags & XMAS) === XMAS) return 'fin-psh-urg'
  if ((flags & FIN) !== 0) return state === SYN_SENT ? undefined : 'fin-without-ack'
  return (flags & (PSH | URG)) === 0 ? 'none' : 'data-without-ack'
}
