const ESCAPE = String.fromCharCode(0x1b)
const SEQUENCE = new RegExp(`^${ESCAPE}\\[([?0-9;]*)([a-zA-Z])`)
const UNFINISHED = new RegExp(`^${ESCAPE}(\\[[?0-9;]*)?$`)

/** As much of a terminal as the screen needs, to see what a person would. Everything unknown fails. */
export class TerminalEmulator {
  readonly columns: number
  readonly rows: number
  /** A private mode, and whether it is set. */
  readonly modes = new Map<string, boolean>()
  #cells: string[][] = []
  #row = 0
  #column = 0
  /** The beginning of a sequence whose end is still to come. */
  #rest = ''
  /** What was drawn for another size is still coming: the cursor stops at the edge, as that of a terminal does. */
  #isSettling: boolean

  /** `isResized`: it had another size a moment ago, until it is cleared. */
  constructor(columns: number, rows: number, isResized = false) {
    this.columns = columns
    this.rows = rows
    this.#clear()
    this.#isSettling = isResized
  }

  get lines(): string[] {
    return this.#cells.map((cells) => cells.join('').trimEnd())
  }

  write(piece: string): void {
    const text = this.#rest + piece
    this.#rest = ''
    let at = 0
    while (at < text.length) {
      if (UNFINISHED.test(text.slice(at))) {
        this.#rest = text.slice(at)
        return
      }
      if (text[at] !== ESCAPE) {
        this.#put(text[at] as string)
        at++
        continue
      }
      const [sequence, parameters = '', final = ''] = SEQUENCE.exec(text.slice(at)) ?? []
      if (sequence === undefined) throw new Error(`not known: ${JSON.stringify(text.slice(at, at + 20))}`)
      this.#obey(parameters, final)
      at += sequence.length
    }
  }

  #obey(parameters: string, final: string): void {
    if (final === 'm') return
    if (final === 'H') {
      const [row = 1, column = 1] = parameters.split(';').map(Number)
      if (!this.#isSettling && (row > this.rows || column > this.columns))
        throw new Error(`the cursor leaves the screen: ${parameters}`)
      this.#row = Math.min(row, this.rows) - 1
      this.#column = Math.min(column, this.columns) - 1
    } else if (final === 'J' && parameters === '2') this.#clear()
    else if (final === 'K' && parameters === '') this.#cells[this.#row]?.fill(' ', this.#column)
    else if (final === 'h' || final === 'l') this.modes.set(parameters, final === 'h')
    else throw new Error(`not known: ESC[${parameters}${final}`)
  }

  #put(character: string): void {
    if (character === '\r') {
      this.#column = 0
      return
    }
    if (character === '\n') {
      this.#row = Math.min(this.#row + 1, this.rows - 1)
      return
    }
    if (character < ' ') throw new Error(`a control character: ${JSON.stringify(character)}`)
    const cells = this.#cells[this.#row]
    if (cells !== undefined) cells[Math.min(this.#column, this.columns - 1)] = character
    this.#column++
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => new Array<string>(this.columns).fill(' '))
    this.#isSettling = false
  }
}
