/** The name under which an expectation file allows all of CHANCE_RULES. */
export const BY_CHANCE = 'by-chance'

/**
 * Rules that speak of single segments that were lost, late, or crossed on the way: on the same way, or where a machine is
 * busy, they may be others next time. None is graver than a warning by default.
 */
export const CHANCE_RULES: readonly string[] = [
  'fin-out-of-order',
  'fin-unanswered',
  'handshake-ack-lost',
  'handshake-slow',
  'last-ack-lost',
  'out-of-order',
  'retransmission-rate',
  'simultaneous-close',
  'spurious-retransmission',
  'syn-ack-lost',
]
