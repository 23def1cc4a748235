import {
  CONNECTION_DOUBLES,
  CONNECTION_HOT_WORDS,
  CONNECTION_WORDS,
  ENDPOINT_DOUBLES,
  ENDPOINT_HOT_DOUBLES,
  ENDPOINT_HOT_WORDS,
  ENDPOINT_WORDS,
  KEY_WORDS,
} from '../dist/tracker/row-fields.js'

/** Words of a cache line, and the lines of the connection and of each endpoint. */
const LINE = 16
const ENDPOINT_AT = 2 * LINE
const ENDPOINT_STRIDE = 3 * LINE
const ROW_WORDS = ENDPOINT_AT + 2 * ENDPOINT_STRIDE

/** Gives each field its place, from the start of the record: `at` counts words for words and doubles for doubles. */
class Layout {
  constructor(room) {
    this.free = new Set(room)
    this.words = []
    this.doubles = []
  }

  addWords(fields) {
    for (const field of fields) {
      const [at] = this.free
      this.#take(at)
      this.words.push({ ...field, at })
    }
    return this
  }

  addDoubles(fields) {
    for (const field of fields) {
      const at = [...this.free].find((word) => word % 2 === 0 && this.free.has(word + 1))
      this.#take(at)
      this.#take(at + 1)
      this.doubles.push({ ...field, at: at / 2 })
    }
    return this
  }

  #take(at) {
    if (!this.free.delete(at)) throw new Error('a row has no room for all its fields')
  }
}

const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index)

const endpoint = new Layout(range(0, ENDPOINT_STRIDE))
  .addWords(ENDPOINT_HOT_WORDS)
  .addDoubles(ENDPOINT_HOT_DOUBLES)
  .addDoubles(ENDPOINT_DOUBLES)
  .addWords(ENDPOINT_WORDS)

const isLeft = (word) => word < ENDPOINT_AT || endpoint.free.has((word - ENDPOINT_AT) % ENDPOINT_STRIDE)
const connection = new Layout(range(KEY_WORDS, ROW_WORDS).filter(isLeft))
  .addWords(CONNECTION_HOT_WORDS)
  .addDoubles(CONNECTION_DOUBLES)
  .addWords(CONNECTION_WORDS)

/** Paths and texts of the two cursor classes. */
export function renderRowCursors() {
  return {
    'src/tracker/endpoint.ts': render(
      'Endpoint',
      'One endpoint of the connection a row holds.',
      endpoint,
      'Row number times two plus the side: what tables beside the rows are indexed by.',
      `/** Words between the endpoints of a row, and where the first begins. */
export const ENDPOINT_STRIDE = ${ENDPOINT_STRIDE}
export const ENDPOINT_AT = ${ENDPOINT_AT}
`,
      '',
    ),
    'src/tracker/connection.ts': render(
      'Connection',
      'The connection a row holds, its endpoints apart.',
      connection,
      'Row number.',
      `/** Words of one row: key, connection, two endpoints. */
export const ROW_WORDS = ${ROW_WORDS}
`,
      `
  /** Sets every field of the row to 0, the endpoints' as well, but for the key. */
  clear(): void {
    this.words.fill(0, this.base + ${KEY_WORDS}, this.base + ${ROW_WORDS})
  }
`,
    ),
  }
}

function render(name, doc, { words, doubles }, index, constants, methods) {
  const accessors = [
    ...words.map((field) => accessor(field, 'words', `this.base + ${field.at}`)),
    ...doubles.map((field) => accessor(field, 'doubles', `(this.base >> 1) + ${field.at}`)),
  ]
  return `// Generated from row-fields.ts by \`npm run generate\`: change the list there.

${constants}
/**
 * ${doc} A cursor: it holds no data, only where the data is. Valid until it is
 * moved or the row is freed.
 */
export class ${name} {
  words = NO_WORDS
  doubles = NO_DOUBLES
  /** Index in \`words\` of this record; always even. */
  base = 0
  /** ${index} */
  index = 0

${accessors.join('\n')}${methods}}

const NO_WORDS = new Int32Array(0)
const NO_DOUBLES = new Float64Array(0)
`
}

function accessor({ name, doc }, array, index) {
  const comment = doc === '' ? '' : `  /** ${doc} */\n`
  return `${comment}  get ${name}(): number {
    return this.${array}[${index}] as number
  }

  set ${name}(value: number) {
    this.${array}[${index}] = value
  }
`
}
