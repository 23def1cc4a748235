import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { capturedFrames } from '../support/capture-faults.ts'
import { captureFiles, FIXTURES } from '../support/capture-files.ts'
import { concatBytes } from '../support/frame-builder.ts'
import { type CapturedFrame, type PcapOptions, writePcap } from '../support/pcap-writer.ts'
import { pipeCli } from '../support/pipe-cli.ts'
import { runMain } from '../support/run-cli.ts'

const ETHERNET_LENGTH = 14
const LINKTYPE_SLL = 113
const LINKTYPE_SLL2 = 276

/** The same packets in another capture file. */
type Writing = (frames: readonly CapturedFrame[]) => Uint8Array

const as =
  (options: PcapOptions): Writing =>
  (frames) =>
    writePcap(frames, options)

const tagged = (...tags: number[]): Writing => {
  const bytes = concatBytes(...tags.map((tag) => [0x81, 0x00, tag >> 8, tag & 0xff]))
  return (frames) =>
    writePcap(frames.map((frame) => spliced(frame, frame.data.slice(0, 12), bytes, frame.data.slice(12))))
}

/** Linux cooked captures: no MAC address of the receiver, the sender's within a header of their own. */
const cooked: Writing = (frames) =>
  writePcap(
    frames.map((frame) => {
      const { data } = frame
      const header = concatBytes([0, 0, 0, 1, 0, 6], data.slice(6, 12), [0, 0], data.slice(12, 14))
      return spliced(frame, header, data.slice(ETHERNET_LENGTH))
    }),
    { linkType: LINKTYPE_SLL },
  )

const cooked2: Writing = (frames) =>
  writePcap(
    frames.map((frame) => {
      const { data } = frame
      const header = concatBytes(
        data.slice(12, 14),
        [0, 0, 0, 0, 0, 3, 0, 1, 0, 6],
        data.slice(6, 12),
        [0, 0],
      )
      return spliced(frame, header, data.slice(ETHERNET_LENGTH))
    }),
    { linkType: LINKTYPE_SLL2 },
  )

function spliced(frame: CapturedFrame, ...parts: Uint8Array[]): CapturedFrame {
  const data = concatBytes(...parts)
  const { originalLength = frame.data.length } = frame
  return { ...frame, data, originalLength: originalLength + data.length - frame.data.length, linkType: 0 }
}

const WRITINGS: Readonly<Record<string, Writing>> = {
  'pcap in microseconds, big-endian': as({ byteOrder: 'big' }),
  'pcap in nanoseconds': as({ format: 'pcap-ns' }),
  'pcap in nanoseconds, big-endian': as({ format: 'pcap-ns', byteOrder: 'big' }),
  'pcap with longer record headers': as({ format: 'pcap-modified' }),
  'pcapng in nanoseconds': as({ format: 'pcapng' }),
  'pcapng in microseconds, big-endian': as({ format: 'pcapng', byteOrder: 'big', timestampResolution: 6 }),
  'pcapng with a clock that is set off': as({ format: 'pcapng', timestampOffset: 1_000_000n }),
  gzip: (frames) => gzipSync(writePcap(frames)),
  'gzip of pcapng': (frames) => gzipSync(writePcap(frames, { format: 'pcapng' })),
  'in a VLAN': tagged(7),
  'in a VLAN in a VLAN': tagged(100, 7),
  cooked,
  'cooked, version 2': cooked2,
}

const MICROSECONDS = 0xa1b2c3d4

/** Every sixth recording taken on Ethernet, in microseconds as half of the writings are, and one whose SYN has to wait. */
const CAPTURES = captureFiles(join(FIXTURES, 'kernel'))
  .filter((path) => readFileSync(path).readUInt32LE(20) === 1)
  .filter((path) => readFileSync(path).readUInt32LE(0) === MICROSECONDS)
  .filter((path, index) => index % 6 === 0 || basename(path) === 'rebooted-same-port.pcap')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-same-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the report says, without what it says of the file and of the bytes before the IP header. */
function withoutSource(json: string): string {
  return json
    .replace(/"sources": \[\n.*?\n {4}\],/s, '"sources": [],')
    .replace(/"bytes": \d+,\n {4}"start"/, '"bytes": 0,\n    "start"')
    .replace(/"cutLength": \d+/, '"cutLength": 0')
}

async function report(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'capture')
  writeFileSync(path, bytes)
  const { code, stdout, stderr } = await runMain(['file', path, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return withoutSource(stdout)
}

describe('the same packets give the same report', () => {
  it.each(CAPTURES.map((path) => [basename(path), path] as const))('%s', async (_name, path) => {
    const frames = await capturedFrames(path)
    const expected = await report(writePcap(frames))
    for (const [name, write] of Object.entries(WRITINGS)) {
      expect(await report(write(frames)), name).toBe(expected)
    }
  })
})

describe('the same packets give the same report through', () => {
  const path = join(FIXTURES, 'kernel/lost-last-ack-near.pcap')

  it('a pipe', async () => {
    const { stdout } = await pipeCli(['file', '-', '--json'], readFileSync(path))
    expect(withoutSource(stdout)).toBe(await report(readFileSync(path)))
  })

  it.runIf(isAvailable('zstd', hasCommand('zstd')))('zstd, also through a pipe', async () => {
    for (const capture of CAPTURES.slice(0, 10)) {
      const plain = readFileSync(capture)
      const packed = spawnSync('zstd', ['-q', '-c', '-5'], { input: plain, maxBuffer: 1 << 28 }).stdout
      expect(await report(packed), capture).toBe(await report(plain))
    }
    const packed = spawnSync('zstd', ['-q', '-c'], { input: readFileSync(path) }).stdout
    const { stdout } = await pipeCli(['file', '-', '--json'], packed)
    expect(withoutSource(stdout)).toBe(await report(readFileSync(path)))
  })
})
