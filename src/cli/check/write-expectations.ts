import { existsSync, writeFileSync } from 'node:fs'
import { reasonOf } from '../../capture/system-error.ts'
import type { CheckProblem } from '../../check/check-result.ts'
import { boundBeyond, exactly, valueText } from '../../check/comparison.ts'
import { SeenCapture } from '../../check/derive-expectations.ts'
import { ExpectationWatch, type JudgedClaim } from '../../check/expectation-watch.ts'
import { type Expectations, momentsOf, type NumberClaim } from '../../check/expectations.ts'
import { METRICS_BY_NAME } from '../../check/metrics.ts'
import { EVERY_CONNECTION } from '../../check/selection.ts'
import { printable } from '../../report/text-layout.ts'
import { settingsText } from '../config/config-file.ts'
import { exitCode } from '../exit-codes.ts'
import { StreamOutput } from '../report-output.ts'
import type { Stdio } from '../stdio.ts'
import { UsageError } from '../usage-error.ts'
import { auditWith, type CheckSettings, problemOf, stopOf } from './check-capture.ts'
import { bareText, firstText, type Suggestion } from './expectation-text.ts'
import { type FoundCapture, type FoundPath, newExpectationFile } from './find-captures.ts'
import { expectationsIn, loadExpectations } from './load-expectations.ts'
import { refreshed } from './refresh-expectations.ts'

/** Numbers that a first file mentions, with the statistic that is worth bounding. */
const SUGGESTED = [
  ['handshake.rttSeconds', 'p99'],
  ['retransmissionRate', 'total'],
  ['closeWait.maxSeconds', 'max'],
  ['zeroWindow.longestSeconds', 'max'],
  ['resets.fromServerAfterData', 'total'],
] as const

/** Asks for what is to be suggested; nothing passes, all is told. */
const SUGGESTIONS: Expectations = {
  file: '',
  rules: [],
  hosts: [],
  groups: [{ name: null, selection: EVERY_CONNECTION, claims: SUGGESTED.flatMap(suggestedClaim) }],
}

function suggestedClaim([name, statistic]: (typeof SUGGESTED)[number]): NumberClaim[] {
  const metric = METRICS_BY_NAME.get(name)
  if (metric === undefined) return []
  return [{ about: 'number', id: name, line: 0, path: [name], metric, statistic, comparison: exactly(0) }]
}

function suggestionOf({ claim, verdict: { value } }: JudgedClaim): Suggestion[] {
  if (claim.about !== 'number' || typeof value !== 'number' || Number.isNaN(value)) return []
  const { metric, statistic } = claim
  const bound = value === 0 ? '0' : JSON.stringify(`< ${boundBeyond(metric.kind, value)}`)
  const line = `${metric.name}: ${statistic === metric.alone ? bound : `{ ${statistic}: ${bound} }`}`
  return [{ line, seen: valueText(metric.kind, value) }]
}

/** What a run is audited by, beside the settings of the command line. */
const NOTHING_SAID = { rules: [], hosts: [] }

/** `--init` writes first files, with words that explain them; `--update` puts right what does not hold. */
export type WriteWhat = 'first' | 'again'

/** Prints a line of what became of each file. Returns the exit code. */
export async function writeExpectations(
  what: WriteWhat,
  paths: readonly FoundPath[],
  settings: CheckSettings,
  { quiet, stdio: { stdout, stderr } }: { readonly quiet: boolean; readonly stdio: Stdio },
): Promise<number> {
  const codes: number[] = []
  const output = quiet ? undefined : new StreamOutput(stdout)
  for (const { captures, isFolder } of paths) {
    for (const found of captures) {
      const { line, problem } = await writeOne(what, found, isFolder, settings)
      if (line !== undefined) await output?.write([`${printable(line)}\n`])
      if (problem === null) continue
      codes.push(problem.exitCode)
      stderr.write(`tcpaudit: ${printable(problem.message)}\n`)
    }
  }
  return exitCode(codes)
}

/** What was done, if that is worth a line, and what is wrong with the capture or the file. */
interface Written {
  readonly line?: string
  readonly problem: Pick<CheckProblem, 'message' | 'exitCode'> | null
}

async function writeOne(
  what: WriteWhat,
  { capture, expectationFile, isDefault, problem }: FoundCapture,
  isFolder: boolean,
  settings: CheckSettings,
): Promise<Written> {
  if (problem !== null) return { problem }
  try {
    if (what === 'first') {
      return isFolder && expectationFile !== null ? { problem } : await writeFirst(capture, settings)
    }
    if (expectationFile === null) return await writeBare(capture, settings)
    if (!isDefault) return { line: await refresh(capture, expectationFile, settings), problem }
    return { line: `${expectationFile}: is for all captures of its folder: left as it is`, problem }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

/** Never over a file that is there. */
async function writeFirst(capture: string, settings: CheckSettings): Promise<Written> {
  const path = newExpectationFile(capture)
  if (existsSync(path))
    throw new UsageError(`${path}: is there already: 'tcpaudit check --update' refreshes it`)
  const seen = new SeenCapture()
  const numbers = new ExpectationWatch(SUGGESTIONS)
  const result = await auditWith(capture, NOTHING_SAID, settings, {
    subscribe: (events) => {
      seen.subscribe(events)
      numbers.subscribe(events)
    },
  })
  const suggestions = [...numbers.judged({ ...result, moment: null })].flatMap(suggestionOf)
  write(path, firstText(capture, seen.derive(result), suggestions))
  return { line: `wrote ${path}`, problem: stopOf(capture, result) }
}

async function writeBare(capture: string, settings: CheckSettings): Promise<Written> {
  const path = newExpectationFile(capture)
  const seen = new SeenCapture()
  const result = await auditWith(capture, NOTHING_SAID, settings, seen)
  write(path, bareText(seen.derive(result)))
  return { line: `wrote ${path}`, problem: stopOf(capture, result) }
}

async function refresh(capture: string, file: string, settings: CheckSettings): Promise<string> {
  const { rules } = settings.said
  const failed = await failedClaims(capture, await loadExpectations(file, rules), settings)
  if (failed.length === 0) return `${file}: all of it is so`
  const text = await refreshed(file, settingsText(file, 'expectation file'), failed)
  const left = await failedClaims(capture, await expectationsIn(file, text, rules), settings)
  if (left.length > 0) {
    throw new UsageError(`${file}: ${left[0]?.claim.id} cannot be put right by itself: change it by hand`)
  }
  write(file, text)
  return `updated ${file}: ${failed.map(({ claim }) => claim.id).join(', ')}`
}

async function failedClaims(
  capture: string,
  expectations: Expectations,
  settings: CheckSettings,
): Promise<JudgedClaim[]> {
  const failed: JudgedClaim[] = []
  for (const moment of [null, ...momentsOf(expectations)]) {
    const watch = new ExpectationWatch(expectations, moment)
    const result = await auditWith(capture, expectations, settings, watch, moment)
    for (const one of watch.judged({ ...result, moment })) if (!one.verdict.passed) failed.push(one)
  }
  const order = expectations.groups.flatMap(({ claims }) => claims.map(({ id }) => id))
  return failed.sort((one, other) => order.indexOf(one.claim.id) - order.indexOf(other.claim.id))
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`cannot write ${path} (${reasonOf(error)}): expectations stand beside their capture`)
  }
}
