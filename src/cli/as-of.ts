import { UsageError } from './usage-error.ts'

/** A moment of a capture: since its first packet, or since 1970-01-01 UTC; nanoseconds. */
export interface AsOf {
  readonly from: 'first-packet' | 'epoch'
  readonly nanoseconds: bigint
}

const RELATIVE = /^\+(\d+)(?:\.(\d+))?$/
const EPOCH = /^(\d+)(?:\.(\d+))?$/
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/

/** Reads `+12.5`, `1763672591.25` or `2026-11-20T21:03:11.25Z`; decimals beyond nanoseconds are dropped. */
export function parseAsOf(text: string): AsOf {
  const moment = readAsOf(text)
  if (moment !== undefined) return moment
  throw new UsageError(`--as-of does not understand '${text}': give ${AS_OF_TAKES}`)
}

export const AS_OF_TAKES = '+SECONDS after the first packet, epoch seconds, or 2026-11-20T21:03:11.5Z'

/** The same; undefined for what is no moment. */
export function readAsOf(text: string): AsOf | undefined {
  const relative = RELATIVE.exec(text)
  if (relative !== null) return { from: 'first-packet', nanoseconds: decimal(relative[1], relative[2]) }
  const epoch = EPOCH.exec(text)
  if (epoch !== null) return { from: 'epoch', nanoseconds: decimal(epoch[1], epoch[2]) }
  const named = RFC_3339.exec(text)
  const nanoseconds = named === null ? undefined : rfc3339(named)
  return nanoseconds === undefined ? undefined : { from: 'epoch', nanoseconds }
}

function decimal(whole = '0', fraction = ''): bigint {
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}

function rfc3339(match: RegExpExecArray): bigint | undefined {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  // Second 60 is a leap second (RFC 3339 section 5.6): a capture's clock shows it as the next one's 0.
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  // The thirtieth of February would quietly become a day in March.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined

  const [sign, offsetHours = '0', offsetMinutes = '0'] = match.slice(9, 12)
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === '-' ? -1 : 1)
  const seconds = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset
  return BigInt(seconds) * 1_000_000_000n + decimal('0', match[7])
}

/** The moment in nanoseconds since a first packet at `epoch`. */
export function asOfTime(asOf: AsOf, epoch: bigint): number {
  return Number(asOf.from === 'epoch' ? asOf.nanoseconds - epoch : asOf.nanoseconds)
}
