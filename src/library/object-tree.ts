import type { ConfigValue } from '../cli/config/config-tree.ts'

/** Deeper than any key goes; what refers to itself ends here. */
const MOST_LEVELS = 8

/** A value of a program as the tree that a config file is read into; places are paths, as in `config.rules.scan`. */
export function objectTree(value: unknown, place: string, level = 0): ConfigValue {
  const blank = { place, line: 0, scalar: undefined, entries: undefined, items: undefined }
  if (level > MOST_LEVELS) return { ...blank, scalar: null }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => objectTree(item, `${place}[${index}]`, level + 1))
    return { ...blank, items }
  }
  if (typeof value === 'object' && value !== null) {
    const given = Object.entries(value).filter(([, one]) => one !== undefined)
    const entries = given.map(([key, one]) => ({
      key,
      place: `${place}.${key}`,
      line: 0,
      value: objectTree(one, `${place}.${key}`, level + 1),
    }))
    return { ...blank, entries }
  }
  return { ...blank, scalar: isScalar(value) ? value : null }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
