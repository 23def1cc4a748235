import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { RuleSettings } from '../../src/audit/rule-settings.ts'
import { openCapture, openInput } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { EvidenceFolder } from '../../src/evidence/evidence-folder.ts'
import { LiveEvidence } from '../../src/evidence/live-evidence.ts'
import { findingText } from '../../src/report/finding-text.ts'
import { buildFrame, tcpOption } from '../support/frame-builder.ts'
import { ChunkInput, pcapChunks } from '../support/pcap-chunks.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { ROOT } from '../support/project-root.ts'
import { readPackets } from '../support/read-packets.ts'

const KERNEL = join(ROOT, 'fixtures/kernel')

let folder: string
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-live-evidence-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Audits a capture as it comes from an interface, in pieces of some packets. */
async function listen(
  bytes: Uint8Array,
  perChunk: number,
  dir = join(folder, `e${count++}`),
  settings = new RuleSettings(),
) {
  const { header, chunks } = pcapChunks(bytes, perChunk)
  const problems: string[] = []
  const evidence = new LiveEvidence(new EvidenceFolder(dir, 'tcpaudit', []), {
    application: 'tcpaudit 0',
    from: 'eth0',
    separateVlans: false,
    tell: (problem) => problems.push(problem),
  })
  evidence.begin(header)
  let now = 0
  const sizes: number[] = []
  const input = new ChunkInput(header, chunks, (records) => evidence.take(records))
  const source = await openInput('eth0', input)
  const { findings } = await auditCapture(source, {
    settings,
    onConnection: ({ id }) => evidence.leave(id),
    onRead: (run) => {
      now += 10_000
      if (run.packets > 0) evidence.look(() => run.findings(), now)
      sizes.push(readdirSync(dir).length)
    },
  })
  const files = evidence.close(findings)
  return { dir, findings, files, problems, sizes }
}

async function textsOf(path: string): Promise<string[]> {
  const { source, packets } = await readPackets(await openCapture(path))
  return packets.map(
    ({ time, data }) => `${source.epoch + BigInt(time)} ${Buffer.from(data).toString('hex')}`,
  )
}

async function textsOfBytes(bytes: Uint8Array): Promise<string[]> {
  const path = join(folder, `whole${count++}.pcap`)
  writeFileSync(path, bytes)
  return textsOf(path)
}

/**
 * One connection: so many exchanges, a reset with a lifetime that is not the server’s, and as many exchanges as say that
 * the server has not sent it.
 */
function conversation(options: Uint8Array, before: number, after: number): Uint8Array {
  const client = { source: '10.0.0.1', destination: '10.0.0.2' }
  const server = { source: '10.0.0.2', destination: '10.0.0.1' }
  const ports = { sourcePort: 40000, destinationPort: 80, window: 500 }
  const back = { sourcePort: 80, destinationPort: 40000, window: 500 }
  const frames = [
    buildFrame({ ...client, tcp: { ...ports, flags: 2, seq: 99, options } }),
    buildFrame({ ...server, tcp: { ...back, flags: 18, seq: 499, ack: 100 } }),
    buildFrame({ ...client, tcp: { ...ports, flags: 16, seq: 100, ack: 500 } }),
  ]
  for (let at = 0; at < before + after; at++) {
    const seq = 100 + at * 10
    if (at === before)
      frames.push(buildFrame({ ...server, ttl: 9, ipId: 7, tcp: { ...back, flags: 4, seq: 500 } }))
    frames.push(
      buildFrame({ ...client, ipId: at, tcp: { ...ports, flags: 24, seq, ack: 500, payloadLength: 10 } }),
      buildFrame({ ...server, ipId: at, tcp: { ...back, flags: 16, seq: 500, ack: seq + 10 } }),
    )
  }
  return writePcap(frames.map((data, at) => ({ time: BigInt(at) * 1_000_000n, data })))
}

const grave = (findings: readonly Finding[]) =>
  findings.filter(
    ({ severity, connections }) => !['info', 'notice'].includes(severity) && connections.length > 0,
  )

const pathOf = (dir: string, { id }: Finding) => join(dir, `${id.replace(':', '-')}.pcapng`)

describe('evidence of what is being listened to', () => {
  it.each([
    ['forged-rst-exact', 1],
    ['forged-rst-exact', 100],
    ['accept-queue-full', 1],
    ['accept-queue-full', 3],
    ['lost-last-ack-near', 2],
    ['close-wait-held', 1],
    ['refused', 4],
  ])('%s in pieces of %d: every packet of its connections, once', async (name, perChunk) => {
    const path = join(KERNEL, `${name}.pcap`)
    const { dir, findings, files, problems } = await listen(readFileSync(path), perChunk)
    const original = await textsOf(path)
    expect(problems).toEqual([])
    expect(files).toBe(readdirSync(dir).length)
    for (const finding of grave(findings)) {
      const texts = await textsOf(pathOf(dir, finding))
      expect(new Set(texts).size).toBe(texts.length)
      expect(texts.filter((text) => !original.includes(text))).toEqual([])
      for (const { packet } of finding.evidence) expect(texts).toContain(original[packet - 1])
    }
  })

  it('has a file for each finding from warning on, and for no other', async () => {
    const { dir, findings } = await listen(readFileSync(join(KERNEL, 'accept-queue-full.pcap')), 2)
    expect(grave(findings).length).toBeGreaterThan(0)
    expect(findings.length).toBeGreaterThan(grave(findings).length)
    const names = grave(findings).map((finding) => pathOf('', finding))
    for (const name of names) expect(readdirSync(dir)).toContain(name)
  })

  it('is written when the finding arises, with its words, and goes on with the connection up to a limit', async () => {
    const bytes = conversation(tcpOption.windowScale(15), 2000, 0)
    const graver = new RuleSettings([{ rule: 'window-scale-invalid', level: 'warning', from: 'a test' }])
    const { dir, findings, sizes } = await listen(bytes, 50, undefined, graver)
    const [finding] = findings.filter(({ rule }) => rule === 'window-scale-invalid')
    if (finding === undefined) throw new Error('nothing found')
    // With the first piece, long before the end.
    expect(sizes.indexOf(1)).toBe(0)
    const texts = await textsOf(pathOf(dir, finding))
    expect(texts).toEqual((await textsOfBytes(bytes)).slice(0, 1000))
    const { source } = await readPackets(await openCapture(pathOf(dir, finding)))
    expect(source.comments?.[0]).toContain(findingText(finding).title)
    expect(source.packetComments).toBe(1)
  })

  it('has the beginning, the evidence and what came last, of a long connection on which a finding arises late', async () => {
    const bytes = conversation(new Uint8Array(0), 2000, 2000)
    const { dir, findings } = await listen(bytes, 50)
    const [finding] = grave(findings)
    if (finding === undefined) throw new Error('nothing found')
    const texts = await textsOf(pathOf(dir, finding))
    const original = await textsOfBytes(bytes)
    expect(texts.length).toBeGreaterThanOrEqual(700)
    expect(texts.length).toBeLessThanOrEqual(1000)
    expect(texts.slice(0, 4)).toEqual(original.slice(0, 4))
    for (const { packet } of finding.evidence) expect(texts).toContain(original[packet - 1])
    const last = texts.slice(-600)
    expect(last).toEqual(original.slice(-600))
  })

  it('says once what is in its way, and leaves it alone', async () => {
    const path = join(KERNEL, 'forged-rst-exact.pcap')
    const first = await listen(readFileSync(path), 5)
    const [name] = readdirSync(first.dir)
    writeFileSync(join(first.dir, name as string), 'a diary')
    const again = await listen(readFileSync(path), 5, first.dir)
    expect(again.problems).toHaveLength(1)
    expect(again.problems[0]).toContain('was left alone')
    expect(readFileSync(join(first.dir, name as string), 'utf8')).toBe('a diary')
  })
})
