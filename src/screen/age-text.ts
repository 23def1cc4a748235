const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const

/** How long ago, in one unit: `0 s`, `59 s`, `2 min`, `3 h`, `12 d`. What only the next moment will show is now. */
export function ageText(nanoseconds: number): string {
  const seconds = Math.max(0, Math.floor(nanoseconds / 1e9))
  for (const [length, unit] of UNITS) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`
  }
  return `${seconds} s`
}
