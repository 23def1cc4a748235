import {
  CONNECTION_DOUBLES,
  CONNECTION_WORDS,
  ENDPOINT_DOUBLES,
  ENDPOINT_WORDS,
  KEY_WORDS,
} from '../dist/tracker/row-fields.js'

const even = (n) => n + (n % 2)
const CONNECTION_DOUBLES_AT = even(KEY_WORDS + CONNECTION_WORDS.length)
const ENDPOINT_AT = CONNECTION_DOUBLES_AT + 2 * CONNECTION_DOUBLES.length
const ENDPOINT_DOUBLES_AT = even(ENDPOINT_WORDS.length)
const ENDPOINT_STRIDE = ENDPOINT_DOUBLES_AT + 2 * ENDPOINT_DOUBLES.length
const ROW_WORDS = ENDPOINT_AT + 2 * ENDPOINT_STRIDE

/** Paths and texts of the two cursor classes. */
export function renderRowCursors() {
  return {
    'src/tracker/endpoint.ts': render(
      'Endpoint',
      'One endpoint of the connection a row holds.',
      ENDPOINT_WORDS.map((f, i) => ({ ...f, at: i })),
      ENDPOINT_DOUBLES.map((f, i) => ({ ...f, at: ENDPOINT_DOUBLES_AT / 2 + i })),
      'Row number times two plus the side: what tables beside the rows are indexed by.',
      `/** Words between the endpoints of a row, and where the first begins. */
export const ENDPOINT_STRIDE = ${ENDPOINT_STRIDE}
export const ENDPOINT_AT = ${ENDPOINT_AT}
`,
    ),
    'src/tracker/connection.ts': render(
      'Connection',
      'The connection a row holds, its endpoints apart.',
      CONNECTION_WORDS.map((f, i) => ({ ...f, at: KEY_WORDS + i })),
      CONNECTION_DOUBLES.map((f, i) => ({ ...f, at: CONNECTION_DOUBLES_AT / 2 + i })),
      'Row number.',
      `/** Words of one row: key, connection, two endpoints. */
export const ROW_WORDS = ${ROW_WORDS}
`,
    ),
  }
}

function render(name, doc, words, doubles, index, constants) {
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

${accessors.join('\n')}
  /** Sets every field to 0. */
  clear(): void {
    const end = this.base + ${2 * (doubles[0].at + doubles.length)}
    for (let at = this.base + ${words[0].at}; at < end; at++) this.words[at] = 0
  }
}

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
