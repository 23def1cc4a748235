import { closeSync, type Dirent, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { isCaptureStart } from '../../capture/open-capture.ts'
import { codeOf, reasonOf } from '../../capture/system-error.ts'
import { EXIT_UNREADABLE, EXIT_USAGE } from '../exit-codes.ts'

/** A capture and where it is said what is expected of it; or why there is no such pair. */
export interface FoundCapture {
  readonly capture: string
  /** null where nothing is expected, or where `problem` says what is wrong. */
  readonly expectationFile: string | null
  /** Its expectations are those of a whole folder. */
  readonly isDefault: boolean
  readonly problem: FoundProblem | null
}

export interface FoundProblem {
  readonly message: string
  readonly exitCode: number
}

/** What one of the paths leads to. */
export interface FoundPath {
  readonly path: string
  readonly isFolder: boolean
  readonly captures: readonly FoundCapture[]
}

/** What is to be checked. */
export interface ToCheck {
  readonly found: readonly FoundCapture[]
  /** Captures of folders of which nothing is expected. */
  readonly unchecked: readonly string[]
}

const ENDINGS = ['yaml', 'yml', 'json'] as const
const EXPECT = /^(.+)\.expect\.(?:yaml|yml|json)$/
/** What holds for the captures of a folder, and of those below it, that have no file of their own. */
export const FOLDER_STEM = 'tcpaudit'
/** How captures are called; others are known by their first bytes. With a number where tcpdump -C counted. */
const CAPTURE = /\.(?:pcap|pcapng|cap|ntar|dmp|trace)\d*(?:\.(?:gz|zst))?$/i
const COMPRESSED = /\.(?:gz|zst)$/i
const LAST_ENDING = /\.[^.]+$/

/** The path that `--init` and `--update` write to: `dump.expect.yaml` for `dump.pcap.gz`. */
export function newExpectationFile(capture: string): string {
  return join(dirname(capture), `${stemsOf(basename(capture)).at(-1)}.expect.yaml`)
}

/**
 * All captures that `paths` lead to, in the order of the paths; those in folders in the order of their names (code points),
 * folders among them where their names stand. Each once.
 */
export function findCaptures(paths: readonly string[]): FoundPath[] {
  const seen = new Set<string>()
  return paths.map((path) => {
    const { isFolder, captures } = lookAt(path)
    const fresh = captures.filter(({ capture }) => {
      const size = seen.size
      return seen.add(resolve(capture)).size > size
    })
    return { path, isFolder, captures: fresh }
  })
}

/** Of a capture that was named, and of a folder as a whole, something has to be expected. */
export function toCheck(paths: readonly FoundPath[]): ToCheck {
  const found: FoundCapture[] = []
  const unchecked: string[] = []
  for (const { path, isFolder, captures } of paths) {
    const lacking = captures.filter(
      ({ expectationFile, problem }) => expectationFile === null && problem === null,
    )
    if (!isFolder) {
      found.push(...captures.map((one) => (lacking.includes(one) ? unexpected(one) : one)))
      continue
    }
    found.push(...captures.filter((one) => !lacking.includes(one)))
    if (captures.length > 0 && lacking.length === captures.length)
      found.push(unexpectedFolder(path, lacking.length))
    else unchecked.push(...lacking.map(({ capture }) => capture))
  }
  return { found, unchecked }
}

function unexpected({ capture }: FoundCapture): FoundCapture {
  const next = `'tcpaudit check --init ${capture}' writes ${basename(newExpectationFile(capture))}`
  return trouble(capture, EXIT_USAGE, `${capture}: nothing is expected of it: ${next}`)
}

function unexpectedFolder(path: string, count: number): FoundCapture {
  const which = count === 1 ? 'its capture' : `any of its ${count} captures`
  const next = `'tcpaudit check --init ${path}' writes what to begin with`
  return trouble(path, EXIT_USAGE, `${path}: nothing is expected of ${which}: ${next}`)
}

function lookAt(path: string): Omit<FoundPath, 'path'> {
  const stat = statOf(path)
  if (typeof stat === 'string') {
    const problem = trouble(
      path,
      EXIT_UNREADABLE,
      `${path}: ${stat}: name a capture, or a folder with captures`,
    )
    return { isFolder: false, captures: [problem] }
  }
  if (!stat.isDirectory()) return { isFolder: false, captures: given(path) }
  const captures = walk(path)
  const none = trouble(path, EXIT_USAGE, `${path}: there is no capture in it: name a folder with captures`)
  return { isFolder: true, captures: captures.length === 0 ? [none] : captures }
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path)
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'no such file' : reasonOf(error)
  }
}

function trouble(capture: string, exitCode: number, message: string): FoundCapture {
  return {
    capture,
    expectationFile: null,
    isDefault: false,
    problem: { message, exitCode },
  }
}

/** A file that was named: a capture, or the expectations of one. */
function given(path: string): FoundCapture[] {
  const folder = dirname(path)
  const entries = entriesOf(folder)
  const names = typeof entries === 'string' ? [] : entries.map(({ name }) => name)
  const [, stem] = EXPECT.exec(basename(path)) ?? []
  if (stem !== undefined) {
    const captures = names.filter(
      (name) => isCapture(folder, name) && ownFiles(name, names).includes(basename(path)),
    )
    const pairs = captures.map((name) => pairOf(folder, name, names, undefined))
    return pairs.length > 0 ? pairs : [orphan(path, stem)]
  }
  return [{ ...pairOf(folder, basename(path), names, defaultOf(folder, names)), capture: path }]
}

function walk(folder: string, inherited?: string): FoundCapture[] {
  const entries = entriesOf(folder)
  if (typeof entries === 'string') {
    return [
      trouble(folder, EXIT_UNREADABLE, `${folder}: ${entries}: let this user list it, or name other folders`),
    ]
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const fallback = defaultOf(folder, names) ?? inherited
  const found: FoundCapture[] = []
  const used = new Set<string>()
  for (const entry of entries) {
    const { name } = entry
    if (entry.isDirectory()) {
      if (name.startsWith('.') || name === 'node_modules') continue
      found.push(...walk(join(folder, name), fallback))
    } else if (isCapture(folder, name)) {
      for (const own of ownFiles(name, names)) used.add(own)
      found.push(pairOf(folder, name, names, fallback))
    }
  }
  for (const name of names) {
    const [, stem] = EXPECT.exec(name) ?? []
    if (stem !== undefined && stem !== FOLDER_STEM && !used.has(name))
      found.push(orphan(join(folder, name), stem))
  }
  return found
}

function entriesOf(folder: string): Dirent[] | string {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    return reasonOf(error)
  }
}

function orphan(path: string, stem: string): FoundCapture {
  const message = `${path}: there is no capture ${stem}.pcap or the like beside it: put it there, or remove the file`
  return { ...trouble(path, EXIT_USAGE, message), expectationFile: path }
}

function pairOf(
  folder: string,
  name: string,
  names: readonly string[],
  fallback: string | undefined,
): FoundCapture {
  const capture = join(folder, name)
  const [own, second] = ownFiles(name, names)
  if (own !== undefined && second !== undefined) {
    return trouble(capture, EXIT_USAGE, `${capture}: there are ${own} and ${second}: remove one of them`)
  }
  const expectationFile = own === undefined ? (fallback ?? null) : join(folder, own)
  return { capture, expectationFile, isDefault: own === undefined, problem: null }
}

/** The files that belong to this capture alone: those of its longest stem that has any. */
function ownFiles(capture: string, names: readonly string[]): string[] {
  for (const stem of stemsOf(capture)) {
    const files = ENDINGS.map((ending) => `${stem}.expect.${ending}`).filter((name) => names.includes(name))
    if (files.length > 0) return files
  }
  return []
}

/** `dump.pcap.gz`, `dump.pcap`, `dump`. */
function stemsOf(capture: string): string[] {
  const unpacked = capture.replace(COMPRESSED, '')
  return [...new Set([capture, unpacked, unpacked.replace(LAST_ENDING, '')])]
}

function defaultOf(folder: string, names: readonly string[]): string | undefined {
  const name = ENDINGS.map((ending) => `${FOLDER_STEM}.expect.${ending}`).find((file) => names.includes(file))
  return name === undefined ? undefined : join(folder, name)
}

function isCapture(folder: string, name: string): boolean {
  return CAPTURE.test(name) || (!EXPECT.test(name) && beginsAsCapture(join(folder, name)))
}

function beginsAsCapture(path: string): boolean {
  const bytes = new Uint8Array(4)
  try {
    if (!statSync(path).isFile()) return false
    const file = openSync(path, 'r')
    try {
      return readSync(file, bytes) === bytes.length && isCaptureStart(bytes)
    } finally {
      closeSync(file)
    }
  } catch {
    // What this user may not read is no capture, unless it is called one.
    return false
  }
}
