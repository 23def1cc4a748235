import type { Stdio } from './stdio.ts'

/** What asks a run to end, with its report. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Whoever started us may pass on what the terminal has sent us already (npx, timeout): so soon, ms, it is one request. */
const SAME_REQUEST = 1000

/** Calls `stop` when one of them comes; a second later another one ends the process at once. Returns what takes that back. */
export function onEndSignals(stdio: Stdio, stop: () => void): () => void {
  let told: NodeJS.Timeout | undefined
  const release = (): void => {
    clearTimeout(told)
    for (const signal of SIGNALS) stdio.off?.(signal, tell)
  }
  const tell = (): void => {
    if (told !== undefined) return
    told = setTimeout(release, SAME_REQUEST).unref()
    stop()
  }
  for (const signal of SIGNALS) stdio.on?.(signal, tell)
  return release
}
