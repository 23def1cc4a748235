/** When a SYN that is not answered is sent again, seconds after the first: what tells whose TCP it is. */
const BEFORE_6_5 = [0, 1, 3, 7, 15, 31, 63]
/** With tcp_syn_linear_timeouts = 4. */
const SINCE_6_5 = [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]
/** Timers run this share late, and are rounded to this, seconds. */
const LATE = 0.07
const ROUNDING = 0.1

export const SYN_LADDERS = ['linux', 'linux-before-6.5', 'linux-since-6.5', 'other'] as const
export type SynLadder = (typeof SYN_LADDERS)[number]

/** Which ladder of retries the times (ns since the first copy) climb; 'linux' while both fit. */
export function synLadder(times: readonly number[]): SynLadder {
  const fitsOld = fits(times, BEFORE_6_5)
  const fitsNew = fits(times, SINCE_6_5)
  if (fitsOld) return fitsNew ? 'linux' : 'linux-before-6.5'
  return fitsNew ? 'linux-since-6.5' : 'other'
}

function fits(times: readonly number[], ladder: readonly number[]): boolean {
  return times.every((time, index) => {
    const due = ladder[index] ?? Number.NaN
    const late = time / 1e9 - due
    return Math.abs(late) <= ROUNDING + LATE * due
  })
}
