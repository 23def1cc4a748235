import type { RuleSetting } from '../../audit/rule-settings.ts'
import { RuleSettings } from '../../audit/rule-settings.ts'
import { CaptureError } from '../../capture/capture-error.ts'
import { openCapture } from '../../capture/open-capture.ts'
import type { Assertion, CheckedCapture, CheckProblem } from '../../check/check-result.ts'
import { ExpectationWatch } from '../../check/expectation-watch.ts'
import { type Expectations, momentsOf } from '../../check/expectations.ts'
import { shellWord } from '../../report/shell-word.ts'
import { parseAsOf } from '../as-of.ts'
import { type AuditResult, auditCapture, type RunProgress } from '../audit-capture.ts'
import { restText } from '../exit-after.ts'
import { EXIT_INCOMPLETE, EXIT_UNREADABLE, EXIT_USAGE } from '../exit-codes.ts'
import type { SaidSettings, SettingsArguments } from '../run-settings.ts'
import { UsageError } from '../usage-error.ts'
import type { FoundCapture } from './find-captures.ts'
import { ExpectationError, loadExpectations } from './load-expectations.ts'

/** How captures are audited for a check. */
export interface CheckSettings {
  readonly said: SaidSettings
  /** As they were given, for the commands that show more. */
  readonly arguments: SettingsArguments
  readonly onRead?: ((progress: RunProgress) => void) | undefined
}

/** Holds one capture to its expectations. What is wrong with either is its `problem`. */
export async function checkCapture(found: FoundCapture, settings: CheckSettings): Promise<CheckedCapture> {
  const { capture, expectationFile } = found
  const nothing = { capture, expectationFile, assertions: [] }
  if (found.problem !== null) return { ...nothing, problem: { ...found.problem, line: null } }
  if (expectationFile === null) throw new Error(`${capture} has neither expectations nor a problem`)
  try {
    const expectations = await loadExpectations(expectationFile, settings.said.rules)
    return { ...nothing, ...(await holdCapture(capture, expectations, settings)) }
  } catch (error) {
    return { ...nothing, problem: problemOf(error) }
  }
}

/** The trouble with one capture, or its expectations; what is neither is thrown on. */
export function problemOf(error: unknown): CheckProblem {
  if (error instanceof CaptureError) return { message: error.message, exitCode: EXIT_UNREADABLE, line: null }
  if (!(error instanceof UsageError)) throw error
  const line = error instanceof ExpectationError ? error.line : null
  return { message: error.message, exitCode: EXIT_USAGE, line }
}

/** Audits the capture, once more for each moment that something is expected of. Throws CaptureError. */
export async function holdCapture(
  capture: string,
  expectations: Expectations,
  settings: CheckSettings,
): Promise<Pick<CheckedCapture, 'assertions' | 'problem'>> {
  const assertions = new Map<string, Assertion>()
  let problem: CheckProblem | null = null
  for (const moment of [null, ...momentsOf(expectations)]) {
    const watch = new ExpectationWatch(expectations, moment)
    const result = await auditWith(capture, expectations, settings, watch, moment)
    const command = commandOf(capture, expectations, settings)
    for (const assertion of watch.assertions({ ...result, moment, command }))
      assertions.set(assertion.id, assertion)
    problem ??= stopOf(capture, result)
  }
  const inOrder = expectations.groups.flatMap(({ claims }) => claims.map(({ id }) => assertions.get(id)))
  return { assertions: inOrder.filter((assertion) => assertion !== undefined), problem }
}

/** One run over the capture, by the settings of the command line and those of the file. */
export async function auditWith(
  capture: string,
  { rules, hosts }: Pick<Expectations, 'rules' | 'hosts'>,
  { said, onRead }: CheckSettings,
  watch: Pick<ExpectationWatch, 'subscribe'>,
  moment: string | null = null,
): Promise<AuditResult> {
  const source = await openCapture(capture)
  try {
    return await auditCapture(source, {
      onConnection: () => {},
      subscribe: (events) => watch.subscribe(events),
      rules: said.rules,
      settings: new RuleSettings(
        [...said.file.rules, ...rules, ...said.argued],
        [...said.file.hosts, ...hosts],
      ),
      ...(moment !== null && { asOf: parseAsOf(moment) }),
      onRead,
    })
  } finally {
    await source.close()
  }
}

/** That a capture was cut or damaged part-way; null if it was not. */
export function stopOf(name: string, { capture }: AuditResult): CheckProblem | null {
  const { stoppedAt } = capture.quality
  if (stoppedAt === null) return null
  const message = `${name}: ${stoppedAt.reason}: ${restText(stoppedAt.packet)}`
  return { message, exitCode: EXIT_INCOMPLETE, line: null }
}

/** Reads the capture again as it was read here, as far as arguments can say it. */
function commandOf(capture: string, { rules }: Expectations, { arguments: given }: CheckSettings): string {
  const { config, rule = [], rules: files = [] } = given
  const said = [...rules.map(settingText), ...rule].flatMap((text) => ['--rule', shellWord(text)])
  return [
    'tcpaudit file',
    shellWord(capture),
    ...files.flatMap((file) => ['--rules', shellWord(file)]),
    ...(typeof config === 'string'
      ? ['--config', shellWord(config)]
      : config === false
        ? ['--no-config']
        : []),
    ...said,
  ].join(' ')
}

function settingText(setting: RuleSetting): string {
  if ('level' in setting) return `${setting.rule}=${setting.level}`
  return `${setting.rule}.${setting.option}=${setting.value}`
}
