import { countOf, countText } from '../report/number-text.ts'
import { printable } from '../report/text-layout.ts'
import { type Assertion, type CheckRun, failedAssertions, isGood } from './check-result.ts'

/** `handshake.rttSeconds.p99 of server 10.0.0.9:443`. */
export function assertionName({ id, subject }: Assertion): string {
  return printable(subject === null ? id : `${id} of ${subject}`)
}

/** `expected at most 50 ms, seen 213 ms`. */
export function assertionText({ expected, seen }: Assertion): string {
  return printable(`expected ${expected}, seen ${seen}`)
}

/** What a failed assertion has to say beside its name, a line each. */
export function assertionDetail(assertion: Assertion): string[] {
  const { expected, seen, evidence, command } = assertion
  return [
    `expected: ${expected}`,
    `seen: ${seen}`,
    ...evidence.map(({ packet, note }) => `packet ${packet}: ${note}`),
    ...(command === null ? [] : [`next: ${command}`]),
  ].map(printable)
}

/** `1 of 12 captures not as expected, 2 of 40 expectations not met`. */
export function summaryText({ captures }: CheckRun): string {
  const bad = captures.filter((checked) => !isGood(checked)).length
  const assertions = captures.reduce((sum, checked) => sum + checked.assertions.length, 0)
  const failed = captures.reduce((sum, checked) => sum + failedAssertions(checked).length, 0)
  if (bad === 0) {
    return `${countOf(captures.length, 'capture')} as expected, ${countOf(assertions, 'expectation')} met`
  }
  const of = `${countText(bad)} of ${countOf(captures.length, 'capture')} not as expected`
  return `${of}, ${countText(failed)} of ${countOf(assertions, 'expectation')} not met`
}
