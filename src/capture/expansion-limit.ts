import { formatCount } from './stop-reason.ts'

/** How many times its own size a compressed capture may unpack to, unless the user says otherwise. */
export const DEFAULT_MAX_EXPANSION = 250

/** Up to here anything may expand: small captures of equal packets compress very well. */
const FREE_LENGTH = 16 * 1024 * 1024

/**
 * Why to stop unpacking: compressed data that expand beyond measure keep a reader busy for hours. Both lengths are those
 * of the whole file so far; undefined while all is well.
 */
export function expansionReason(
  unpacked: number,
  compressed: number,
  maxExpansion: number,
): string | undefined {
  if (unpacked <= FREE_LENGTH || unpacked <= compressed * maxExpansion) return undefined
  return `the first ${formatCount(compressed)} bytes unpack to more than ${formatCount(maxExpansion)} times as many (--max-expansion allows more)`
}
