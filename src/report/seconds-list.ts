/** Moments in seconds: `0, 1.0, 3.0, 7.1 s`. */
export function secondsList(times: readonly number[]): string {
  const texts = times.map((time) => (time === 0 ? '0' : (time / 1e9).toFixed(1)))
  return `${texts.join(', ')} s`
}
