import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CaptureError } from '../../src/capture/capture-error.ts'
import { openCapture, openInput } from '../../src/capture/open-capture.ts'
import { hexBytes } from '../support/frame-builder.ts'
import { MemoryInput } from '../support/memory-input.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { readPackets } from '../support/read-packets.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcpaudit-open-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function errorOf(opening: Promise<unknown>): Promise<CaptureError> {
  const error: unknown = await opening.catch((reason: unknown) => reason)
  if (!(error instanceof CaptureError)) throw new Error(`no CaptureError but ${String(error)}`)
  return error
}

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('openCapture', () => {
  it('reads a file', async () => {
    const path = join(folder, 'one.pcap')
    await writeFile(path, writePcap([{ time: 5n, data: Uint8Array.of(1) }], { format: 'pcap-ns' }))
    const { source, packets } = await readPackets(await openCapture(path))
    expect(source.name).toBe(path)
    expect(source.epoch).toBe(5n)
    expect(packets.length).toBe(1)
  })

  it('reads a file of several reads', async () => {
    const path = join(folder, 'many.pcap')
    const frames = Array.from({ length: 150 }, (_, index) => ({
      time: BigInt(index) * 1000n,
      data: new Uint8Array(65_535).fill(index),
    }))
    await writeFile(path, writePcap(frames))
    const { packets } = await readPackets(await openCapture(path))
    const unequal = packets.filter(
      ({ data }, index) => Buffer.compare(data, frames[index]?.data ?? data) !== 0,
    )
    expect(packets.length).toBe(150)
    expect(unequal).toEqual([])
  })

  it('says so of a file that is not there', async () => {
    const path = join(folder, 'nowhere.pcap')
    const error = await errorOf(openCapture(path))
    expect(error.code).toBe('not-found')
    expect(error.message).toBe(`${path}: no such file: check the path`)
  })

  it('says so of a folder', async () => {
    const error = await errorOf(openCapture(folder))
    expect(error.code).toBe('not-readable')
    expect(error.message).toContain('is a directory')
  })

  it('says so of a path through a file', async () => {
    const path = join(folder, 'plain')
    await writeFile(path, 'x')
    expect((await errorOf(openCapture(join(path, 'inside')))).code).toBe('not-found')
  })
})

describe('openInput', () => {
  it.each([
    ['nothing', new Uint8Array(0), 'empty', 'the file is empty'],
    ['a cut gzip header', hexBytes('1f8b0800'), 'not-a-capture', 'its gzip data are cut after 4 bytes'],
    ['a cut zstd header', hexBytes('28b52ffd24'), 'not-a-capture', 'its zstd data are cut after 5 bytes'],
    ['xz', hexBytes('fd377a585a00'), 'unsupported-format', 'compressed with xz'],
    ['bzip2', latin1('BZh91AY'), 'unsupported-format', 'compressed with bzip2'],
    ['lz4', hexBytes('04224d18'), 'unsupported-format', 'compressed with lz4'],
    ['zip', hexBytes('504b0304'), 'unsupported-format', 'a zip archive'],
    [
      'snoop',
      latin1('snoop\0\0\0\0\0\0\x02'),
      'unsupported-format',
      'a Solaris snoop capture: rewrite it with',
    ],
    ['NetMon', latin1('GMBU\0\x02'), 'unsupported-format', 'Microsoft Network Monitor 2'],
    ['IXIA', hexBytes('1c0001ac'), 'unsupported-format', 'an IXIA capture'],
    ['Bluetooth', latin1('btsnoop\0'), 'unsupported-format', 'there is no TCP in it'],
    [
      'ERF',
      hexBytes('00000080 00f15365 02 04 0050 0000 003c 0000'),
      'unsupported-format',
      "an Endace ERF capture: rewrite it with 'editcap -F pcap in out'",
    ],
    [
      'ERF with a record about the host',
      hexBytes('00000000 00000000 9b 04 0080 0000 0068 1100'),
      'unsupported-format',
      'an Endace ERF capture',
    ],
    ['zeros', new Uint8Array(64), 'not-a-capture', 'first bytes are 00 00 00 00 00 00 00 00:'],
    [
      'erased flash',
      new Uint8Array(64).fill(255),
      'not-a-capture',
      'first bytes are ff ff ff ff ff ff ff ff:',
    ],
    ['text', latin1('No. Time Source\r\n1 0.0'), 'not-a-capture', 'text, not a capture'],
    [
      'a program',
      hexBytes('7f454c4602010100 00'),
      'not-a-capture',
      'first bytes are 7f 45 4c 46 02 01 01 00:',
    ],
    ['three bytes', hexBytes('000102'), 'not-a-capture', 'first bytes are 00 01 02:'],
    [
      'a cut pcap header',
      hexBytes('d4c3b2a1 0200'),
      'not-a-capture',
      'its pcap header: 6 of 24 bytes are there',
    ],
    ['a cut pcapng header', hexBytes('0a0d0d0a 1c000000'), 'not-a-capture', 'its pcapng header: 8 of 12'],
    [
      'a pcapng without byte order',
      hexBytes('0a0d0d0a 1c000000 00000000'),
      'not-a-capture',
      'first bytes are 0a 0d',
    ],
  ])('recognises %s', async (_name, bytes, code, text) => {
    const input = new MemoryInput(bytes)
    const error = await errorOf(openInput('x', input))
    expect(error.code).toBe(code)
    expect(error.message).toContain(text)
    expect(error.message).toMatch(/^x: [^\n]+: [^\n]+$/)
    expect(input.isClosed).toBe(true)
  })
})
