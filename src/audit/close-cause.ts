import type { HostFirstFin } from '../tracker/host-events.ts'
import { silenceBeforeClose } from './silence-before-close.ts'

/**
 * How long the server that closes first had been silent, its last answer behind it, ns; undefined where that says nothing of
 * why it closes: the client did, no exchange was seen, or something was left unanswered.
 */
export function silenceOfServer(event: HostFirstFin): number | undefined {
  if (event.role === 'client' || event.midstream || event.exchanges === 0) return undefined
  const silence = silenceBeforeClose(event)
  return event.sincePeerData < silence ? undefined : silence
}
