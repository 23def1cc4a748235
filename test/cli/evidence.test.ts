import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCapture } from '../../src/capture/open-capture.ts'
import type { ConnectionReportDocument, ReportDocument } from '../../src/report/report-document.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { buildFrame, concatBytes, tcpOption } from '../support/frame-builder.ts'
import { type CapturedFrame, writePcap } from '../support/pcap-writer.ts'
import { ROOT } from '../support/project-root.ts'
import { type ReadPacket, readPackets } from '../support/read-packets.ts'
import { runCli, runMain } from '../support/run-cli.ts'

const KERNEL = join(ROOT, 'fixtures/kernel')
const QUEUE = join(KERNEL, 'accept-queue-full.pcap')

let folder: string
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-evidence-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function newFolder(): string {
  return join(folder, `e${count++}`)
}

async function allOf(path: string) {
  const { source, packets } = await readPackets(await openCapture(path))
  const texts = packets.map((packet) => textOf(packet, source.epoch))
  return { source, packets, texts }
}

function textOf({ data, originalLength, linkType, time }: ReadPacket, epoch: bigint): string {
  return `${epoch + BigInt(time)} ${linkType} ${originalLength} ${Buffer.from(data).toString('hex')}`
}

async function saved(captures: readonly string[], ...options: string[]) {
  const dir = newFolder()
  const run = await runMain(['file', ...captures, '--json', '--evidence', dir, ...options])
  const report = JSON.parse(run.stdout) as ReportDocument
  return { dir, run, report, files: readdirSync(dir).sort() }
}

function tshark(path: string, ...args: string[]): string[] {
  const { stdout } = spawnSync('tshark', ['-r', path, '-T', 'fields', ...args], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line !== '')
}

describe('--evidence', () => {
  it('names a file after each finding, and says where they are', async () => {
    const { run, report, files, dir } = await saved([QUEUE])
    expect(files).toEqual(report.findings.map(({ id }) => `${id.replace(':', '-')}.pcapng`).sort())
    expect(run).toMatchObject({ code: 0, stderr: `tcpaudit: the packets of 3 findings are in ${dir}\n` })
  })

  it('writes the same bytes when it is run again, over its own files', async () => {
    const { dir, files } = await saved([QUEUE])
    const first = files.map((file) => readFileSync(join(dir, file)))
    const again = await runMain(['file', QUEUE, '--quiet', '--evidence', dir])
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(dir).sort()).toEqual(files)
    expect(files.map((file) => readFileSync(join(dir, file)))).toEqual(first)
  })

  it.each(
    [
      'accept-queue-full',
      'forged-rst-exact',
      'time-wait-reused-by-its-owner',
      'fragmented-by-the-router-far',
      'icmp-host-unreachable-to-syn',
      'lost-last-ack-near',
      'vxlan-tunnel',
    ].filter((name) => existsSync(join(KERNEL, `${name}.pcap`))),
  )(
    '%s: has every segment of the connections of a finding, byte for byte, and nothing twice',
    async (name) => {
      const path = join(KERNEL, `${name}.pcap`)
      const original = await allOf(path)
      const { report, dir } = await saved([path])
      const withConnections = report.findings.filter(({ connections }) => connections.length > 0)
      for (const { id, connections } of withConnections) {
        const { texts } = await allOf(join(dir, `${id.replace(':', '-')}.pcapng`))
        const numbers = texts.map((text) => original.texts.indexOf(text) + 1)
        expect(numbers).not.toContain(0)
        expect(new Set(texts).size).toBe(new Set(original.texts.filter((text) => texts.includes(text))).size)
        for (const connection of connections) {
          const ladder = await runMain(['file', path, '--json', '--connection', String(connection)])
          const { segments } = JSON.parse(ladder.stdout) as ConnectionReportDocument
          const own = segments.map(({ packet }) => packet)
          expect(own.filter((packet) => !numbers.includes(packet))).toEqual([])
        }
      }
    },
  )

  it('has no packet of other connections', async () => {
    const { dir } = await saved([QUEUE])
    const { packets } = await allOf(join(dir, 'handshake-slow-10.pcapng'))
    const ports = packets.map(({ data }) => [data[34], data[35], data[36], data[37]].join(' '))
    // 40004 and 5001, in either direction
    expect(new Set(ports)).toEqual(new Set(['156 68 19 137', '19 137 156 68']))
  })

  it('knows nothing of what comes after --as-of', async () => {
    const { dir, files } = await saved([QUEUE], '--as-of', '+2')
    expect(files).toContain('handshake-unanswered-10.pcapng')
    const { packets } = await allOf(join(dir, 'handshake-unanswered-10.pcapng'))
    expect(packets).toHaveLength(2)
  })

  it('keeps link types, interfaces and units of time, of several captures too', async () => {
    const start = 1_795_224_907_123_456_789n
    const frames: CapturedFrame[] = [0, 1, 3].map((second) => ({
      time: start + BigInt(second) * 1_000_000_001n,
      linkType: second === 1 ? 101 : 1,
      data: buildFrame({
        link: second === 1 ? 'raw' : 'ethernet',
        tcp: { sourcePort: 40000, destinationPort: 80, flags: 2, seq: 5, options: tcpOption.mss(1460) },
      }),
    }))
    const mixed = join(folder, 'mixed.pcapng')
    writeFileSync(mixed, writePcap(frames, { format: 'pcapng' }))
    const { dir, files } = await saved([mixed, QUEUE])
    const file = files.find((name) => name.startsWith('handshake-unanswered'))
    const { source, texts } = await allOf(join(dir, file ?? ''))
    expect(source.linkTypes).toEqual([1, 101])
    expect(texts).toEqual((await allOf(mixed)).texts)
  })

  it('is bounded: of many connections those that fit, and the evidence', async () => {
    const path = join(KERNEL, 'close-wait-thousand.pcap.gz')
    const original = await allOf(path)
    const { dir, report } = await saved([path])
    const evidence = report.findings.flatMap((finding) => finding.evidence)
    expect(report.findings[0]?.connections).toHaveLength(1000)
    const { texts } = await allOf(join(dir, 'close-wait-leak-4.pcapng'))
    expect(texts.length).toBeGreaterThan(900)
    expect(texts.length).toBeLessThanOrEqual(1000)
    for (const { packet } of evidence) expect(texts).toContain(original.texts[packet - 1])
  })

  it('is bounded: of a long connection what is around the evidence', async () => {
    const SYN_OPTIONS = concatBytes(tcpOption.mss(1460), tcpOption.windowScale(15))
    const client = { source: '10.0.0.1', destination: '10.0.0.2' }
    const server = { source: '10.0.0.2', destination: '10.0.0.1' }
    const ports = { sourcePort: 40000, destinationPort: 80 }
    const back = { sourcePort: 80, destinationPort: 40000 }
    const segments = [
      buildFrame({ ...client, tcp: { ...ports, flags: 2, seq: 99, options: SYN_OPTIONS } }),
      buildFrame({ ...server, tcp: { ...back, flags: 18, seq: 499, ack: 100, options: SYN_OPTIONS } }),
      buildFrame({ ...client, tcp: { ...ports, flags: 16, seq: 100, ack: 500, window: 500 } }),
    ]
    for (let at = 0; at < 3000; at++) {
      const seq = 100 + at * 10
      segments.push(
        buildFrame({ ...client, ipId: at, tcp: { ...ports, flags: 24, seq, ack: 500, payloadLength: 10 } }),
        buildFrame({ ...server, ipId: at, tcp: { ...back, flags: 16, seq: 500, ack: seq + 10 } }),
      )
    }
    const path = join(folder, 'long.pcap')
    writeFileSync(path, writePcap(segments.map((data, at) => ({ time: BigInt(at) * 1_000_000n, data }))))
    const { dir, report } = await saved([path])
    const [finding] = report.findings.filter(({ rule }) => rule === 'window-scale-invalid')
    expect(finding?.evidence.map(({ packet }) => packet)).toEqual([1])
    const original = await allOf(path)
    const { texts } = await allOf(join(dir, 'window-scale-invalid-1.pcapng'))
    const around = Math.floor((1000 - 4 - 1) / 2)
    // The evidence, three that begin the connection besides it, and what follows.
    expect(texts).toEqual(original.texts.slice(0, 4 + 2 * around))
  })
})

describe.runIf(isAvailable('tshark', hasCommand('tshark')))('what Wireshark shows', () => {
  it('our words at the packets that they are about', async () => {
    const { dir, report } = await saved([QUEUE])
    for (const { id, title, severity, evidence } of report.findings) {
      const path = join(dir, `${id.replace(':', '-')}.pcapng`)
      const comments = tshark(path, '-Y', 'frame.comment', '-e', 'frame.comment')
      const notes = evidence.map(({ packet, note }) => `#${packet} ${note}`)
      expect(comments).toEqual([`${severity}: ${title},${notes[0]}`, ...notes.slice(1)])
    }
  })

  it('the frames as they are in the capture', async () => {
    const { dir } = await saved([join(KERNEL, 'forged-rst-exact.pcap')])
    const fields = [
      'frame.time_epoch',
      'frame.len',
      'frame.cap_len',
      'tcp.seq_raw',
      'tcp.flags',
      'ip.id',
    ].flatMap((field) => ['-e', field])
    const original = tshark(join(KERNEL, 'forged-rst-exact.pcap'), ...fields)
    for (const file of readdirSync(dir)) {
      const copied = tshark(join(dir, file), ...fields)
      expect(copied.length).toBeGreaterThan(3)
      expect(copied.filter((line) => !original.includes(line))).toEqual([])
    }
  })
})

describe('evidence that cannot be had', () => {
  it.each([
    ['standard input', ['-'], /standard input can be read once: save it to a file first/],
    ['a device', ['/dev/null'], /\/dev\/null can be read once: save it to a file first/],
  ])('%s', async (_name, captures, message) => {
    const dir = newFolder()
    const run = await runMain(['file', ...captures, '--evidence', dir])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toMatch(message)
    expect(existsSync(dir)).toBe(false)
  })

  it.each([
    ['a folder that is not there', '/proc/none', 'no such directory'],
    ['a file', QUEUE, 'part of the path is not a directory'],
    ['below a file', join(QUEUE, 'x'), 'part of the path is not a directory'],
  ])('in %s', async (_name, dir, reason) => {
    const run = await runMain(['file', QUEUE, '--evidence', dir])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toBe(
      `tcpaudit: cannot keep evidence in ${dir} (${reason}): give --evidence a folder that can be written\n`,
    )
  })

  it('leaves alone what others wrote, says so, and writes the rest', async () => {
    const dir = newFolder()
    mkdirSync(dir)
    const theirs = join(dir, 'handshake-slow-10.pcapng')
    const link = join(dir, 'handshake-ack-lost-7.pcapng')
    writeFileSync(theirs, 'a diary')
    symlinkSync(join(folder, 'not-there-either'), link)
    const run = await runMain(['file', QUEUE, '--evidence', dir])
    expect(run.code).toBe(2)
    expect(run.stdout).toContain('3 findings')
    const foreign = (path: string) =>
      `tcpaudit: ${path} is there already, was not written by tcpaudit and was left alone: move it, or give --evidence another folder`
    const lines = run.stderr.trimEnd().split('\n')
    expect(lines.sort()).toEqual(
      [foreign(theirs), foreign(link), `tcpaudit: the packets of 1 finding are in ${dir}`].sort(),
    )
    expect(readFileSync(theirs, 'utf8')).toBe('a diary')
    expect(existsSync(join(folder, 'not-there-either'))).toBe(false)
  })

  it('does not replace the capture that is being read, though it is evidence of an earlier run', async () => {
    const { dir } = await saved([QUEUE])
    const path = join(dir, 'handshake-slow-10.pcapng')
    const own = join(dir, 'handshake-slow-1.pcapng')
    copyFileSync(path, own)
    const before = readFileSync(own)
    const run = await runMain(['file', own, '--evidence', dir])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(`${own} is a capture that is being read: give --evidence another folder`)
    expect(readFileSync(own)).toEqual(before)
  })
})

const CAN_MOUNT =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

describe.runIf(isAvailable('root, to mount a small disk', CAN_MOUNT))('a disk', () => {
  /** Runs in a mount namespace of its own, where `dir` is a disk with these options. */
  function onDisk(
    dir: string,
    options: string,
    then: string,
  ): { code: number | null; stdout: string; stderr: string } {
    mkdirSync(dir)
    const script = `mount -t tmpfs -o ${options} none ${dir} && ${process.execPath} bin/tcpaudit.js file ${QUEUE} --evidence ${dir}; code=$?; ${then}; exit $code`
    const run = spawnSync('unshare', ['-m', 'sh', '-c', script], { cwd: ROOT, encoding: 'utf8' })
    return { code: run.status, stdout: run.stdout, stderr: run.stderr }
  }

  it('that is full costs evidence and not the report', () => {
    const dir = newFolder()
    const { code, stdout, stderr } = onDisk(dir, 'size=4k', `wc -c ${dir}/*`)
    expect(code).toBe(2)
    expect(stdout).toContain('3 findings')
    expect(stderr).toMatch(
      new RegExp(
        `^tcpaudit: cannot write ${dir}/[a-z0-9-]+\\.pcapng \\(the disk is full\\): the evidence in ${dir} is not whole: run it again where there is room\n$`,
      ),
    )
  })

  it('that cannot be written to is known before the capture is read', () => {
    const dir = newFolder()
    const { code, stdout, stderr } = onDisk(dir, 'ro', 'true')
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `tcpaudit: cannot keep evidence in ${dir} (the file system is read-only): give --evidence a folder that can be written\n`,
    })
  })

  it('of somebody else is known as such', async () => {
    const dir = newFolder()
    mkdirSync(dir, { mode: 0o755 })
    const run = spawnSync(process.execPath, ['bin/tcpaudit.js', 'file', QUEUE, '--evidence', dir], {
      cwd: ROOT,
      encoding: 'utf8',
      uid: 65534,
      gid: 65534,
    })
    expect(run.status).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(/cannot keep evidence in .* \((permission denied)\)/)
  })
})

it('the built command does the same', async () => {
  const dir = newFolder()
  const run = await runCli(['file', QUEUE, '--evidence', dir, '--quiet'])
  expect(run).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(readdirSync(dir)).toHaveLength(3)
})
