import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type ParsedPacket, parse } from 'pcap-parser'
import { describe, expect, it } from 'vitest'
import { openCapture } from '../../src/capture/open-capture.ts'
import { isAvailable } from '../support/availability.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { readPackets } from '../support/read-packets.ts'

/** All that pcap-parser can read: classic pcap in microseconds. */
function microsecondCaptures(folder: string): string[] {
  return captureFiles(folder).filter((path) => {
    const magic = readFileSync(path).toString('hex', 0, 4)
    return magic === 'd4c3b2a1' || magic === 'a1b2c3d4'
  })
}

function parsePackets(path: string): Promise<ParsedPacket[]> {
  return new Promise((resolve, reject) => {
    const packets: ParsedPacket[] = []
    const parser = parse(path)
    parser.on('packet', (packet) => packets.push(packet))
    parser.on('end', () => resolve(packets))
    parser.on('error', reject)
  })
}

async function expectAgreement(path: string): Promise<void> {
  const { source, packets } = await readPackets(await openCapture(path))
  const parsed = await parsePackets(path)
  const ours = packets.map(({ data, originalLength, time }) => ({
    microseconds: (source.epoch + BigInt(time)) / 1000n,
    originalLength,
    hex: Buffer.from(data).toString('hex'),
  }))
  const theirs = parsed.map(({ header, data }) => ({
    microseconds: BigInt(header.timestampSeconds) * 1_000_000n + BigInt(header.timestampMicroseconds),
    originalLength: header.originalLength,
    hex: Buffer.from(data).toString('hex'),
  }))
  expect(ours.length).toBeGreaterThan(0)
  expect(ours).toEqual(theirs)
}

describe('pcap-parser reads the same packets from our captures', () => {
  const paths = microsecondCaptures(FIXTURES)

  it.each(paths.map((path) => [basename(path), path]))('%s', (_name, path) => expectAgreement(path))

  it('of which there are some', () => {
    expect(paths.length).toBeGreaterThan(0)
  })
})

const publicPaths = microsecondCaptures(PUBLIC_CAPTURES)

describe.runIf(isAvailable('the folder of public captures', publicPaths.length > 0))(
  'pcap-parser reads the same packets from public captures',
  () => {
    it.each(publicPaths.map((path) => [basename(path), path]))('%s', (_name, path) => expectAgreement(path))

    it('of which there are some', () => {
      expect(publicPaths.length).toBeGreaterThan(0)
    })
  },
)
