import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { codeOf } from '../capture/system-error.ts'

/** What cannot be had of this machine, and why: an ordinary answer, as other systems and containers have less of it. */
export class Absent {
  readonly what: string
  readonly why: string

  constructor(what: string, why: string) {
    this.what = what
    this.why = why
  }
}

/** Bytes asked for at once. The kernel gives a page or so of a table per call, whatever is asked. */
const PIECE = 1 << 16
/** After so many bytes, some 2 ms of reading sockets, the rest of the program has its turn: packets wait meanwhile. */
const TURN = 1 << 16
/** No table of the kernel's is longer than that: about a million and a half sockets. */
const MOST_BYTES = 1 << 28
/** A longer line is none of the kernel's. */
const MOST_OF_A_LINE = 1 << 14
const MOST_OF_A_FILE = 1 << 20

/** A small file of /proc as text. */
export function readProcFile(path: string): string | Absent {
  const buffer = Buffer.alloc(PIECE)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    let text = ''
    // The kernel may give less than was asked for; only nothing is the end.
    for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
      text += buffer.toString('latin1', 0, length)
      if (text.length > MOST_OF_A_FILE) return new Absent(path, 'too long')
    }
    return text
  } catch (error) {
    return new Absent(path, reasonOf(error))
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * Shows every line of a table of /proc, without its line feed, in bounded pieces between which others have their turn:
 * the table may change meanwhile, as it may between any two calls of the kernel. Absent if it cannot be read to its end.
 */
export async function readProcLines(path: string, see: (line: string) => void): Promise<undefined | Absent> {
  const buffer = Buffer.allocUnsafe(PIECE)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    let rest = ''
    let bytes = 0
    let turn = TURN
    for (;;) {
      const length = readSync(file, buffer)
      if (length === 0) break
      bytes += length
      if (bytes > MOST_BYTES) return new Absent(path, 'too long')
      const lines = (rest + buffer.toString('latin1', 0, length)).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > MOST_OF_A_LINE) return new Absent(path, 'a line that is too long')
      for (const line of lines) see(line)
      if (bytes < turn) continue
      turn = bytes + TURN
      await nextTurn()
    }
    if (rest !== '') see(rest)
    return undefined
  } catch (error) {
    return new Absent(path, reasonOf(error))
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** In words that stand behind the path and a colon. */
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'not there'
    case 'EACCES':
    case 'EPERM':
      return 'not readable by this user'
    default:
      return `unreadable (${code})`
  }
}
