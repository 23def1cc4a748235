import { relative } from 'node:path'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { packetDocument } from '../../src/report/packet-document.ts'
import type { PacketInput } from '../../src/report/packet-input.ts'
import { packetReport } from '../../src/report/packet-report.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { type ExplainedCapture, type ExplainedPacket, explainCapture } from '../support/explain-capture.ts'
import { validDocument } from '../support/json-schema.ts'
import { captureFacts } from '../support/report-builder.ts'

/** Packets of one capture: of a larger one every n-th after the first. */
const FIRST = 30
const EVERY = 37

const STYLE = { width: 80, rows: 40, colors: picocolors.createColors(false) }

function inputOf(capture: ExplainedCapture, { facts, traced }: ExplainedPacket): PacketInput {
  const id = (traced?.after ?? traced?.before)?.id
  return {
    capture: captureFacts({ epoch: capture.epoch, end: capture.end }),
    facts,
    traced,
    connection: capture.connections.find((connection) => connection.id === id) ?? null,
    findings: [],
    opened: null,
  }
}

describe('the explanation of a packet', () => {
  it.each(
    [...captureFiles(FIXTURES), ...captureFiles(PUBLIC_CAPTURES)].map((path) => [
      relative(FIXTURES, path),
      path,
    ]),
  )('%s: has words for whatever it is, in 80 columns, and JSON as its schema says', async (_name, path) => {
    const capture = await explainCapture(path, (packet) => packet <= FIRST || packet % EVERY === 0)
    for (const packet of capture.packets) {
      const input = inputOf(capture, packet)
      const text = [...packetReport(input, STYLE)].join('')
      const lines = text.split('\n')
      expect(text).toContain(`#${packet.facts.packet} `)
      expect(text).not.toMatch(/undefined|NaN|null|Infinity|\bInvalid\b/)
      expect(lines.filter((line) => textWidth(line) > 80)).toEqual([])
      const document = packetDocument(input)
      validDocument(JSON.stringify(document))
      expect(document.answer).not.toBe('')
    }
  })
})
