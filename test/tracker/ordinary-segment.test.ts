import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { ROOT } from '../support/project-root.ts'

interface Outcome {
  readonly connections: ConnectionSummary[]
  readonly quality: object
}

/** Whoever listens to segments has each of them go through every stage. */
async function track(capture: string, listens: boolean): Promise<Outcome> {
  const connections: ConnectionSummary[] = []
  const tracker = new Tracker({ onConnection: (connection) => connections.push(connection.summary()) })
  if (listens) tracker.events.subscribe('segment', () => {})
  const source = await openCapture(capture)
  const record = new PacketRecord()
  const segment = new Segment()
  let end = 0
  let ordinal = 0
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) {
      await source.fill()
      continue
    }
    if (status !== READ_PACKET) break
    end = Math.max(end, record.time)
    const kind = decodePacket(record, segment)
    segment.ordinal = ++ordinal
    if (kind === KIND_TCP) tracker.segment(segment)
  }
  await source.close()
  tracker.finish(end)
  return { connections, quality: { ...tracker.quality } }
}

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-ordinary-'))
afterAll(() => rmSync(folder, { recursive: true }))

function generated(seed: number): string {
  const file = join(folder, `${seed}.pcap`)
  const script = join(ROOT, 'bench/generate.js')
  const size = ['--packets', '20000', '--connections', '200']
  execFileSync(process.execPath, [script, ...size, '--seed', String(seed), '-o', file])
  return file
}

const recorded = ['fixtures/kernel', 'fixtures/dialogues'].flatMap((path) =>
  readdirSync(join(ROOT, path))
    .filter((file) => file.endsWith('.pcap'))
    .map((file) => join(ROOT, path, file)),
)

describe('the short way of an ordinary segment leaves what all the stages leave', () => {
  it.each(recorded.map((file) => [file.slice(ROOT.length), file]))('%s', async (_name, file) => {
    const short = await track(file, false)
    expect(short).toEqual(await track(file, true))
    if (!file.endsWith('-headers-cut.pcap')) expect(short.connections.length).toBeGreaterThan(0)
  })

  it.each([1, 2])('benchmark traffic, seed %i', async (seed) => {
    const file = generated(seed)
    const short = await track(file, false)
    expect(short).toEqual(await track(file, true))
    expect(short.connections.length).toBeGreaterThan(200)
  })
})
