import type { Closing } from '../tracker/closing.ts'
import { GOODBYE_TIME } from '../tracker/pauses.ts'

/** A TLS close_notify, or a line that says the time is up, has so many bytes at most. */
const GOODBYE_BYTES = 100

/**
 * How long a connection had been silent when its closer began to say goodbye, ns. A few last words right before the FIN, such
 * as TLS's close_notify, are part of that, unless they are one of many that nobody asked for.
 */
export function silenceBeforeClose({ sinceData, sincePeerData, pause, lastWords }: Closing): number {
  const silence = pause + sinceData
  const isGoodbye = sinceData < GOODBYE_TIME && pause > 0 && lastWords <= GOODBYE_BYTES
  return isGoodbye && sincePeerData < 2 * silence ? silence : sinceData
}
