const ESCAPE = '\x1b'

/** As much of a terminal as the screen needs, to see what a person would. Everything unknown fails. */
export class TerminalEmulator {
  readonly columns: number
  readonly rows: number
  /** A private mode, and whether it is set. */
  readonly modes = new Map<string, boolean>()
  #cells: string[][] = []
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
    this.#clear()
  }

  get lines(): string[] {
    return this.#cells.map((cells) => cells.join('').trimEnd())
  }

  write(text: string): void {
    let at = 0
    while (at < text.length) {
      if (text[at] !== ESCAPE) {
        this.#put(text[at] as string)
        at++
        continue
      }
      // biome-ignore lint/complexity/useRegexLiterals: a literal may not have control characters
      const [sequence, parameters = '', final = ''] =
        new RegExp('^\\x1b\\[([?0-9;]*)([a-zA-Z])').exec(text.slice(at)) ?? []
      if (sequence === undefined) throw new Error(`not known: ${JSON.stringify(text.slice(at, at + 20))}`)
      this.#obey(parameters, final)
      at += sequence.length
    }
  }

  #obey(parameters: string, final: string): void {
    if (final === 'm') return
    if (final === 'H') {
      const [row = 1, column = 1] = parameters.split(';').map(Number)
      this.#row = row - 1
      this.#column = column - 1
      if (row > this.rows || column > this.columns)
        throw new Error(`the cursor leaves the screen: ${parameters}`)
    } else if (final === 'J' && parameters === '2') this.#clear()
    else if (final === 'K' && parameters === '') this.#cells[this.#row]?.fill(' ', this.#column)
    else if (final === 'h' || final === 'l') this.modes.set(parameters, final === 'h')
    else throw new Error(`not known: ESC[${parameters}${final}`)
  }

  #put(character: string): void {
    if (character < ' ') throw new Error(`a control character: ${JSON.stringify(character)}`)
    const cells = this.#cells[this.#row]
    if (cells !== undefined) cells[Math.min(this.#column, this.columns - 1)] = character
    this.#column++
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => new Array<string>(this.columns).fill(' '))
  }
}
