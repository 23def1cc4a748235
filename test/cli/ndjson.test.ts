import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validLine } from '../support/json-schema.ts'
import { startCli } from '../support/pipe-cli.ts'
import { ROOT } from '../support/project-root.ts'
import { runCli, runMain } from '../support/run-cli.ts'

interface Line {
  readonly type: string
  readonly [key: string]: unknown
}

function linesOf(stdout: string): Line[] {
  expect(stdout.endsWith('\n')).toBe(true)
  return stdout
    .trimEnd()
    .split('\n')
    .map((text) => validLine(text) as unknown as Line)
}

async function stream(path: string, ...args: string[]): Promise<Line[]> {
  const { code, stdout, stderr } = await runMain(['file', path, '--ndjson', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return linesOf(stdout)
}

async function document(path: string, ...args: string[]) {
  return JSON.parse((await runMain(['file', path, '--json', ...args])).stdout)
}

const CAPTURES = [
  'fixtures/kernel/lost-handshake-ack-near.pcap',
  'fixtures/kernel/close-wait-pile.pcap',
  'fixtures/kernel/forged-rst-in-window.pcap',
  'fixtures/kernel/time-wait-syn-refused-repeatedly.pcap',
  'fixtures/kernel/keep-alive-unanswered-near.pcap',
]

describe('--ndjson', () => {
  it.each(CAPTURES)('says of %s what --json says', async (path) => {
    const lines = await stream(path)
    const report = await document(path)
    const ofType = (type: string) =>
      lines.filter((line) => line.type === type).map(({ type: _, ...rest }) => rest)

    const byId = (a: { id?: unknown }, b: { id?: unknown }) => Number(a.id) - Number(b.id)
    const connections = ofType('connection')
      .sort(byId)
      .map(({ findings: _, ...rest }) => rest)
    expect(connections).toEqual(
      report.connections.map(({ findings: _, ...rest }: Record<string, unknown>) => rest),
    )
    const final = ofType('finding').filter((finding) => finding['final'] === true)
    expect(final.map(({ final: _, ...rest }) => rest)).toEqual(report.findings)
    const { capture, hosts, summary, tool } = report
    expect(lines.at(-1)).toEqual({
      type: 'end',
      schema: 'tcpaudit/stream@1',
      tool,
      capture,
      hosts,
      summary,
    })
    expect(ofType('end').length).toBe(1)
  })

  it.each(CAPTURES)('tells by states and retractions in %s where each end was in the end', async (path) => {
    const states = new Map<string, unknown>()
    for (const line of await stream(path)) {
      if (line.type === 'state') {
        // Each state follows from the one before, retractions included.
        expect(states.get(`${line['connection']} ${line['end']}`) ?? 'UNKNOWN').toBe(line['from'])
      } else if (line.type === 'retraction') {
        expect(states.get(`${line['connection']} ${line['end']}`)).toBe(line['retracted'])
      } else continue
      states.set(`${line['connection']} ${line['end']}`, line['state'])
    }
    for (const { id, client, server } of (await document(path)).connections) {
      expect([states.get(`${id} client`), states.get(`${id} server`)]).toEqual([client.state, server.state])
    }
  })

  it('takes back in a line of its own what turned out wrong', async () => {
    const lines = await stream('fixtures/kernel/lost-handshake-ack-near.pcap')
    expect(lines.filter(({ type }) => type === 'retraction')).toMatchObject([
      { end: 'server', retracted: 'ESTABLISHED', state: 'SYN_RCVD', basis: 'assumed' },
    ])
  })

  it('tells every ten seconds of the capture how far it is, and findings as they arise', async () => {
    const lines = await stream('fixtures/kernel/close-wait-over-a-minute.pcap')
    const stats = lines.filter(({ type }) => type === 'stats')
    const report = await document('fixtures/kernel/close-wait-over-a-minute.pcap')
    expect(stats.length).toBeGreaterThan(2)
    expect(stats.every(({ packets }) => Number(packets) <= report.capture.packets)).toBe(true)
    const findings = lines.filter(({ type, rule }) => type === 'finding' && rule === 'close-wait-leak')
    const ids = new Set(findings.map(({ id }) => id))
    expect(ids.size).toBe(1)
    expect(findings.at(0)?.['final']).toBe(false)
    expect(findings.at(-1)?.['final']).toBe(true)
  })

  it('writes while its input is still being written', async () => {
    const { child, output, ended } = startCli(['file', '-', '--ndjson'])
    const bytes = readFileSync(join(ROOT, 'fixtures/kernel/lost-last-ack-near.pcap'))
    child.stdin.write(bytes.subarray(0, 500))
    while (!output.stdout.includes('"SYN_SENT"')) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(output.stdout).not.toContain('"end","schema"')
    child.stdin.end(bytes.subarray(500))
    const { code, stdout } = await ended
    expect(code).toBe(0)
    expect(linesOf(stdout).at(-1)?.type).toBe('end')
  })

  it('names the capture of each packet where there are several', async () => {
    const path = 'fixtures/kernel/lost-syn-near.pcap'
    const { stdout } = await runMain(['file', path, 'fixtures/kernel/lost-syn-far.pcap', '--ndjson'])
    const states = linesOf(stdout).filter(({ type, packet }) => type === 'state' && packet !== null)
    expect(new Set(states.map(({ source }) => source))).toEqual(new Set([0, 1]))
  })

  it.each([
    [
      ['--ndjson', '--connection', '1'],
      '--connection prints one connection: give --json instead of --ndjson',
    ],
    [['--ndjson', '--json'], '--json and --ndjson exclude each other'],
    [['--ndjson', '--format', 'table'], '--ndjson and --format table exclude each other'],
    [['--format', 'xml'], "--format knows no 'xml': give table, json, ndjson, zeek, csv, sarif or markdown"],
  ])('%j is refused', async (args, text) => {
    const { code, stderr } = await runMain(['file', CAPTURES[0] ?? '', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(text)
  })
})

describe('--ndjson and files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tcpaudit-ndjson-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('writes to that of -o what it would print, and replaces what was there', async () => {
    const path = join(folder, 'stream.ndjson')
    const [capture = ''] = CAPTURES
    for (let time = 0; time < 2; time++) await runCli(['file', capture, '--ndjson', '-o', path])
    const { stdout } = await runCli(['file', capture, '--ndjson'])
    expect(readFileSync(path, 'utf8')).toBe(stdout)
  })

  it('says in its last line where a cut capture stopped, and exits with 4', async () => {
    const path = join(folder, 'cut.pcap')
    writeFileSync(path, readFileSync(join(ROOT, CAPTURES[0] ?? '')).subarray(0, 700))
    const { code, stdout, stderr } = await runMain(['file', path, '--format', 'ndjson'])
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('ends inside packet') })
    expect(linesOf(stdout).at(-1)).toMatchObject({
      type: 'end',
      capture: { quality: { stoppedAt: { packet: expect.any(Number) } } },
    })
  })
})
