import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckRun } from '../../src/check/check-result.ts'
import { sarifCheck } from '../../src/check/check-sarif.ts'
import { assertion, checked, checkRun, hostileRun } from '../support/check-builder.ts'
import { sarifComplaints } from '../support/foreign-schemas.ts'

function textOf(run: CheckRun): string {
  return [...sarifCheck(run)].join('')
}

function runOf(run: CheckRun) {
  const { runs } = JSON.parse(textOf(run))
  expect(runs.length).toBe(1)
  return runs[0]
}

const OTHER = checked({
  capture: 'captures/a b#1.pcap',
  expectationFile: 'captures/a b#1.expect.yaml',
  problem: { message: 'captures/a b#1.expect.yaml:4: unknown key', exitCode: 2, line: 4 },
  assertions: [
    assertion({ id: 'where[1].outcomes.closed', evidence: [] }),
    assertion({ id: 'outcomes.closed' }),
  ],
})

describe('--format sarif', () => {
  it('is as the schema of SARIF 2.1.0 says', () => {
    for (const captures of [[], [checked()], [checked(), OTHER]]) {
      expect(sarifComplaints(textOf(checkRun({ captures })))).toEqual([])
    }
  })

  it('has a result at the line of each expectation that is not met', () => {
    const { results, tool, invocations } = runOf(checkRun())
    expect(invocations).toEqual([{ executionSuccessful: true }])
    expect(tool.driver).toMatchObject({ name: 'tcpaudit', semanticVersion: '0.1.0' })
    expect(results).toMatchObject([
      {
        ruleId: 'handshake.rttSeconds.p99',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'captures/dump.expect.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 7 },
            },
          },
        ],
        relatedLocations: [
          {
            physicalLocation: { artifactLocation: { uri: 'captures/dump.pcap' } },
            message: { text: 'packet 12: SYN-ACK of 10.0.0.9:443 after 213 ms' },
          },
        ],
      },
    ])
    expect(results[0].message.text).toBe(
      [
        'captures/dump.pcap: handshake.rttSeconds.p99',
        'expected: at most 50 ms',
        'seen: 213 ms',
        'packet 12: SYN-ACK of 10.0.0.9:443 after 213 ms',
        'next: tcpaudit file dump.pcap --connection 10',
      ].join('\n'),
    )
  })

  it('has one for what cannot be read, and says that not everything was looked at', () => {
    const { results, invocations } = runOf(checkRun({ captures: [OTHER] }))
    expect(invocations).toEqual([{ executionSuccessful: false }])
    expect(results[0]).toMatchObject({
      ruleId: 'cannot-be-checked',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'captures/a%20b%231.expect.yaml' },
            region: { startLine: 4 },
          },
        },
      ],
    })
  })

  it('has a rule for a key, wherever that stands, and fingerprints that tell results apart', () => {
    const { results, tool } = runOf(checkRun({ captures: [checked(), OTHER] }))
    const { rules } = tool.driver
    expect(rules.map(({ id }: { id: string }) => id)).toEqual([
      'handshake.rttSeconds.p99',
      'cannot-be-checked',
      'outcomes.closed',
    ])
    for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex].id).toBe(ruleId)
    type Printed = { partialFingerprints: object }
    const prints = results.map((result: Printed) => Object.values(result.partialFingerprints)[0])
    expect(new Set(prints).size).toBe(4)
    const moved = checked({ assertions: [assertion({ line: 99, seen: 'something else' })] })
    const again = runOf(checkRun({ captures: [moved] })).results[0].partialFingerprints
    expect(again).toEqual(results[0].partialFingerprints)
  })

  it('writes absolute paths as file URIs', () => {
    const { results } = runOf(checkRun({ captures: [checked({ expectationFile: '/tmp/x y.expect.yaml' })] }))
    expect(results[0].locations[0].physicalLocation.artifactLocation).toEqual({
      uri: 'file:///tmp/x%20y.expect.yaml',
    })
  })

  it('is valid whatever the names and words are, and has no links in them', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const text = textOf(run)
        expect(sarifComplaints(text)).toEqual([])
        for (const { message } of JSON.parse(text).runs[0].results) expect(message.text).not.toContain('](')
      }),
    )
  })
})

describe('the check itself', () => {
  it('finds what the schema forbids', () => {
    const document = JSON.parse(textOf(checkRun()))
    document.runs[0].results[0].level = 'fatal'
    document.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b'
    expect(sarifComplaints(JSON.stringify(document)).length).toBe(2)
  })
})
