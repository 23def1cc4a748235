import type { Witness } from '../audit/capture-counts.ts'
import { DEFECTS } from '../decode/defect.ts'

export const TRUNCATED = 1
export const MALFORMED = 2

/** What a defect says: how little was captured, or what is wrong with the packet itself. */
export const DEFECT_KINDS = Uint8Array.from(DEFECTS, ({ name }, number) => {
  if (number === 0) return 0
  return name.endsWith('-not-captured') ? TRUNCATED : MALFORMED
})

/** Packets kept of each kind that the capture's rules show. */
const MOST_WITNESSES = 8

export function noteWitness(witnesses: Witness[], packet: number, time: number): void {
  if (witnesses.length < MOST_WITNESSES) witnesses.push({ packet, time })
}
