import type { IdleClose } from './idle-cluster.ts'

/** A connection that was of no use any more behind a silence, though neither end had closed it. */
export interface IdleDeath extends IdleClose {
  /** Who sent the packet that shows it, or bears its address. */
  readonly from: 'client' | 'server'
  /** How often it was sent without an answer; 0 where an RST answered. */
  readonly tries: number
}

/** Of one pair of hosts that are looked into. */
const MOST = 1000

/** What came of silences between a client's host and a listener. */
export class IdleFates {
  deaths: IdleDeath[] | undefined
  /** Resets that nothing drew, from elsewhere than the end they name. */
  expiries: IdleClose[] | undefined
  /** Connections that died without a silence before. */
  others = 0

  clear(): void {
    this.deaths = undefined
    this.expiries = undefined
    this.others = 0
  }

  die(death: IdleDeath): void {
    this.deaths ??= []
    if (this.deaths.length < MOST) this.deaths.push(death)
  }

  expire(expiry: IdleClose): void {
    this.expiries ??= []
    if (this.expiries.length < MOST) this.expiries.push(expiry)
  }
}

/**
 * How many restarts of a host, or failures of the way to it, would explain the deaths as well: one does for all whose
 * silences have a moment in common.
 */
export function restartsFor(deaths: readonly IdleDeath[]): number {
  let restarts = 0
  let last = Number.NEGATIVE_INFINITY
  for (const { time, silence } of deaths.toSorted((a, b) => a.time - b.time)) {
    if (time - silence <= last) continue
    restarts++
    last = time
  }
  return restarts
}
