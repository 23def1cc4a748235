/** A close behind a silence. */
export interface IdleClose {
  /** How long it was silent, ns. */
  readonly silence: number
  /** When it closed, ns since the first packet. */
  readonly time: number
  readonly connection: number
  readonly packet: number
}

/** The silences that lie closest together. */
export interface IdleCluster {
  /** In order of silence. */
  readonly closes: readonly IdleClose[]
  readonly median: number
  /** Longest less shortest. */
  readonly width: number
}

/** A timer's closes are spread over time as the last exchanges were, while the silences are alike: by this factor. */
const SPREAD = 4
/** Closes nearer together than this may have one cause that is no timer of each connection, ns. */
const SHORTEST_SPAN = 0.5e9

/**
 * The largest cluster of silences whose longest is at most `share` longer than the shortest. Undefined if the closes came at
 * one moment: that is a server that ends, and says nothing of a timer.
 */
export function idleCluster(closes: readonly IdleClose[], share: number): IdleCluster | undefined {
  const sorted = closes.toSorted((a, b) => a.silence - b.silence || a.connection - b.connection)
  let from = 0
  let size = 0
  for (let first = 0, end = 0; first < sorted.length; first++) {
    const limit = (sorted[first] as IdleClose).silence * (1 + share)
    while (end < sorted.length && (sorted[end] as IdleClose).silence <= limit) end++
    if (end - first > size) {
      from = first
      size = end - first
    }
  }
  const members = sorted.slice(from, from + size)
  const [shortest] = members
  const longest = members.at(-1)
  const middle = members[size >> 1]
  if (shortest === undefined || longest === undefined || middle === undefined) return undefined
  const width = longest.silence - shortest.silence
  const times = members.map(({ time }) => time)
  const span = Math.max(...times) - Math.min(...times)
  if (span < SHORTEST_SPAN || span < SPREAD * width) return undefined
  return { closes: members, median: middle.silence, width }
}
