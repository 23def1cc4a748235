import { describe, expect, it } from 'vitest'
import { connectionLine, jsonReport } from '../../src/report/json.ts'
import { Timestamp } from '../../src/report/timestamp.ts'
import { importedBy, sourceFiles } from '../parity/source-file.ts'
import { SCHEMAS, validDocument } from './json-schema.ts'
import { captureFacts, reportOf } from './report-builder.ts'
import { connectionSummary } from './summary-builder.ts'

const facts = captureFacts()
const line = connectionLine(connectionSummary(), new Timestamp(facts.epoch))
const text = [...jsonReport(reportOf([connectionSummary()], facts), [line])].join('')

describe('the published schemas', () => {
  it('are one a document', () => {
    expect([...SCHEMAS.keys()].sort()).toEqual([
      'check.schema.json',
      'connection.schema.json',
      'packet.schema.json',
      'report.schema.json',
      'rules.schema.json',
      'stream.schema.json',
    ])
  })

  it('are open: a later version may say more', () => {
    expect(JSON.stringify([...SCHEMAS.values()])).not.toContain('"additionalProperties":false')
  })

  it('are found by their package path', async () => {
    const { default: schema } = await import('tcpaudit/schema/report.schema.json', { with: { type: 'json' } })
    expect(schema).toEqual(SCHEMAS.get('report.schema.json'))
  })
})

describe('validDocument', () => {
  it('takes what is written', () => {
    expect(validDocument(text)).toEqual(JSON.parse(text))
  })

  it.each([
    ['a key that no schema names', '"packets":', '"parcels": 1, "packets":', /must NOT have additional/],
    ['a key that is missing', '"duplicateFrames"', '"duplicates"', /must have required property/],
    ['a state that is none', '"state":"ESTABLISHED"', '"state":"OPEN"', /must be equal to one of/],
    ['a count below zero', '"retransmissions":0', '"retransmissions":-1', /must be >= 0/],
    ['a count that is no whole number', '"zeroWindows":0', '"zeroWindows":0.5', /must be integer/],
    ['a time without nanoseconds', /\.\d{9}Z/, 'Z', /must match pattern/],
    ['a document of another version', 'report@1', 'report@2', /no schema describes/],
  ])('refuses %s', (_name, from, to, message) => {
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    expect(() => validDocument(changed)).toThrow(message)
  })
})

describe('JSON in tests', () => {
  const files = sourceFiles('test')

  it('is validated wherever a command is run', () => {
    expect(files.filter((file) => importedBy(file).some((path) => path.endsWith('src/cli/main.ts')))).toEqual(
      [
        // Only with a broken standard output.
        expect.objectContaining({ path: 'test/cli/main.test.ts' }),
        expect.objectContaining({ path: 'test/support/run-cli.ts' }),
      ],
    )
  })

  it('is validated wherever a document is made', () => {
    const makers = files.filter((file) => importedBy(file).some((path) => path.endsWith('report/json.ts')))
    const unchecked = makers.filter((file) => !file.text.includes('validDocument'))
    expect(unchecked.map((file) => file.path)).toEqual([])
  })
})
