import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCapture } from '../../src/capture/open-capture.ts'
import { LEAST_RING_LENGTH, PacketRing } from '../../src/evidence/packet-ring.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { pcapChunks } from '../support/pcap-chunks.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { ROOT } from '../support/project-root.ts'
import { readPackets } from '../support/read-packets.ts'

let folder: string
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-ring-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFolder = () => join(folder, `r${count++}`)

/** A file of so many packets, which bear their number. */
function numbered(packets: number, length: number): Uint8Array {
  return writePcap(
    Array.from({ length: packets }, (_, index) => {
      const data = new Uint8Array(length)
      new DataView(data.buffer).setUint32(14, index)
      return { time: BigInt(index) * 1_000_000n, data }
    }),
  )
}

/** The numbers of the packets in a ring, in order. */
async function numbers(dir: string): Promise<number[]> {
  const found: number[] = []
  for (const name of readdirSync(dir)
    .filter((file) => file.endsWith('.pcap'))
    .sort()) {
    const { packets } = await readPackets(await openCapture(join(dir, name)))
    for (const { data } of packets) found.push(new DataView(data.buffer).getUint32(14))
  }
  return found
}

const sizeOf = (dir: string) =>
  readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)

/** Fills a ring with packets of 1,516 bytes in the file; returns the most that it ever took. */
function fill(ring: PacketRing, dir: string, bytes: Uint8Array, perChunk: number): number {
  const { header, chunks } = pcapChunks(bytes, perChunk)
  ring.begin(header)
  let most = 0
  for (const chunk of chunks) {
    ring.write(chunk)
    most = Math.max(most, sizeOf(dir))
  }
  ring.close()
  return most
}

describe('a ring of packets', () => {
  it.each([1, 7, 600])('keeps the newest and never exceeds its size, in pieces of %d', async (perChunk) => {
    const dir = newFolder()
    const ring = new PacketRing(dir, LEAST_RING_LENGTH)
    const most = fill(ring, dir, numbered(6000, 1500), perChunk)
    expect(most).toBeLessThanOrEqual(LEAST_RING_LENGTH)
    expect(sizeOf(dir)).toBe(ring.length)
    expect(most).toBeGreaterThan(0.98 * LEAST_RING_LENGTH)
    const kept = await numbers(dir)
    const first = kept[0] ?? 0
    expect(kept).toEqual(Array.from({ length: 6000 - first }, (_, index) => first + index))
    expect(kept.length).toBeGreaterThan((0.85 * LEAST_RING_LENGTH) / 1516)
  })

  it('holds the largest packets there are', async () => {
    const dir = newFolder()
    fill(new PacketRing(dir, LEAST_RING_LENGTH), dir, numbered(40, 262_144), 3)
    const kept = await numbers(dir)
    expect(kept.at(-1)).toBe(39)
    expect(kept.length).toBeGreaterThanOrEqual(7)
  })

  it('counts what an earlier run left, and deletes that first; others’ files it leaves alone', async () => {
    const dir = newFolder()
    fill(new PacketRing(dir, LEAST_RING_LENGTH), dir, numbered(6000, 1500), 100)
    const before = readdirSync(dir).sort()
    writeFileSync(join(dir, 'tcpaudit-ring-notes.pcap'), 'a diary')
    const ring = new PacketRing(dir, LEAST_RING_LENGTH)
    expect(ring.length).toBe(sizeOf(dir) - 7)
    fill(ring, dir, numbered(700, 1500), 100)
    const after = readdirSync(dir).sort()
    expect(after).toContain('tcpaudit-ring-notes.pcap')
    expect(before.filter((name) => !after.includes(name))).toEqual(before.slice(0, 3))
    expect(sizeOf(dir) - 7).toBeLessThanOrEqual(LEAST_RING_LENGTH)
    const fresh = after.filter((name) => !before.includes(name) && name !== 'tcpaudit-ring-notes.pcap')
    expect(fresh.every((name) => name > (before.at(-1) ?? ''))).toBe(true)
  })

  it('goes on when somebody deletes its files', async () => {
    const dir = newFolder()
    const ring = new PacketRing(dir, LEAST_RING_LENGTH)
    const { header, chunks } = pcapChunks(numbered(6000, 1500), 500)
    ring.begin(header)
    for (const [index, chunk] of chunks.entries()) {
      ring.write(chunk)
      if (index === 5) for (const name of readdirSync(dir)) rmSync(join(dir, name))
    }
    expect(ring.problem).toBeUndefined()
    expect((await numbers(dir)).at(-1)).toBe(5999)
    ring.close()
  })

  it('ends with a line when its folder is gone, and says nothing more', () => {
    const dir = newFolder()
    const ring = new PacketRing(dir, LEAST_RING_LENGTH)
    const { header, chunks } = pcapChunks(numbered(6000, 1500), 500)
    ring.begin(header)
    ring.write(chunks[0] as Uint8Array)
    rmSync(dir, { recursive: true })
    for (const chunk of chunks) ring.write(chunk)
    expect(ring.problem).toBe(
      `the ring of packets in ${dir} ends here (no such directory): what is there is kept, and the audit goes on`,
    )
  })

  it.each([
    ['/proc/none', 'no such directory'],
    [join(ROOT, 'package.json'), 'part of the path is not a directory'],
  ])('cannot be in %s', (dir, reason) => {
    expect(() => new PacketRing(dir, LEAST_RING_LENGTH)).toThrow(
      `cannot keep a ring of packets in ${dir} (${reason}): give --ring a folder that can be written`,
    )
  })
})

/** Writes packets of 1,500 bytes to a ring without end, 5 a time; says when some are written. */
const WRITER = `
import { PacketRing } from './dist/evidence/packet-ring.js'
const [dir, size, most] = process.argv.slice(1)
const ring = new PacketRing(dir, Number(size))
const header = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
ring.begin(header)
for (let at = 0; at < Number(most) && ring.problem === undefined; at += 5) {
  const records = Buffer.alloc(5 * 1516)
  for (let n = 0; n < 5; n++) {
    records.writeUInt32LE(at + n, n * 1516)
    records.writeUInt32LE(1500, n * 1516 + 8)
    records.writeUInt32LE(1500, n * 1516 + 12)
    records.writeUInt32BE(at + n, n * 1516 + 16 + 14)
  }
  ring.write(records)
  if (at === 3000) console.log('written')
}
console.log(ring.problem)
`

describe('a ring whose process is killed', () => {
  it('can be read to the last whole record', async () => {
    const dir = newFolder()
    const args = ['--input-type=module', '-e', WRITER, dir, String(LEAST_RING_LENGTH), '1e12']
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const kept = await numbers(dir)
    const first = kept[0] ?? 0
    expect(kept.at(-1)).toBeGreaterThanOrEqual(3000)
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => first + index))
    // Who is killed in the middle of a write has written a part of it: only of the newest file can that be the end.
    const sizes = readdirSync(dir)
      .sort()
      .map((name) => statSync(join(dir, name)).size)
    for (const size of sizes.slice(0, -1)) expect((size - 24) % 1516).toBe(0)
  })

  it.runIf(isAvailable('tcpdump', hasCommand('tcpdump')))('and tcpdump reads all of its files', () => {
    const dir = newFolder()
    fill(new PacketRing(dir, LEAST_RING_LENGTH), dir, numbered(3000, 1500), 100)
    for (const name of readdirSync(dir)) {
      const { status, stdout } = spawnSync('tcpdump', ['-n', '-r', join(dir, name)], { encoding: 'utf8' })
      expect(status).toBe(0)
      expect(stdout.trim().split('\n')).toHaveLength((statSync(join(dir, name)).size - 24) / 1516)
    }
  })
})

const CAN_MOUNT =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

describe.runIf(isAvailable('root, to mount a small disk', CAN_MOUNT))('a ring on a disk that is full', () => {
  it('ends where a record ends, and says so', async () => {
    const dir = newFolder()
    const copy = newFolder()
    mkdirSync(dir)
    const writer = [
      process.execPath,
      '--input-type=module',
      '-e',
      '"$WRITER"',
      dir,
      LEAST_RING_LENGTH,
      '1e6',
    ].join(' ')
    const script = `mount -t tmpfs -o size=1M none ${dir} && ${writer} && cp -r ${dir} ${copy}`
    const env = { ...process.env, WRITER }
    const { stdout, status } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      cwd: ROOT,
      encoding: 'utf8',
      env,
    })
    expect(status).toBe(0)
    expect(stdout).toBe(
      `the ring of packets in ${dir} ends here (the disk is full): what is there is kept, and the audit goes on\n`,
    )
    expect(existsSync(copy)).toBe(true)
    const kept = await numbers(copy)
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index))
    expect(kept.length).toBeGreaterThan(600)
    for (const name of readdirSync(copy)) expect((readFileSync(join(copy, name)).length - 24) % 1516).toBe(0)
  })
})
