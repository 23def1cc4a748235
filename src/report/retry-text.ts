/** Linux TCP_RTO_MIN and TCP_RTO_MAX, seconds. */
const SHORTEST_RTO = 0.2
const LONGEST_RTO = 120
/** What tcp_orphan_retries = 0 acts as. */
const ORPHAN_RETRIES = 8

/** `63 s (tcp_synack_retries = 5: 1 + 2 + 4 + 8 + 16 + 32 s)`: how long a handshake is kept. */
export function handshakeKept(synackRetries: number): string {
  const waits = handshakeWaits(synackRetries)
  const steps = waits.length > 1 && waits.length <= 8 ? `: ${waits.join(' + ')} s` : ''
  return `${handshakeSeconds(synackRetries)} s (tcp_synack_retries = ${synackRetries}${steps})`
}

/** How long a SYN-ACK is repeated and its answer waited for, seconds. */
export function handshakeSeconds(synackRetries: number): number {
  return handshakeWaits(synackRetries).reduce((total, wait) => total + wait)
}

/** Seconds after which data, or a FIN, that time out again and again from an RTO of 200 ms are given up (Linux tcp_model_timeout). */
export function givenUpAfter(retries: number): number {
  const doubling = Math.floor(Math.log2(LONGEST_RTO / SHORTEST_RTO))
  const doubled = (2 ** (Math.min(retries, doubling) + 1) - 1) * SHORTEST_RTO
  return doubled + Math.max(0, retries - doubling) * LONGEST_RTO
}

/** The retries that tcp_orphan_retries stands for. */
export function effectiveOrphanRetries(setting: number): number {
  return setting === 0 ? ORPHAN_RETRIES : setting
}

/** A length of a host profile as the setting would be written: `60 s`. */
export function settingSeconds(nanoseconds: number): string {
  return `${nanoseconds / 1e9} s`
}

function handshakeWaits(synackRetries: number): number[] {
  return Array.from({ length: synackRetries + 1 }, (_, retry) => Math.min(2 ** retry, LONGEST_RTO))
}
