/** A key by its name: `up`, `enter`, `ctrl-c`; a character that can be typed is itself. */
export type ScreenKey = string

const ESCAPE = '\x1b'

/** What terminals send behind ESC [ or ESC O. */
const SEQUENCES: Readonly<Record<string, ScreenKey>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'back-tab',
  '1~': 'home',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
}

const CONTROLS: Readonly<Record<string, ScreenKey>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x1a': 'ctrl-z',
}

/** Parameters and intermediates of a control sequence, and its final character. */
const SEQUENCE_END = /^[0-9;:<=>?!-/]*[@-~]/
const UNFINISHED = /^[0-9;:<=>?!-/]*$/
/** Longer than any sequence of a key: what does not end by then is none. */
const LONGEST = 32

/** Makes keys of what a terminal sends. A sequence may come in pieces, so a lone ESC is the key only after a while. */
export class KeyReader {
  #rest = ''

  /** The keys that are complete. */
  read(text: string): ScreenKey[] {
    let rest = this.#rest + text
    const keys: ScreenKey[] = []
    while (rest !== '') {
      const taken = take(rest)
      if (taken === undefined) break
      if (taken.key !== null) keys.push(taken.key)
      rest = rest.slice(taken.length)
    }
    this.#rest = rest
    return keys
  }

  /** Something waits for its end. */
  get isWaiting(): boolean {
    return this.#rest !== ''
  }

  /** Nothing more came: what waits was the escape key. */
  flush(): ScreenKey[] {
    const wasEscape = this.#rest !== ''
    this.#rest = ''
    return wasEscape ? ['escape'] : []
  }
}

interface Taken {
  readonly key: ScreenKey | null
  readonly length: number
}

/** The first key; undefined if it is not complete. */
function take(text: string): Taken | undefined {
  if (text[0] !== ESCAPE) {
    const [character = ''] = text
    return { key: CONTROLS[character] ?? (character < ' ' ? null : character), length: character.length }
  }
  if (text.length === 1) return undefined
  if (text[1] !== '[' && text[1] !== 'O') {
    // With Alt held the key comes behind an ESC; two of them are two.
    return text[1] === ESCAPE ? { key: 'escape', length: 1 } : { key: null, length: 2 }
  }
  const body = text.slice(2, 2 + LONGEST)
  const [end] = SEQUENCE_END.exec(body) ?? []
  if (end !== undefined) return { key: SEQUENCES[end] ?? null, length: 2 + end.length }
  if (body.length < LONGEST && UNFINISHED.test(body)) return undefined
  return { key: null, length: 2 }
}
