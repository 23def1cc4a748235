import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { ACK, SYN } from '../../src/decode/tcp-flags.ts'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import { buildFrame } from '../support/frame-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { ROOT } from '../support/project-root.ts'
import { runCli, runCliUntilFirstOutput } from '../support/run-cli.ts'

const EPOCH = 1_763_672_591_000_000_000n

/** One SYN and its SYN-ACK a second later on each of `count` ports, ten seconds apart. */
function handshakes(count: number): Uint8Array {
  const ends = { source: '10.0.0.5', destination: '10.0.0.9' }
  const back = { source: '10.0.0.9', destination: '10.0.0.5' }
  const frames = Array.from({ length: count }, (_, index) => {
    const time = EPOCH + BigInt(index) * 10_000_000_000n
    const port = 1024 + index
    return [
      {
        time,
        data: buildFrame({ ...ends, tcp: { sourcePort: port, destinationPort: 443, flags: SYN, seq: 100 } }),
      },
      {
        time: time + 1_000_000_000n,
        data: buildFrame({
          ...back,
          tcp: { sourcePort: 443, destinationPort: port, flags: SYN | ACK, seq: 500, ack: 101 },
        }),
      },
    ]
  })
  return writePcap(frames.flat())
}

let folder: string

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-test-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('a wrong command line', () => {
  it.each([
    ['nothing', [], /no command given: try 'tcpaudit file dump\.pcap'/],
    ['a command that is none', ['fle', 'x'], /unknown command 'fle': see 'tcpaudit --help'/],
    [
      'a capture without a command',
      ['package.json'],
      /not a command: to audit a capture, 'tcpaudit file package/,
    ],
    ['no capture', ['file'], /no capture given: name one/],
    ['standard input twice', ['file', '-', '-'], /standard input can be read once, and - was given twice/],
    [
      'an expansion that is none',
      ['file', 'a.pcap', '--max-expansion', '0'],
      /--max-expansion takes no '0': give a number/,
    ],
    [
      'a limit of connections that is none',
      ['file', 'a.pcap', '--max-connections', '1e6'],
      /--max-connections takes no '1e6': give a number/,
    ],
    ['an unknown option', ['file', 'a.pcap', '--al'], /unknown option '--al': did you mean --all\?/],
    [
      'a format that is none',
      ['file', 'a.pcap', '--format', 'xml'],
      /--format knows no 'xml': give table, json, ndjson, zeek, csv, sarif or markdown/,
    ],
    [
      'a format misspelt',
      ['file', 'a.pcap', '--format', 'zeke'],
      /--format knows no 'zeke': did you mean zeek\?/,
    ],
    [
      'one connection as rows',
      ['file', 'a.pcap', '--connection', '1', '--format', 'csv'],
      /--connection prints one connection: give --json instead of --format csv/,
    ],
    [
      'one packet as rows',
      ['file', 'a.pcap', '--packet', '1', '--format', 'zeek'],
      /--packet explains one packet: give --json instead of --format zeek/,
    ],
    ['two formats', ['file', 'a.pcap', '--json', '--format', 'table'], /exclude each other/],
    [
      'a moment that is none',
      ['file', 'a.pcap', '--as-of', 'noon'],
      /--as-of does not understand 'noon': give/,
    ],
    [
      'an id that is none',
      ['file', 'a.pcap', '--connection', '0'],
      /--connection takes no '0': give a number/,
    ],
    ['an option without its value', ['file', 'a.pcap', '-o'], /argument missing/],
    [
      'an output in no folder',
      ['file', 'a.pcap', '-o', '/no/such/x'],
      /cannot write \/no\/such\/x \(no such directory\)/,
    ],
    ['an output that is a folder', ['file', 'a.pcap', '-o', ROOT], /it is a directory/],
  ])('%s: exit 2 and one line', async (_name, args, message) => {
    const run = await runCli(args)
    expect(run.stderr).toMatch(message)
    expect(run.stderr).toMatch(/^tcpaudit: [^\n]+\n$/)
    expect(run).toMatchObject({ code: 2, stdout: '' })
  })

  it('a connection that is not there: names the nearest', async () => {
    const path = file('three.pcap', handshakes(3))
    const run = await runCli(['file', path, '--connection', '4'])
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr: 'tcpaudit: there is no connection 4: the nearest are 3 and 5\n',
    })
  })

  it('the capture as output: is not overwritten', async () => {
    const bytes = handshakes(1)
    const path = file('precious.pcap', bytes)
    const run = await runCli(['file', path, '-o', path])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/is the capture itself: give another path\n$/)
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes)
  })

  it('counts before a capture that cannot be read', async () => {
    expect(await runCli(['file', '/no/such.pcap', '-o', '/no/such/x'])).toMatchObject({ code: 2 })
  })
})

describe('a capture that cannot be read', () => {
  it.each([
    ['is not there', () => join(folder, 'missing.pcap')],
    ['is empty', () => file('empty.pcap', '')],
    ['is text', () => file('text.pcap', 'this is no capture at all\n')],
    ['is a folder', () => folder],
  ])('%s: exit 3 and one line', async (_name, path) => {
    const run = await runCli(['file', path()])
    expect(run).toMatchObject({ code: 3, stdout: '' })
    expect(run.stderr).toMatch(/^tcpaudit: [^\n]+: [^\n]+\n$/)
  })

  it('leaves no empty report behind, and keeps an old one', async () => {
    const report = join(folder, 'new-report.json')
    await runCli(['file', join(folder, 'missing.pcap'), '-o', report])
    expect(readdirSync(folder)).not.toContain('new-report.json')
    const old = file('old-report.json', 'old')
    await runCli(['file', join(folder, 'missing.pcap'), '-o', old])
    expect(readFileSync(old, 'utf8')).toBe('old')
  })

  it('does not let its name act on the terminal', async () => {
    const run = await runCli(['file', 'evil\u001b[31m.pcap'])
    expect(run.stderr).toContain('evil\\x1b[31m.pcap')
    expect(run.stderr).not.toContain('\u001b')
  })
})

describe('a capture that is cut', () => {
  it('is reported up to there: exit 4, one line, and the report says so', async () => {
    const bytes = handshakes(3)
    const path = file('cut.pcap', bytes.slice(0, bytes.length - 10))
    const run = await runCli(['file', path])
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(
      /^tcpaudit: [^\n]*ends inside packet 6[^\n]*: the 5 packets before it are reported\n$/,
    )
    expect(run.stdout).toContain('reading stopped after packet 5')
    const json = JSON.parse((await runCli(['file', path, '--json'])).stdout) as ReportDocument
    expect(json.capture.quality.stoppedAt).toMatchObject({ source: 0, packet: 5 })
    expect(json.connections).toHaveLength(3)
  })

  it('speaks of one packet, or of none, as such', async () => {
    const bytes = handshakes(1)
    const firstLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(24 + 8, true)
    const one = await runCli(['file', file('one.pcap', bytes.slice(0, 24 + 16 + firstLength + 3))])
    expect(one).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(': the one packet before it is reported\n'),
    })
    const none = await runCli(['file', file('none.pcap', bytes.slice(0, 30))])
    expect(none).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(': capture again or copy the file again\n'),
    })
    expect(none.stdout).toContain('No packet could be read.')
  })

  it('is whole as of a moment before the cut', async () => {
    const bytes = handshakes(3)
    const path = file('cut-later.pcap', bytes.slice(0, bytes.length - 10))
    expect(await runCli(['file', path, '--as-of', '+15', '--json'])).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('file', () => {
  it('writes JSON that agrees with the table', async () => {
    const path = file('five.pcap', handshakes(5))
    const run = await runCli(['file', path, '--json'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const report = JSON.parse(run.stdout) as ReportDocument
    expect(report.connections.map(({ id }) => id)).toEqual([1, 3, 5, 7, 9])
    expect(report.connections.map(({ stream }) => stream)).toEqual([0, 1, 2, 3, 4])
    expect(report.capture).toMatchObject({ packets: 10, durationSeconds: 41, decoded: { tcp: 10 } })
    expect(report.summary.connections).toBe(5)
    expect((await runCli(['file', path])).stdout).toContain('Connections (5, the troubled ones first)')
    expect((await runCli(['file', path, '--format', 'json'])).stdout).toBe(run.stdout)
  })

  it.each([
    ['+10.5', 3, 2],
    ['1763672591', 1, 1],
    ['2025-11-20T21:03:11.000000001Z', 1, 1],
    ['2025-11-20T21:03:12Z', 2, 1],
    ['+1000', 10, 5],
    ['1700000000', 0, 0],
  ])('reads up to %s: %i packets, %i connections', async (asOf, packets, connections) => {
    const path = file('as-of.pcap', handshakes(5))
    const report = JSON.parse(
      (await runCli(['file', path, '--as-of', asOf, '--json'])).stdout,
    ) as ReportDocument
    expect(report.capture.packets).toBe(packets)
    expect(report.connections).toHaveLength(connections)
    expect(report.capture.asOf).toMatch(/Z$/)
  })

  it('writes to a file what it would print, and shortens an older one', async () => {
    const path = file('written.pcap', handshakes(2))
    const output = file('report.txt', 'x'.repeat(100_000))
    expect(await runCli(['file', path, '-o', output])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(output, 'utf8')).toBe((await runCli(['file', path])).stdout)
  })

  it('says nothing with --quiet but still writes -o', async () => {
    const path = file('quiet.pcap', handshakes(2))
    expect(await runCli(['file', path, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' })
    const output = join(folder, 'quiet.json')
    await runCli(['file', path, '--quiet', '--json', '-o', output])
    expect((JSON.parse(readFileSync(output, 'utf8')) as ReportDocument).connections).toHaveLength(2)
  })

  it('shows the rest with --all, in the same order', async () => {
    const path = file('many.pcap', handshakes(60))
    const some = await runCli(['file', path], { COLUMNS: '140' })
    const all = await runCli(['file', path, '--all'], { COLUMNS: '140' })
    const ids = (text: string) => [...text.matchAll(/^│ +(\d+) │/gm)].map((match) => Number(match[1]))
    expect(ids(some.stdout)).toHaveLength(40)
    expect(ids(all.stdout)).toHaveLength(60)
    expect(ids(all.stdout).slice(0, 40)).toEqual(ids(some.stdout))
  })

  it.each(['64', '80', '120', '200'])('fits COLUMNS=%s', async (columns) => {
    const path = file('w.pcap', handshakes(9))
    for (const extra of [[], ['--connection', '3']]) {
      const { stdout } = await runCli(['file', path, ...extra], { COLUMNS: columns })
      const lines = stdout.split('\n').filter((line) => !line.startsWith('  tcpaudit file'))
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(Number(columns))
    }
  })

  it('colours only when told to, without a terminal', async () => {
    const path = file('color.pcap', handshakes(2))
    const plain = await runCli(['file', path])
    expect(plain.stdout).not.toContain('\u001b')
    expect((await runCli(['file', path], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[')
    for (const [args, env] of [
      [['--no-color'], { FORCE_COLOR: '1' }],
      [[], { FORCE_COLOR: '1', NO_COLOR: '1' }],
    ] as const) {
      expect((await runCli(['file', path, ...args], env)).stdout).toBe(plain.stdout)
    }
  })
})

describe('a reader that goes away', () => {
  it.each([
    ['a long document', ['--json']],
    ['a long table', ['--all']],
  ])('ends %s quietly', async (_name, args) => {
    const path = file('long.pcap', handshakes(2000))
    const run = await runCliUntilFirstOutput(['file', path, ...args])
    expect(run).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('--version', () => {
  it('is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('a fault of tcpaudit itself', () => {
  /** A stdout whose properties cannot even be read: nothing a person could have done. */
  function broken(): { stdout: Writable; stderr: Writable; said: () => string; env: Record<string, string> } {
    let text = ''
    const stderr = new Writable({
      write: (chunk, _encoding, done) => {
        text += String(chunk)
        done()
      },
    })
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done() })
    Object.defineProperty(stdout, 'isTTY', {
      get: () => {
        throw new TypeError('no such thing\nas a terminal')
      },
    })
    return { stdout, stderr, said: () => text, env: {} }
  }

  it('is one line and exit 70', async () => {
    const stdio = broken()
    expect(await main(['file', file('fault.pcap', handshakes(1))], stdio)).toBe(70)
    expect(stdio.said()).toMatch(
      /^tcpaudit: a fault of tcpaudit itself \(no such thing\\nas a terminal\)[^\n]+--debug[^\n]+\n$/,
    )
  })

  it('shows its trace with --debug', async () => {
    const stdio = broken()
    expect(await main(['file', file('fault.pcap', handshakes(1)), '--debug'], stdio)).toBe(70)
    expect(stdio.said()).toMatch(/TypeError: no such thing[\s\S]+\n\s+at /)
  })
})
