import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWindow } from '../../../src/capture/byte-window.ts'
import { UnzstdInput } from '../../../src/capture/zstd/unzstd-input.ts'
import { hasCommand, isAvailable } from '../../support/availability.ts'
import { FIXTURES } from '../../support/capture-files.ts'
import { concatBytes, hexBytes } from '../../support/frame-builder.ts'
import { MemoryInput } from '../../support/memory-input.ts'

const UNBOUNDED = 1e9

async function unpack(bytes: Uint8Array, chunkLength?: number, maxExpansion = UNBOUNDED) {
  const input = new UnzstdInput(new ByteWindow(new MemoryInput(bytes, chunkLength), 65_536), maxExpansion)
  const pieces: Buffer[] = []
  const buffer = Buffer.alloc(100_000)
  for (;;) {
    const length = await input.read(buffer, 0, buffer.length)
    if (length === 0) break
    pieces.push(Buffer.from(buffer.subarray(0, length)))
  }
  await input.close()
  return { plain: Buffer.concat(pieces), damage: input.damage }
}

/** What zstd itself makes of bytes. */
function zstd(plain: Uint8Array, ...options: string[]): Buffer {
  const run = spawnSync('zstd', ['-q', '-c', ...options], { input: plain, maxBuffer: 1 << 28 })
  if (run.status !== 0) throw new Error(`zstd: ${run.error ?? run.stderr}`)
  return run.stdout
}

/** Of every kind that packets hold: text, numbers that rise, zeros, noise, repeats from near and far. */
function mixture(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return (state >>> 8) & 0xffffff
  }
  for (let at = 0; at < length; ) {
    const run = Math.min(length - at, 1 + (next() % 700))
    const kind = next() % 5
    const back = at === 0 ? 0 : 1 + (next() % at)
    for (let index = 0; index < run; index++) {
      const noise = next()
      bytes[at + index] =
        kind === 0
          ? 0
          : kind === 1
            ? noise & 0xff
            : kind === 2
              ? 97 + (Math.clz32(noise) % 26)
              : kind === 3
                ? (at + index) >> 2
                : (bytes[at + index - back] ?? 0)
    }
    at += run
  }
  return bytes
}

/** One frame by hand, without its checksum: a raw block and a run. */
const HELLO = hexBytes('28b52ffd 04 58 280000 68656c6c6f 530000 21')
/** The checksum that the zstd command writes for what it unpacks to. */
const CHECKSUM = hexBytes('6faf7219')

describe('zstd', () => {
  it('gives raw blocks and runs', async () => {
    expect(await unpack(concatBytes(HELLO, CHECKSUM))).toEqual({
      plain: Buffer.from('hello!!!!!!!!!!'),
      damage: undefined,
    })
  })

  it('skips skippable frames, before and between others', async () => {
    const skipped = hexBytes('532a4d18030000000a0b0c')
    const frame = concatBytes(HELLO, CHECKSUM)
    const { plain, damage } = await unpack(concatBytes(skipped, frame, skipped, frame), 5)
    expect(damage).toBeUndefined()
    expect(plain.toString()).toBe('hello!!!!!!!!!!hello!!!!!!!!!!')
  })

  it('whose checksum is wrong gives all it has, and says so', async () => {
    const { plain, damage } = await unpack(concatBytes(HELLO, Uint8Array.of(1, 2, 3, 4)))
    expect(plain.toString()).toBe('hello!!!!!!!!!!')
    expect(damage).toBe('the zstd checksum of what was read is wrong within the first 22 bytes')
  })

  it.each([
    ['a dictionary', '28b52ffd 01 58 07', 'it needs a dictionary'],
    ['reserved bits', '28b52ffd 08 58', 'reserved bits that are set'],
    [
      'a window of 3.75 TiB',
      '28b52ffd 00 ff',
      'its window of 4,123,168,604,160 bytes is above the 134,217,728',
    ],
    ['a reserved block', '28b52ffd 00 58 070000', 'a block that cannot be'],
    ['a block longer than its window', '28b52ffd 00 00 102700', 'a block that cannot be'],
    ['an empty compressed block', '28b52ffd 00 58 050000', 'a compressed block without data'],
    [
      'literals of a table that was not there',
      '28b52ffd 00 58 2d0000 1340000100',
      'literals without a Huffman table',
    ],
    ['something else behind a frame', '28b52ffd 20 00 010000 00112233', 'something else follows'],
  ])('with %s is damaged', async (_name, hex, reason) => {
    const { damage } = await unpack(hexBytes(hex))
    expect(damage).toContain('its zstd data are damaged behind the first ')
    expect(damage).toContain(reason)
  })

  it('that claims another length is damaged', async () => {
    const { plain, damage } = await unpack(hexBytes('28b52ffd2005190000616263'))
    expect(plain.toString()).toBe('abc')
    expect(damage).toBe('its zstd data within the first 12 bytes unpack to 3 bytes, not to the 5 they claim')
  })

  it.each([1, 5, 9, 14, 15, 21])('that is cut after %i bytes says so', async (length) => {
    const { damage } = await unpack(HELLO.subarray(0, length))
    expect(damage).toContain(length < 18 ? `its zstd data are cut after ${length} bytes` : 'cut after')
  })

  it('that expands beyond measure is stopped', async () => {
    // A thousand runs of 128 KiB each, in four bytes.
    const runs = Array.from({ length: 1000 }, () => hexBytes('02001000'))
    const { plain, damage } = await unpack(concatBytes(hexBytes('28b52ffd0058'), ...runs), undefined, 250)
    expect(damage).toContain('unpack to more than 250 times as many')
    expect(plain.length).toBeLessThan(17 * 1024 * 1024)
  })
})

describe.runIf(isAvailable('zstd', hasCommand('zstd')))('what zstd packed', () => {
  const recorded = readFileSync(join(FIXTURES, 'kernel/bulk-with-loss-near.pcap'))

  it.each([
    ['fast', ['--fast=5']],
    ['at level 1', ['-1']],
    ['at level 3', ['-3', '--no-check']],
    ['at level 19', ['-19']],
    ['ultra', ['--ultra', '-22']],
    ['with a long window', ['--long=27', '-5']],
    ['by a small window', ['--zstd=wlog=10', '-7']],
    ['in blocks of its own', ['-B100KB', '-T2', '-6']],
  ])('%s is unpacked', async (_name, options) => {
    for (const plain of [
      recorded,
      mixture(700_000, 7),
      Buffer.alloc(400_000),
      Buffer.alloc(0),
      Buffer.from('x'),
    ]) {
      const packed = zstd(plain, ...options)
      const { plain: unpacked, damage } = await unpack(packed)
      expect(damage).toBeUndefined()
      expect(unpacked.equals(plain)).toBe(true)
    }
  })

  it('is unpacked, whatever it is and however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(200_000),
        fc.integer({ min: 1 }),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 5000 }),
        async (length, seed, level, chunkLength) => {
          const plain = mixture(length, seed)
          const cut = Math.floor(length / 3)
          const packed = concatBytes(
            zstd(plain.subarray(0, cut), `-${level}`),
            zstd(plain.subarray(cut), '--fast', `-${level}`),
          )
          const { plain: unpacked, damage } = await unpack(packed, chunkLength)
          expect(damage).toBeUndefined()
          expect(unpacked.equals(plain)).toBe(true)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('and was damaged afterwards is noticed', async () => {
    const plain = mixture(60_000, 3)
    const packed = zstd(plain, '-9')
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Uint8Array.from(packed)
        bytes[at] = (bytes[at] as number) ^ change
        const { plain: unpacked, damage } = await unpack(bytes)
        expect(damage === undefined ? unpacked.equals(plain) : true).toBe(true)
        expect(unpacked.length).toBeLessThanOrEqual(plain.length + 128 * 1024)
      }),
      { numRuns: 1000 },
    )
  })

  it('and was cut gives whole blocks, as they were', async () => {
    const plain = mixture(700_000, 5)
    const packed = zstd(plain, '-3')
    for (const share of [0.01, 0.3, 0.5, 0.8, 0.999]) {
      const length = Math.floor(packed.length * share)
      const { plain: unpacked, damage } = await unpack(packed.subarray(0, length))
      expect(damage).toContain(`its zstd data are cut after ${length.toLocaleString('en-US')} bytes`)
      expect(plain.subarray(0, unpacked.length).equals(unpacked)).toBe(true)
      expect(unpacked.length).toBeGreaterThan(700_000 * share - 2 * 128 * 1024)
    }
  })
})
