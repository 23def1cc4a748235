import { DEFECT_NONE } from './defect.ts'
import type { Segment } from './segment.ts'

/** Notes a defect unless there is one already, and returns `result` so that a guard is one statement. */
export function recordDefect(
  segment: Segment,
  defect: number,
  offset: number,
  bytesNeeded: number,
  bytesPresent: number,
  result: number,
): number {
  if (segment.defect === DEFECT_NONE) {
    segment.defect = defect
    segment.defectOffset = offset
    segment.bytesNeeded = bytesNeeded
    segment.bytesPresent = bytesPresent
  }
  return result
}
