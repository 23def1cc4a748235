import fc from 'fast-check'
import type { Assertion, CheckedCapture, CheckRun } from '../../src/check/check-result.ts'

/** An assertion that failed, but for what a test says. */
export function assertion(given: Partial<Assertion> = {}): Assertion {
  return {
    id: 'handshake.rttSeconds.p99',
    subject: null,
    line: 7,
    passed: false,
    expected: 'at most 50 ms',
    seen: '213 ms',
    evidence: [{ packet: 12, note: 'SYN-ACK of 10.0.0.9:443 after 213 ms' }],
    command: 'tcpaudit file dump.pcap --connection 10',
    ...given,
  }
}

export function passed(given: Partial<Assertion> = {}): Assertion {
  return assertion({ passed: true, seen: '4.00 ms', evidence: [], command: null, ...given })
}

export function checked(given: Partial<CheckedCapture> = {}): CheckedCapture {
  return {
    capture: 'captures/dump.pcap',
    expectationFile: 'captures/dump.expect.yaml',
    problem: null,
    assertions: [assertion(), passed({ id: 'connections', line: 3 })],
    ...given,
  }
}

export function checkRun(given: Partial<CheckRun> = {}): CheckRun {
  return {
    tool: { name: 'tcpaudit', version: '0.1.0' },
    captures: [checked()],
    unchecked: [],
    ...given,
  }
}

/** What some format might take for its own. */
const TRICKS = [
  ']]>',
  '--',
  '<script>alert(1)</script>',
  '&lt;',
  '"\'',
  '|',
  '`x`',
  '```',
  '[a](https://example.org)',
  '![a](x)',
  '**b**',
  '# h',
  '@octocat',
  'https://example.org/x',
  'www.example.org',
  'a@example.org',
  '::error file=x::y',
  '##[error]',
  '%0A%25',
  'a,b:c=d',
  '{0}',
  '\u0000\u0001\u001b[31m',
  '\ud800',
  '\ufffe\uffff',
  '\u202e',
  '1. x',
  '- x',
  '~~x~~',
  '$x$',
  ':tada:',
  '\\',
  '=1+1',
]

/** Text of captures and files: anything, and what is dangerous somewhere; never empty. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...TRICKS),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ maxLength: 8 }),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '')

const hostileAssertion: fc.Arbitrary<Assertion> = fc.record({
  id: hostileText,
  subject: fc.option(hostileText),
  line: fc.integer({ min: 1, max: 9999 }),
  passed: fc.boolean(),
  expected: hostileText,
  seen: hostileText,
  evidence: fc.array(fc.record({ packet: fc.integer({ min: 1, max: 99 }), note: hostileText }), {
    maxLength: 2,
  }),
  command: fc.option(hostileText),
})

const hostileCapture: fc.Arbitrary<CheckedCapture> = fc.record({
  capture: hostileText,
  expectationFile: fc.option(hostileText),
  problem: fc.option(
    fc.record({
      message: hostileText,
      exitCode: fc.constantFrom(2, 3, 4),
      line: fc.option(fc.integer({ min: 1, max: 9999 })),
    }),
  ),
  assertions: fc.array(hostileAssertion, { maxLength: 3 }),
})

/** Runs all of whose words somebody else chose. */
export const hostileRun: fc.Arbitrary<CheckRun> = fc.record({
  tool: fc.constant({ name: 'tcpaudit', version: '0.1.0' }),
  captures: fc.array(hostileCapture, { maxLength: 3 }),
  unchecked: fc.array(hostileText, { maxLength: 2 }),
})
