import type { Document, Node, Pair, Scalar } from 'yaml'

/** A value of a config file, and where it stands: `tcpaudit.config.yaml:3:5`. */
export interface ConfigValue {
  readonly place: string
  /** The line of that, from 1. */
  readonly line: number
  /** The value of what is neither a map nor a list; undefined there. */
  readonly scalar: string | number | boolean | null | undefined
  /** Of a map, in its order; undefined for what is none. */
  readonly entries: readonly ConfigEntry[] | undefined
  /** Of a list. */
  readonly items: readonly ConfigValue[] | undefined
}

export interface ConfigEntry {
  readonly key: string
  /** Where the key stands. */
  readonly place: string
  readonly line: number
  readonly value: ConfigValue
}

/** What is wrong with a file, in order of place, and with what it says. */
export class ConfigProblems {
  readonly #texts: string[] = []
  readonly #where: string

  /** `where` stands behind the count of errors. */
  constructor(where = ' in that file') {
    this.#where = where
  }

  get any(): boolean {
    return this.#texts.length > 0
  }

  add(place: string, text: string): void {
    this.#texts.push(`${place}: ${text}`)
  }

  /** Line of the first; null for one that is of no line. */
  get line(): number | null {
    const line = /:(\d+):\d+: /.exec(this.#texts[0] ?? '')?.[1]
    return line === undefined ? null : Number(line)
  }

  /** The first, with a count of the others. */
  text(): string {
    const [first = '', ...others] = this.#texts
    if (others.length === 0) return first
    return `${first} (and ${others.length} more ${others.length === 1 ? 'error' : 'errors'}${this.#where})`
  }
}

/** Deeper than any key goes; what refers to itself ends here. */
const MOST_LEVELS = 8

/**
 * The text of a YAML or JSON file as values with places; undefined if it cannot be read, and `problems` says why. The
 * parser is loaded only when there is something to parse.
 */
export async function configTree(
  name: string,
  text: string,
  problems: ConfigProblems,
): Promise<ConfigValue | undefined> {
  const { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document: Document.Parsed = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
  })
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    problems.add(placeAt(pos[0]), `cannot be read: ${message.replace(/\s+/g, ' ')}`)
  }
  if (problems.any) return undefined
  if (name.endsWith('.json') && text.trim() !== '') {
    const fault = jsonFault(text)
    // What YAML allows beyond JSON, other programs would not read.
    if (fault !== undefined) {
      problems.add(fault.at === undefined ? name : placeAt(fault.at), `is not JSON: ${fault.message}`)
      return undefined
    }
  }
  if (document.contents === null) return undefined
  return configValue(document.contents, 0)

  function placeAt(offset: number): string {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }

  function lineAt(offset: number): number {
    return lines.linePos(offset).line
  }

  function configValue(node: Node, level: number): ConfigValue {
    const place = placeAt(node.range?.[0] ?? 0)
    const line = lineAt(node.range?.[0] ?? 0)
    const blank = { place, line, scalar: undefined, entries: undefined, items: undefined }
    if (level > MOST_LEVELS) return { ...blank, scalar: null }
    if (isAlias(node)) {
      const target = node.resolve(document)
      return target === undefined
        ? { ...blank, scalar: null }
        : { ...configValue(target, level + 1), place, line }
    }
    if (isMap(node)) {
      const entries = node.items.filter(isPair).map((pair) => entryOf(pair as Pair<Node, Node | null>, level))
      return { ...blank, entries }
    }
    if (isSeq(node))
      return { ...blank, items: node.items.map((item) => configValue(item as Node, level + 1)) }
    return { ...blank, scalar: isScalar(node) ? (node.value as ConfigValue['scalar']) : null }
  }

  function entryOf({ key, value }: Pair<Node, Node | null>, level: number): ConfigEntry {
    const place = placeAt(key.range?.[0] ?? 0)
    const line = lineAt(key.range?.[0] ?? 0)
    const nothing = { place, line, scalar: null, entries: undefined, items: undefined }
    return {
      key: isScalar(key) ? keyText(key) : text.slice(key.range?.[0], key.range?.[1]),
      place,
      line,
      value: value === null ? nothing : configValue(value, level + 1),
    }
  }
}

/** `+12.5` is a moment, not the number that YAML reads. */
function keyText({ value, source }: Scalar): string {
  return typeof value === 'number' && source !== undefined ? source : String(value)
}

function jsonFault(text: string): { readonly message: string; readonly at: number | undefined } | undefined {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''))
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const at = /at position (\d+)/.exec(message)?.[1]
    return {
      message: message.replace(/ in JSON at position.*| is not valid JSON$/s, '').replace(/\s+/g, ' '),
      at: at === undefined ? undefined : Number(at),
    }
  }
}

/** The entries of a map; of nothing, none: all its lines may be comments. */
export function entriesOf(
  value: ConfigValue | undefined,
  name: string,
  problems: ConfigProblems,
): readonly ConfigEntry[] {
  if (value === undefined || value.scalar === null) return []
  if (value.entries === undefined) {
    problems.add(value.place, `${name} takes a map of keys and values, not ${shown(value)}`)
  }
  return value.entries ?? []
}

/** A value as it stands in an error. */
export function shown({ scalar, entries, items }: ConfigValue): string {
  if (entries !== undefined) return 'map'
  if (items !== undefined) return 'list'
  return scalar === null ? 'empty value' : `'${String(scalar)}'`
}
