const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,408`. */
export function countText(count: number): string {
  return grouped.format(count)
}

/** `1 packet`, `12,408 packets`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${countText(count)} ${count === 1 ? singular : plural}`
}

/** `once`, `twice`, `4 times`. */
export function timesText(count: number): string {
  if (count === 1) return 'once'
  return count === 2 ? 'twice' : `${countText(count)} times`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Powers of 1000: `999 B`, `4.2 kB`, `12 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (unit < BYTE_UNITS.length - 1 && value >= (unit === 0 ? 1000 : 999.5)) {
    value /= 1000
    unit++
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit]}`
}

/** Three digits and the unit that suits: `340 ns`, `12.3 ms`, `1.20 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds < 0) return `-${durationText(-nanoseconds)}`
  if (nanoseconds === 0) return '0 s'
  if (nanoseconds < 999.5) return `${Math.round(nanoseconds)} ns`
  if (nanoseconds < 999.5e3) return `${threeDigits(nanoseconds / 1e3)} µs`
  if (nanoseconds < 999.5e6) return `${threeDigits(nanoseconds / 1e6)} ms`
  const seconds = nanoseconds / 1e9
  if (seconds < 119.5) return `${threeDigits(seconds)} s`
  if (seconds < 3599.5) return twoUnits(Math.round(seconds), 60, 'min', 's')
  const minutes = seconds / 60
  if (minutes < 1439.5) return twoUnits(Math.round(minutes), 60, 'h', 'min')
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h')
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2)
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0)
}

function twoUnits(total: number, ratio: number, large: string, small: string): string {
  const rest = total % ratio
  return `${Math.floor(total / ratio)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

/** A share for people: `0.02 %`, `12 %`; tiny shares are not rounded to nothing. */
export function percentText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return '< 0.01 %'
  return `${percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`
}
