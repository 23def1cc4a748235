import { isAtLeast, type Severity } from '../audit/finding.ts'
import type { RuleFault } from '../audit/rule-guard.ts'
import { countText } from '../report/number-text.ts'
import { printable } from '../report/text-layout.ts'
import type { AuditResult } from './audit-capture.ts'
import { EXIT_FINDINGS, exitCode } from './exit-codes.ts'
import type { Stdio } from './stdio.ts'

export interface ExitRequest {
  readonly failOn?: Severity | undefined
  readonly ruleFaults: readonly RuleFault[]
}

/**
 * Says on stderr what went wrong in a run that has its report, and returns its exit code; `early` is that of an early end,
 * `before` what applied already.
 */
export function exitAfter(
  { capture, findings }: AuditResult,
  { failOn, ruleFaults }: ExitRequest,
  { stderr }: Stdio,
  { early, before = [] }: { readonly early: number; readonly before?: readonly number[] },
): number {
  const codes = [...before]
  for (const { rule, message } of ruleFaults) {
    stderr.write(`tcpaudit: rule '${rule}' was switched off: ${printable(message)}\n`)
  }
  for (const { name, stoppedAt = null } of capture.sources) {
    if (stoppedAt === null) continue
    const rest = restText(stoppedAt.packet)
    stderr.write(`tcpaudit: ${printable(name)}: ${printable(stoppedAt.reason)}: ${rest}\n`)
    codes.push(early)
  }
  const fails = failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn))
  if (fails) codes.push(EXIT_FINDINGS)
  return exitCode(codes)
}

/** What becomes of the packets before a capture was cut or damaged. */
export function restText(packets: number): string {
  if (packets === 0) return 'capture again or copy the file again'
  return packets === 1
    ? 'the one packet before it is reported'
    : `the ${countText(packets)} packets before it are reported`
}
