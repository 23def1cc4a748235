import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { junitReport } from '../../src/check/check-junit.ts'
import type { CheckRun } from '../../src/check/check-result.ts'
import { assertion, checked, checkRun, hostileRun, passed } from '../support/check-builder.ts'
import { junitComplaints } from '../support/foreign-schemas.ts'

function textOf(run: CheckRun): string {
  return [...junitReport(run)].join('')
}

interface Case {
  readonly suite: string
  readonly classname: string
  readonly name: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly text: string
}

interface Read {
  readonly counts: Record<string, string>
  readonly suites: readonly Record<string, string>[]
  readonly cases: readonly Case[]
}

/** As another program reads the reports: Python's expat. */
function read(texts: readonly string[]): Read[] {
  const script = `
import json, sys, xml.etree.ElementTree as tree
def case(suite, one):
    child = next(iter(one), None)
    return {'suite': suite.get('name'), 'classname': one.get('classname'), 'name': one.get('name'),
            'outcome': 'passed' if child is None else child.tag,
            'message': '' if child is None else child.get('message', ''), 'text': '' if child is None else child.text or ''}
def report(text):
    root = tree.fromstring(text.encode())
    return {'counts': root.attrib, 'suites': [suite.attrib for suite in root],
            'cases': [case(suite, one) for suite in root for one in suite.findall('testcase')]}
print(json.dumps([report(text) for text in json.load(sys.stdin)]))`
  const input = JSON.stringify(texts)
  return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
}

describe('--format junit', () => {
  const run = checkRun({
    captures: [
      checked(),
      checked({
        capture: 'captures/cut.pcap',
        problem: { message: 'captures/cut.pcap: cut off in packet 5', exitCode: 4, line: null },
        assertions: [passed()],
      }),
      checked({
        capture: 'captures/none.pcap',
        expectationFile: null,
        problem: { message: 'captures/none.pcap: no such file', exitCode: 3, line: null },
        assertions: [],
      }),
      checked({ capture: 'captures/fine.pcap', assertions: [] }),
    ],
    unchecked: ['captures/other.pcap'],
  })
  const [report] = read([textOf(run)])

  it('is a suite for each capture and a case for each assertion', () => {
    expect(
      report?.cases.map(({ suite, classname, name, outcome }) => [suite, classname, name, outcome]),
    ).toEqual([
      ['captures/dump.pcap', 'captures/dump.pcap', 'handshake.rttSeconds.p99', 'failure'],
      ['captures/dump.pcap', 'captures/dump.pcap', 'connections', 'passed'],
      ['captures/cut.pcap', 'captures/cut.pcap', 'can be checked', 'error'],
      ['captures/cut.pcap', 'captures/cut.pcap', 'handshake.rttSeconds.p99', 'passed'],
      ['captures/none.pcap', 'captures/none.pcap', 'can be checked', 'error'],
      ['without expectations', 'captures/other.pcap', 'can be checked', 'skipped'],
    ])
  })

  it('counts them', () => {
    expect(report?.counts).toEqual({ name: 'tcpaudit check', tests: '6', failures: '1', errors: '2' })
    expect(
      report?.suites.map(({ tests, failures, errors, skipped }) => [tests, failures, errors, skipped]),
    ).toEqual([
      ['2', '1', '0', '0'],
      ['2', '0', '1', '0'],
      ['1', '0', '1', '0'],
      ['0', '0', '0', '0'],
      ['1', '0', '0', '1'],
    ])
  })

  it('says what was expected and seen, where, and how to see more', () => {
    expect(report?.cases[0]?.message).toBe('expected at most 50 ms, seen 213 ms')
    expect(report?.cases[0]?.text.split('\n')).toEqual([
      'captures/dump.expect.yaml:7',
      'expected: at most 50 ms',
      'seen: 213 ms',
      'packet 12: SYN-ACK of 10.0.0.9:443 after 213 ms',
      'next: tcpaudit file dump.pcap --connection 10',
    ])
    expect(report?.cases[2]?.message).toBe('captures/cut.pcap: cut off in packet 5')
  })

  it('names whom an assertion is about', () => {
    const about = checked({ assertions: [assertion({ subject: 'server 10.0.0.9:443' })] })
    const [named] = read([textOf(checkRun({ captures: [about] }))])
    expect(named?.cases[0]?.name).toBe('handshake.rttSeconds.p99 of server 10.0.0.9:443')
  })

  it('is as Jenkins’s schema says', async () => {
    expect(await junitComplaints(textOf(run), textOf(checkRun({ captures: [] })))).toEqual([])
  })

  it('is so whatever the names and words are, and another program reads them', async () => {
    const runs = fc.sample(hostileRun, 300)
    const texts = runs.map(textOf)
    expect(await junitComplaints(...texts)).toEqual([])
    for (const [index, { cases }] of read(texts).entries()) {
      const { captures, unchecked } = runs[index] as CheckRun
      const outcomes = captures.flatMap(({ problem, assertions }) => [
        ...(problem === null ? [] : ['error']),
        ...assertions.map((one) => (one.passed ? 'passed' : 'failure')),
      ])
      expect(cases.map(({ outcome }) => outcome)).toEqual([...outcomes, ...unchecked.map(() => 'skipped')])
      // Nothing that a terminal or a browser would act on.
      for (const { name, message } of cases) expect(name + message).not.toMatch(/[\p{Cc}\u202e]/u)
    }
  })
})

describe('the check itself', () => {
  it('finds what the schema forbids', async () => {
    expect(await junitComplaints('<testsuites><testcase name="a"/></testsuites>')).not.toEqual([])
    expect(await junitComplaints('<testsuites>\u0001</testsuites>')).not.toEqual([])
  })
})
