import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'
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
  readonly problem: { readonly message: string; readonly exitCode: number } | null
}

export interface FoundCaptures {
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
 * All captures that `paths` name, in the order of the paths; those in folders in the order of their names (code points),
 * folders among them where their names stand. Each once.
 */
export function findCaptures(paths: readonly string[]): FoundCaptures {
  const found: FoundCapture[] = []
  const unchecked: string[] = []
  for (const path of paths) {
    const stat = statOf(path)
    if (typeof stat === 'string') {
      found.push(
        trouble(path, EXIT_UNREADABLE, `${path}: ${stat}: name a capture, or a folder with captures`),
      )
    } else if (stat.isDirectory()) {
      const folder = walk(path)
      found.push(...folder.found)
      unchecked.push(...folder.unchecked)
      if (folder.found.length === 0) found.push(emptyFolder(path, folder.unchecked))
    } else found.push(...given(path))
  }
  const seen = new Set<string>()
  const isNew = (path: string): boolean => {
    const size = seen.size
    return seen.add(resolve(path)).size > size
  }
  return {
    found: found.filter(({ capture }) => isNew(capture)),
    unchecked: unchecked.filter(isNew),
  }
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path)
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'no such file' : reasonOf(error)
  }
}

function trouble(capture: string, exitCode: number, message: string): FoundCapture {
  return { capture, expectationFile: null, isDefault: false, problem: { message, exitCode } }
}

/** A file that was named: a capture, or the expectations of one. */
function given(path: string): FoundCapture[] {
  const names = readdirSync(dirname(path))
  const folder = dirname(path)
  const [, stem] = EXPECT.exec(basename(path)) ?? []
  if (stem !== undefined) {
    const captures = names.filter(
      (name) => isCapture(folder, name) && ownFiles(name, names).includes(basename(path)),
    )
    const pairs = captures.map((name) => pairOf(folder, name, names, undefined))
    return pairs.length > 0 ? pairs : [orphan(path, stem)]
  }
  const pair = pairOf(folder, basename(path), names, defaultOf(folder, names))
  const kept = { ...pair, capture: path }
  if (kept.expectationFile !== null || kept.problem !== null) return [kept]
  const next = `'tcpaudit check --init ${path}' writes ${basename(newExpectationFile(path))}`
  return [trouble(path, EXIT_USAGE, `${path}: nothing is expected of it: ${next}`)]
}

function emptyFolder(path: string, captures: readonly string[]): FoundCapture {
  if (captures.length === 0) {
    return trouble(path, EXIT_USAGE, `${path}: there is no capture in it: name a folder with captures`)
  }
  const which = captures.length === 1 ? 'its capture' : `any of its ${captures.length} captures`
  const message = `${path}: nothing is expected of ${which}: 'tcpaudit check --init ${path}' writes a first file of expectations`
  return trouble(path, EXIT_USAGE, message)
}

function walk(folder: string, inherited?: string): { found: FoundCapture[]; unchecked: string[] } {
  const entries = readdirSync(folder, { withFileTypes: true })
  entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const fallback = defaultOf(folder, names) ?? inherited
  const found: FoundCapture[] = []
  const unchecked: string[] = []
  const used = new Set<string>()
  for (const entry of entries) {
    const { name } = entry
    if (entry.isDirectory()) {
      if (name.startsWith('.') || name === 'node_modules') continue
      const inner = walk(join(folder, name), fallback)
      found.push(...inner.found)
      unchecked.push(...inner.unchecked)
    } else if (isCapture(folder, name)) {
      for (const own of ownFiles(name, names)) used.add(own)
      const pair = pairOf(folder, name, names, fallback)
      if (pair.expectationFile === null && pair.problem === null) unchecked.push(pair.capture)
      else found.push(pair)
    }
  }
  for (const name of names) {
    const [, stem] = EXPECT.exec(name) ?? []
    if (stem !== undefined && stem !== FOLDER_STEM && !used.has(name))
      found.push(orphan(join(folder, name), stem))
  }
  return { found, unchecked }
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
