import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { codeOf, reasonOf } from '../capture/system-error.ts'
import { EvidenceError } from './evidence-error.ts'
import { recordLength, viewOf } from './pcap-records.ts'

/** A ring is so many files at least, so that no more than that part of it goes at once. */
const PARTS = 8

/** Least size of a ring: a part of it must hold the largest record, 256 KiB. */
export const LEAST_RING_LENGTH = 4 * 1024 * 1024

/** The number first: names in order are files in order, whatever the clock does. */
const NAME = /^tcpaudit-ring-(\d{8})-\d{8}T\d{6}Z\.pcap$/

interface RingFile {
  readonly path: string
  length: number
}

/**
 * The newest packets, in a folder of pcap files of which the oldest is deleted to make room. Files of an earlier run count
 * and are deleted in their turn. Records are written whole, so that what is there can be read at any time, also when the
 * process has been killed; what the disk has no room for ends the ring.
 */
export class PacketRing {
  /** Why nothing more is written, for people. */
  problem: string | undefined
  readonly #folder: string
  readonly #length: number
  readonly #partLength: number
  /** Oldest first; the last one is written to while `#file` is open. */
  readonly #files: RingFile[]
  #number: number
  #header: Uint8Array | undefined
  #file: number | undefined

  /** Makes the folder if there is none. Throws EvidenceError if nothing can be written there. */
  constructor(folder: string, length: number) {
    this.#folder = folder
    this.#length = length
    this.#partLength = Math.floor(length / PARTS)
    try {
      if (!existsSync(folder)) mkdirSync(folder)
      accessSync(`${folder}/`, constants.W_OK | constants.X_OK)
      const names = readdirSync(folder).filter((name) => NAME.test(name))
      this.#files = names.sort().map((name) => ringFile(join(folder, name)))
      this.#number = Number(NAME.exec(names.at(-1) ?? '')?.[1] ?? 0)
    } catch (error) {
      throw new EvidenceError(
        `cannot keep a ring of packets in ${folder} (${reasonOf(error)}): give --ring a folder that can be written`,
      )
    }
  }

  /** Bytes of all its files. */
  get length(): number {
    return this.#files.reduce((sum, { length }) => sum + length, 0)
  }

  /** The header of a pcap file that the records to come belong to; before the first of them. */
  begin(header: Uint8Array): void {
    this.#header = header.slice()
  }

  /** Takes whole records, one behind the other. */
  write(records: Uint8Array): void {
    let rest = records
    try {
      while (rest.length > 0 && this.problem === undefined) {
        const room = this.#file === undefined ? 0 : this.#partLength - this.#used
        const fitting = rest.length <= room ? rest.length : wholeRecords(rest, room)
        if (this.#file === undefined || fitting === 0) this.#nextFile()
        else {
          this.#append(this.#file, rest.subarray(0, fitting))
          rest = rest.subarray(fitting)
        }
      }
    } catch (error) {
      this.#end(error)
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** Bytes of the file that is written to. */
  get #used(): number {
    return this.#files.at(-1)?.length ?? 0
  }

  #append(file: number, bytes: Uint8Array): void {
    const current = this.#files.at(-1) as RingFile
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(file, bytes, written)
    } catch (error) {
      // The part of a record that found room goes again.
      const whole = wholeRecords(bytes, written)
      ftruncateSync(file, current.length + whole)
      current.length += whole
      throw error
    }
    current.length += bytes.length
  }

  #nextFile(): void {
    this.close()
    while (this.length + this.#partLength > this.#length) remove(this.#files.shift())
    const header = this.#header
    if (header === undefined) throw new Error('the ring was given no header')
    const time = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
    for (;;) {
      this.#number++
      const path = join(this.#folder, `tcpaudit-ring-${String(this.#number).padStart(8, '0')}-${time}.pcap`)
      try {
        // `x`: no link is followed, and nobody else's file is written to.
        this.#file = openSync(path, 'wx', 0o640)
      } catch (error) {
        if (codeOf(error) === 'EEXIST') continue
        throw error
      }
      writeHeader(this.#file, header, path)
      this.#files.push({ path, length: header.length })
      return
    }
  }

  #end(error: unknown): void {
    if (!isSystemError(error)) throw error
    this.close()
    this.problem = `the ring of packets in ${this.#folder} ends here (${reasonOf(error)}): what is there is kept, and the audit goes on`
  }
}

/** A file that has no header is no capture: it goes again. */
function writeHeader(file: number, header: Uint8Array, path: string): void {
  try {
    if (writeSync(file, header) === header.length) return
  } catch (error) {
    unlinkSync(path)
    throw error
  }
  unlinkSync(path)
  throw Object.assign(new Error('no room for a header'), { code: 'ENOSPC' })
}

/** Bytes of the records that fit `room` whole. */
function wholeRecords(records: Uint8Array, room: number): number {
  const view = viewOf(records)
  let end = 0
  while (end < records.length) {
    const next = end + recordLength(view, end)
    if (next > room) break
    end = next
  }
  return end
}

function ringFile(path: string): RingFile {
  return { path, length: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }
}

function remove(file: RingFile | undefined): void {
  try {
    if (file !== undefined) unlinkSync(file.path)
  } catch (error) {
    // Somebody else has been there first.
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error
}
