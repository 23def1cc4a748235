import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACK, FIN, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { buildFrame } from '../support/frame-builder.ts'
import { type CapturedFrame, writePcap } from '../support/pcap-writer.ts'
import { trackCapture } from '../support/track-capture.ts'

/** Frame and tcp.stream of every frame that tshark numbers. */
function tsharkStreams(path: string): string[] {
  const args = [
    '-n',
    '-r',
    path,
    '-Y',
    'tcp.stream',
    '-T',
    'fields',
    '-e',
    'frame.number',
    '-e',
    'tcp.stream',
  ]
  const { stdout, status, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

async function ownStreams(path: string): Promise<string[]> {
  const { frames, quoted } = await trackCapture(path)
  const all = [...frames, ...quoted].sort((a, b) => a.packet - b.packet)
  return all.map(({ packet, stream }) => `${packet}\t${stream}`)
}

/**
 * IP packets whose fragments the capture cut: we put them together by their lengths and number the frame that completes
 * one; tshark puts nothing together then, and numbers the first fragment (IPv4) or none (IPv6).
 */
const CUT_FRAGMENTS: Readonly<Record<string, { ours: readonly number[]; theirs: readonly number[] }>> = {
  'fragmented-by-the-router-far.pcap': { ours: [10, 13, 16, 19], theirs: [8, 11, 14, 17] },
  'ipv6-fragments-far.pcap': { ours: [9, 11, 14, 16], theirs: [] },
}

const EPOCH = 1_700_000_000_000_000_000n

/**
 * Segments of any kind and few numbers on few tuples (one of them with equal ports, one a self-connect), some so far
 * apart that connections leave the tracker in between.
 */
const ANY_SEGMENT = fc.record({
  tuple: fc.nat(4),
  fromClient: fc.boolean(),
  flags: fc.constantFrom(SYN, SYN, SYN | ACK, ACK, ACK, FIN | ACK, RST, RST | ACK, SYN | FIN, 0),
  seq: fc.constantFrom(0xffffffff, 0, 1, 1000, 1001, 5000),
  ack: fc.constantFrom(0, 1, 1001, 0x80000000),
  delay: fc.constantFrom(1_000n, 1_000_000n, 2_000_000_000n, 90_000_000_000n, 400_000_000_000n),
  capturedTcpBytes: fc.constantFrom(20, 20, 20, 20, 18, 16),
})

function framesOf(segments: readonly (typeof ANY_SEGMENT extends fc.Arbitrary<infer T> ? T : never)[]) {
  let time = EPOCH
  return segments.map(({ tuple, fromClient, flags, seq, ack, delay, capturedTcpBytes }): CapturedFrame => {
    time += delay
    const client = { address: '10.0.0.1', port: tuple === 4 ? 7000 : 40_000 + tuple }
    const server = tuple === 4 ? client : { address: '10.0.0.2', port: tuple === 3 ? client.port : 80 }
    const [source, destination] = fromClient ? [client, server] : [server, client]
    const frame = buildFrame({
      source: source.address,
      destination: destination.address,
      tcp: { sourcePort: source.port, destinationPort: destination.port, seq, ack, flags },
    })
    return { time, data: frame.slice(0, 14 + 20 + capturedTcpBytes), originalLength: frame.length }
  })
}

describe.runIf(isAvailable('tshark', hasCommand('tshark')))(
  'every frame has the tcp.stream of tshark',
  () => {
    const own = captureFiles(FIXTURES)
    const theirs = captureFiles(PUBLIC_CAPTURES)

    it('in captures of which there are some', () => {
      expect(own.length).toBeGreaterThan(0)
    })

    it('in tuples used again and again, with any flags and numbers', async () => {
      const segments = fc.sample(ANY_SEGMENT, { numRuns: 6000, seed: 20_261_121 })
      const folder = await mkdtemp(join(tmpdir(), 'tcpaudit-streams-'))
      const path = join(folder, 'any.pcap')
      await writeFile(path, writePcap(framesOf(segments)))
      const expected = tsharkStreams(path)
      const streams = await ownStreams(path)
      await rm(folder, { recursive: true })
      expect(new Set(expected.map((line) => line.split('\t')[1])).size).toBeGreaterThan(500)
      expect(streams).toEqual(expected)
    })

    it.each(own.map((path) => [basename(path), path] as const))('in our %s', async (name, path) => {
      const [ours, theirs] = [await ownStreams(path), tsharkStreams(path)]
      const apart = (lines: string[], others: string[]) => lines.filter((line) => !others.includes(line))
      const frames = (lines: string[]) => lines.map((line) => Number(line.split('\t')[0]))
      const { ours: onlyOurs, theirs: onlyTheirs } = CUT_FRAGMENTS[name] ?? { ours: [], theirs: [] }
      expect(frames(apart(ours, theirs))).toEqual(onlyOurs)
      expect(frames(apart(theirs, ours))).toEqual(onlyTheirs)
    })

    describe.runIf(isAvailable('the folder of public captures', theirs.length > 0))(
      'in public captures',
      () => {
        it('of which there are some', () => {
          expect(theirs.length).toBeGreaterThan(0)
        })

        it.each(theirs.map((path) => [basename(path), path]))('%s', async (_name, path) => {
          expect(await ownStreams(path)).toEqual(tsharkStreams(path))
        })
      },
    )
  },
)
