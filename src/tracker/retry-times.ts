const SECOND = 1e9

/** TCP_TIMEOUT_INIT: a SYN or SYN-ACK is first repeated after 1 s. */
export const INITIAL_RTO = 1 * SECOND
/** A kernel's retry ladder runs up to 6 % late (measured: 134 s for 127 s), and the last jiffies are rounded up. */
export const LADDER_SLACK = 1.06
export const LADDER_ROUNDING = 0.03 * SECOND
/** Linux TCP_RTO_MIN. */
export const SHORTEST_RTO = 0.2 * SECOND
/** Linux TCP_RTO_MAX. */
export const LONGEST_RTO = 120 * SECOND
/** A SYN or SYN-ACK that arrives is answered without delay: later than this there was nobody, or it was lost. */
export const ANSWER_TIME = 0.2 * SECOND
/** An answer to a provocation comes within this time, ns; Linux answers at most one in 500 ms. */
export const CHALLENGE_TIME = 1 * SECOND
/** A FIN is repeated after an RTO; without one on record nothing waits longer than this for its first repeat. */
export const LONGEST_FIRST_RTO = 10 * SECOND
