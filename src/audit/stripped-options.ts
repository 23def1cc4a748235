import {
  OPTION_MSS,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
} from '../decode/tcp-options.ts'
import type { HostClosed } from '../tracker/host-events.ts'
import type { EndTotals } from '../tracker/host-totals.ts'
import type { OddSyn } from '../tracker/odd-syn.ts'
import type { Reusable } from './end-table.ts'
import { HostMembers } from './host-members.ts'

/** Options of a SYN that boxes on the way like to remove. An answer takes up the last three only if they were offered. */
export const OPTION_NAMES = ['mss', 'timestamps', 'windowScale', 'sack'] as const
export type OptionName = (typeof OPTION_NAMES)[number]
export const ECHOED = ['timestamps', 'windowScale', 'sack'] as const

const BITS: Readonly<Record<OptionName, number>> = {
  mss: OPTION_MSS,
  timestamps: OPTION_TIMESTAMPS,
  windowScale: OPTION_WINDOW_SCALE,
  sack: OPTION_SACK_PERMITTED,
}
/** Bytes each of them takes. */
const LENGTHS: Readonly<Record<OptionName, number>> = { mss: 4, timestamps: 10, windowScale: 3, sack: 2 }

export function offers(end: EndTotals, option: OptionName): boolean {
  switch (option) {
    case 'mss':
      return end.mss !== null
    case 'timestamps':
      return end.timestamps
    case 'windowScale':
      return end.windowScale !== null
    case 'sack':
      return end.sackPermitted
  }
}

/** Segments of a listener's handshakes whose options show that somebody has changed them. */
export class Altered {
  readonly syns = new HostMembers()
  readonly synAcks = new HostMembers()
  readonly options = new Set<OptionName>()
  /** The largest MSS that was lowered, and what it became; 0 for none. */
  mssBefore = 0
  mssAfter = 0

  get count(): number {
    return this.syns.count + this.synAcks.count
  }

  add(event: HostClosed, odd: OddSyn, end: EndTotals): void {
    const members = end === event.client ? this.syns : this.synAcks
    members.add({ connection: event.connection, firstPacket: odd.packet, start: odd.time })
  }

  /** What such a run of NOPs stands for, of what is missing: an answer lacks nothing that was not offered. */
  addOverwritten({ client }: HostClosed, { padding }: OddSyn, end: EndTotals): void {
    let room = padding
    for (const option of OPTION_NAMES) {
      const isMissing = !offers(end, option) && (end === client || option === 'mss' || offers(client, option))
      if (!isMissing || LENGTHS[option] > room) continue
      room -= LENGTHS[option]
      this.options.add(option)
    }
  }

  addLost({ lost, mssBefore, mssAfter }: OddSyn): void {
    for (const option of OPTION_NAMES) if ((lost & BITS[option]) !== 0) this.options.add(option)
    if (mssBefore <= this.mssBefore) return
    this.options.add('mss')
    this.mssBefore = mssBefore
    this.mssAfter = mssAfter
  }
}

/** Numbers of a listener: answers that took up each of ECHOED, as most do. */
export const TAKEN = 0
/** Options that some answer left out, as bits. */
export const REFUSED = 3
export const LISTENER_NUMBERS = 4

/** A listener whose handshakes somebody changes. */
export class AlteredListener implements Reusable {
  padded: Altered | undefined
  changed: Altered | undefined

  clear(): void {
    this.padded = undefined
    this.changed = undefined
  }
}

/** The answers of one listener to one client that left an option out. */
export class PairOptions implements Reusable {
  readonly members = new HostMembers()
  readonly refused = [0, 0, 0]
  /** How many of its answers had taken the option up at the first and at the last of these. */
  readonly before = [0, 0, 0]
  readonly after = [0, 0, 0]
  /** Options that it took up for this client as well, as bits. */
  mixed = 0

  clear(): void {
    this.members.clear()
    this.refused.fill(0)
    this.mixed = 0
  }

  refuse(number: number, taken: number): void {
    if (this.refused[number] === 0) this.before[number] = taken
    this.refused[number] = (this.refused[number] as number) + 1
    this.after[number] = taken
  }

  /** Answers that took the option up between the first and the last that did not: none of them to this client. */
  taken(number: number): number {
    return (this.mixed & (1 << number)) === 0
      ? (this.after[number] as number) - (this.before[number] as number)
      : 0
  }
}
