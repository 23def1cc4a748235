/** Past this many changed letters a name is another one, not a slip. */
const FARTHEST = 4

/** The name that `word` was perhaps to be; undefined if none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const part = word.length >= 4 ? names.find((name) => name.includes(word)) : undefined
  if (part !== undefined) return part
  const distances = names.map((name) => ({ name, distance: distanceOf(word, name) }))
  const best = distances.reduce((near, next) => (next.distance < near.distance ? next : near), {
    name: '',
    distance: Math.min(FARTHEST + 1, word.length),
  })
  return best.name === '' ? undefined : best.name
}

/** Letters to change, to add or to take away. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1]
    for (const [index, wanted] of Array.from(other).entries()) {
      const change = (row[index] as number) + (letter === wanted ? 0 : 1)
      next.push(Math.min(change, (row[index + 1] as number) + 1, (next[index] as number) + 1))
    }
    row = next
  }
  return row[other.length] as number
}

/** What to do about a name that there is not: `did you mean patience?`, or what else is said. */
export function didYouMean(word: string, names: readonly string[], otherwise: string): string {
  const near = nearest(word, names)
  return near === undefined ? otherwise : `did you mean ${near}?`
}
