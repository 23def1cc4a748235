import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RuleSettings } from '../../src/audit/rule-settings.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { FORMATS, type Format, isStreamed, sinkFor } from '../../src/cli/commands/format-sinks.ts'
import { auditInto } from '../../src/cli/commands/report-sinks.ts'
import type { ReportOutput } from '../../src/cli/report-output.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-flat-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FRAME = 54
const RECORD = 16 + FRAME
/** Refused connections: a SYN and its RST, a second apart from the next, or so much. */
function refused(count: number, spacing = 1): string {
  const bytes = Buffer.alloc(24 + 2 * count * RECORD)
  bytes.writeUInt32LE(0xa1b2c3d4, 0)
  bytes.writeUInt16LE(2, 4)
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(65535, 16)
  bytes.writeUInt32LE(1, 20)
  for (let index = 0; index < count; index++) {
    writeRecord(bytes, 24 + 2 * index * RECORD, index, Math.floor(index * spacing), true)
    writeRecord(bytes, 24 + (2 * index + 1) * RECORD, index, Math.floor(index * spacing), false)
  }
  const path = join(folder, `${count}-${spacing}.pcap`)
  writeFileSync(path, bytes)
  return path
}

function writeRecord(bytes: Buffer, at: number, index: number, second: number, isSyn: boolean): void {
  const client = 0x0a000000 + Math.floor(index / 50_000)
  const port = 1024 + (index % 50_000)
  bytes.writeUInt32LE(1_700_000_000 + second, at)
  bytes.writeUInt32LE(isSyn ? 0 : 1000, at + 4)
  bytes.writeUInt32LE(FRAME, at + 8)
  bytes.writeUInt32LE(FRAME, at + 12)
  const ip = at + 16 + 14
  bytes.writeUInt16BE(0x0800, ip - 2)
  bytes.writeUInt8(0x45, ip)
  bytes.writeUInt16BE(40, ip + 2)
  bytes.writeUInt8(64, ip + 8)
  bytes.writeUInt8(6, ip + 9)
  bytes.writeUInt32BE(isSyn ? client : 0xc0a80001, ip + 12)
  bytes.writeUInt32BE(isSyn ? 0xc0a80001 : client, ip + 16)
  const tcp = ip + 20
  bytes.writeUInt16BE(isSyn ? port : 80, tcp)
  bytes.writeUInt16BE(isSyn ? 80 : port, tcp + 2)
  bytes.writeUInt32BE(isSyn ? index : 0, tcp + 4)
  bytes.writeUInt32BE(isSyn ? 0 : index + 1, tcp + 8)
  bytes.writeUInt16BE(isSyn ? 0x5002 : 0x5014, tcp + 12)
}

interface Written {
  readonly pieces: number
  /** Most that were handed over at once: what waited in memory. */
  readonly atOnce: number
}

async function written(format: Format, path: string): Promise<Written> {
  let pieces = 0
  let atOnce = 0
  const output: ReportOutput = {
    async write(some) {
      let count = 0
      for (const piece of some) if (piece !== '') count++
      pieces += count
      atOnce = Math.max(atOnce, count)
    },
    close() {},
  }
  const source = await openCapture(path)
  const style = () => {
    throw new Error('rows have no style')
  }
  const sink = sinkFor({ format, source, output, all: false, style })
  const settings = { rules: [], settings: new RuleSettings(), ruleFaults: [], configFile: undefined }
  try {
    await auditInto([sink], source, settings, settings)
  } finally {
    await source.close()
  }
  return { pieces, atOnce }
}

describe('formats that are written as connections leave', () => {
  const FEW = 10_000
  const MANY = 40_000
  const few = refused(FEW)
  const many = refused(MANY)

  it.each(FORMATS.filter(isStreamed))('%s holds no more lines the longer the capture is', async (format) => {
    const [short, long] = [await written(format, few), await written(format, many)]
    // Every connection was written, and what came at once is what one piece of the file holds.
    expect(short.pieces).toBeGreaterThanOrEqual(FEW)
    expect(long.pieces).toBeGreaterThanOrEqual(MANY)
    expect(long.pieces / short.pieces).toBeCloseTo(MANY / FEW, 2)
    expect(long.atOnce).toBeLessThan(1.1 * short.atOnce)
    expect(long.atOnce).toBeLessThan(long.pieces / 4)
  })

  it.each(FORMATS.filter(isStreamed))(
    '%s holds no more lines the more connections are left in the end',
    async (format) => {
      const { pieces, atOnce } = await written(format, refused(MANY, 0))
      expect(pieces).toBeGreaterThanOrEqual(MANY)
      expect(atOnce).toBeLessThan(2 * (await written(format, few)).atOnce)
    },
  )

  it('differ in this from one that is written in the end', async () => {
    expect((await written('json', few)).atOnce).toBeGreaterThan(FEW)
  })
})
