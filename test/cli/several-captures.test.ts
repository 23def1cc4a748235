import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionReportDocument, ReportDocument } from '../../src/report/report-document.ts'
import { pipeCli } from '../support/pipe-cli.ts'
import { runCli } from '../support/run-cli.ts'

const KERNEL = 'fixtures/kernel'
const CLOSED = `${KERNEL}/lost-last-ack-near.pcap`
const REFUSED = `${KERNEL}/refused.pcap`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-several-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** A classic pcap of the first, third, ... or the second, fourth, ... packets of another. */
function half(path: string, which: 0 | 1): Uint8Array {
  const bytes = readFileSync(path)
  const kept = [bytes.subarray(0, 24)]
  for (let at = 24, index = 0; at < bytes.length; index++) {
    const end = at + 16 + bytes.readUInt32LE(at + 8)
    if (index % 2 === which) kept.push(bytes.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}

/** Without what several sources add, and without packet numbers and streams. */
function told(report: ReportDocument): unknown {
  const { sources: _, ...capture } = report.capture
  const text = JSON.stringify({ ...report, capture }, (key, value: unknown) =>
    /packet$|source$|^disprovedBy$|^stream$/i.test(key) && typeof value !== 'object' ? undefined : value,
  )
  return JSON.parse(text.replaceAll('"stream":null,', ''))
}

async function json(...captures: string[]): Promise<ReportDocument> {
  const run = await runCli(['file', ...captures, '--json'])
  expect(run).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(run.stdout) as ReportDocument
}

describe('several captures', () => {
  it('are reported as the one they were divided from', async () => {
    const even = written('even.pcap', half(CLOSED, 0))
    const odd = written('odd.pcap.gz', gzipSync(half(CLOSED, 1)))
    const merged = await json(even, odd)
    expect(told(merged)).toEqual(told(await json(CLOSED)))
    expect(merged.connections[0]?.stream).toBeNull()
    // Packet 8 of the whole is the fourth of the second half.
    expect(merged.connections[0]?.client.transitions[2]).toMatchObject({
      state: 'FIN_WAIT_1',
      packet: 4,
      source: 1,
    })
    expect(merged.connections[0]?.server.retracted[0]).toMatchObject({
      packet: 6,
      source: 0,
      disprovedBy: 6,
      disprovedBySource: 1,
    })
  })

  it('are reported as mergecap joins them', async () => {
    if (spawnSync('mergecap', ['--version']).status !== 0) return expect(process.env['CI']).toBeUndefined()
    const files = ['accept-queue-full', 'refused', 'lost-last-ack-near', 'fast-open'].map(
      (name) => `${KERNEL}/${name}.pcap`,
    )
    const joined = join(folder, 'joined.pcapng')
    expect(spawnSync('mergecap', ['-w', joined, ...files]).status).toBe(0)
    expect(told(await json(...files))).toEqual(told(await json(joined)))
  })

  it('name the source of every packet in JSON, and none when there is one', async () => {
    const report = await json(REFUSED, CLOSED)
    expect(report.capture.sources.map(({ name }) => name)).toEqual([REFUSED, CLOSED])
    expect(report.connections[0]).toMatchObject({ id: 1, firstPacket: 1, firstSource: 1, lastSource: 1 })
    expect(report.connections[1]).toMatchObject({ id: 16, firstPacket: 1, firstSource: 0 })
    const run = await runCli(['file', REFUSED, CLOSED, '--connection', '16', '--json'])
    const one = JSON.parse(run.stdout) as ConnectionReportDocument
    expect(one.segments.map(({ packet, source }) => [packet, source])).toEqual([
      [1, 0],
      [2, 0],
    ])
    expect((await runCli(['file', REFUSED, '--json'])).stdout).not.toMatch(/"\w*[sS]ource":/)
  })

  it('show packets with their source in the ladder', async () => {
    const { stdout } = await runCli(['file', REFUSED, CLOSED, '--connection', '1'])
    expect(stdout).toContain(`[1] ${CLOSED} · pcap, Ethernet`)
    expect(stdout).toContain('2 captures merged by time · 19 packets')
    expect(stdout).toMatch(/^ {2}1:12 {2}0\.400266 /m)
    expect(stdout).toContain('takes back: server CLOSED')
    expect(stdout).toContain('(assumed at #1:11)')
    expect(stdout).not.toContain('tcp.stream')
  })

  it('may have standard input among them', async () => {
    const run = await pipeCli(['file', '-', CLOSED, '--json'], gzipSync(readFileSync(REFUSED)))
    expect(run.code).toBe(0)
    const report = JSON.parse(run.stdout) as ReportDocument
    expect(told(report)).toEqual(told(await json(REFUSED, CLOSED)))
    expect(report.capture.sources[0]?.name).toBe('-')
  })

  it('go on when one is cut: exit 4, and it is named', async () => {
    const cut = written('cut.pcap', readFileSync(REFUSED).subarray(0, 200))
    const run = await runCli(['file', CLOSED, cut, '--json'])
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(
      /^tcpaudit: \S+cut\.pcap: the file ends inside packet 3: [^\n]+: the 2 packets before it are reported\n$/,
    )
    const { capture } = JSON.parse(run.stdout) as ReportDocument
    expect(capture.packets).toBe(17)
    expect(capture.quality.stoppedAt).toMatchObject({ source: 1, packet: 2 })
    expect(capture.sources[1]?.stoppedAt).toMatchObject({ packet: 2 })
    expect((await runCli(['file', CLOSED, cut])).stdout).toContain(
      'reading of [1] stopped after its packet 2: the file ends inside packet 3',
    )
  })

  it('are not read at all when one cannot be: exit 3 and one line', async () => {
    const run = await runCli(['file', CLOSED, join(folder, 'missing.pcap')])
    expect(run).toMatchObject({ code: 3, stdout: '' })
    expect(run.stderr).toMatch(/^tcpaudit: \S+missing\.pcap: no such file: check the path\n$/)
  })

  it('stop at --as-of together', async () => {
    const run = await runCli(['file', REFUSED, CLOSED, '--as-of', '+1', '--json'])
    const { capture } = JSON.parse(run.stdout) as ReportDocument
    expect(capture.packets).toBe(15)
    expect(capture.quality.stoppedAt).toBeUndefined()
  })

  it('none of them is written over', async () => {
    const path = written('precious.pcap', readFileSync(REFUSED))
    const run = await runCli(['file', CLOSED, path, '-o', path])
    expect(run).toMatchObject({ code: 2 })
    expect(readFileSync(path)).toEqual(readFileSync(REFUSED))
  })
})

describe('a hundred captures', () => {
  it('are merged like two', async () => {
    const paths = Array.from({ length: 100 }, () => REFUSED)
    const report = await json(...paths)
    expect(report.capture.packets).toBe(400)
    expect(report.capture.sources).toHaveLength(100)
  })
})
