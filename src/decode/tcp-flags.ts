/** TCP control bits as they stand in bytes 12-13 of the header (RFC 9293 section 3.1; AE from RFC 9768). */
export const FIN = 0x001
export const SYN = 0x002
export const RST = 0x004
export const PSH = 0x008
export const ACK = 0x010
export const URG = 0x020
export const ECE = 0x040
export const CWR = 0x080
export const AE = 0x100

const LETTERS = 'FSRPAUEWe'

/**
 * tcpdump's spelling: letters in the order F S R P U E W e, an ACK as a closing dot, `none` for no flag at all.
 * `formatFlags(SYN | ACK)` is `S.`.
 */
export function formatFlags(flags: number): string {
  let text = ''
  for (let bit = 0; bit < LETTERS.length; bit++) {
    if (bit !== 4 && (flags & (1 << bit)) !== 0) text += LETTERS[bit]
  }
  if ((flags & ACK) !== 0) text += '.'
  return text === '' ? 'none' : text
}
