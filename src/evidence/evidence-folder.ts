import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../capture/system-error.ts'
import { EvidenceError } from './evidence-error.ts'
import { EvidenceFile } from './evidence-file.ts'
import { isSectionOf } from './pcapng-blocks.ts'

/** Bytes that tell whose file it is. */
const HEAD_LENGTH = 64
const MOST_NAME_LENGTH = 100

/** A folder for files of evidence, one for each finding, of names that stay the same from run to run. */
export class EvidenceFolder {
  readonly path: string
  readonly #application: string
  /** Captures that are being read: a file of evidence may be audited too. */
  readonly #inputs: readonly string[]
  readonly #names = new Set<string>()

  /** Makes the folder if there is none, though not those above it. Throws EvidenceError if nothing can be written there. */
  constructor(path: string, application: string, inputs: readonly string[]) {
    this.path = path
    this.#application = application
    this.#inputs = inputs
    try {
      if (!existsSync(path)) mkdirSync(path)
      // The slash: of a file it says what is wrong.
      accessSync(`${path}/`, constants.W_OK | constants.X_OK)
    } catch (error) {
      throw new EvidenceError(
        `cannot keep evidence in ${path} (${reasonOf(error)}): give --evidence a folder that can be written`,
      )
    }
  }

  /**
   * A new file for the finding of this id. One of that name is replaced if it is evidence of an earlier run; throws
   * EvidenceError if it is anything else.
   */
  file(id: string): EvidenceFile {
    const path = join(this.path, `${this.#nameOf(id)}.pcapng`)
    const there = lstatSync(path, { throwIfNoEntry: false })
    if (there === undefined) return new EvidenceFile(path, false)
    const isInput = this.#inputs.some((input) => {
      const stat = statSync(input, { throwIfNoEntry: false })
      return stat?.ino === there.ino && stat.dev === there.dev
    })
    if (isInput)
      throw new EvidenceError(`${path} is a capture that is being read: give --evidence another folder`)
    if (!there.isFile() || !isSectionOf(this.#application, headOf(path))) {
      throw new EvidenceError(
        `${path} is there already, was not written by ${this.#application} and was left alone: move it, or give --evidence another folder`,
      )
    }
    return new EvidenceFile(path, true)
  }

  /** `close-wait-leak:41` is `close-wait-leak-41`; whatever else is in an id, the name stays in the folder. */
  #nameOf(id: string): string {
    const base =
      id
        .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^\.+/, '')
        .slice(0, MOST_NAME_LENGTH) || 'finding'
    let name = base
    for (let copy = 2; this.#names.has(name); copy++) name = `${base}.${copy}`
    this.#names.add(name)
    return name
  }
}

function headOf(path: string): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // What we may not read was not written by us.
    return Buffer.alloc(0)
  }
  try {
    const head = Buffer.alloc(HEAD_LENGTH)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}
