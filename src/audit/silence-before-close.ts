/** What is known of the two ends when one of them sends the first FIN. */
export interface Closing {
  /** Time since the closer last sent payload, and since its peer last sent payload, or anything at all; ns. */
  readonly sinceData: number
  readonly sincePeerData: number
  readonly sincePeer: number
  /** Payload bytes of the closer that its peer has not acknowledged. */
  readonly unacknowledged: number
}

/** Payload this close before a FIN, ns, belongs to the goodbye. */
const GOODBYE_TIME = 50e6
/** A TLS close_notify, or a line that says the time is up, has so many bytes at most. */
const GOODBYE_BYTES = 100

/**
 * How long a connection had been silent when its closer began to say goodbye, ns. A few last words right before the FIN, such
 * as TLS's close_notify, are part of that, if the peer had acknowledged all that came before them.
 */
export function silenceBeforeClose({ sinceData, sincePeerData, sincePeer, unacknowledged }: Closing): number {
  const hadAcknowledged = sincePeer < sincePeerData && unacknowledged <= GOODBYE_BYTES
  return sinceData < GOODBYE_TIME && hadAcknowledged ? sincePeer : sinceData
}
