import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConnectionSpool, SpoolError } from '../../src/report/connection-spool.ts'

const MEBIBYTE = 1 << 20

describe('ConnectionSpool', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spool-test-'))
  })

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('gives texts back in order of their keys, again and again', () => {
    const spool = new ConnectionSpool()
    spool.add(30, 'thirty')
    spool.add(1, 'öne')
    spool.add(2 ** 50, 'last')
    spool.add(4, '')
    expect([...spool.texts()]).toEqual(['öne', '', 'thirty', 'last'])
    expect([...spool.texts()]).toEqual(['öne', '', 'thirty', 'last'])
    expect(spool.count).toBe(4)
    expect(spool.isOnDisk).toBe(false)
  })

  it.each([
    ['in memory', Number.POSITIVE_INFINITY],
    ['on disk from the first chunk on', 0],
    ['on disk after some chunks in memory', 3 * MEBIBYTE],
  ])('keeps many large texts %s', (_name, memoryLimit) => {
    const spool = new ConnectionSpool(memoryLimit, folder)
    const text = (key: number) => `${key} ${'é'.repeat((key * 7919) % 90_000)}`
    const keys = Array.from({ length: 100 }, (_, index) => (index * 37) % 101)
    for (const key of keys) spool.add(key, text(key))
    expect(spool.isOnDisk).toBe(memoryLimit !== Number.POSITIVE_INFINITY)
    let last = -1
    for (const found of spool.texts()) {
      const key = Number(found.split(' ', 1)[0])
      expect(key).toBeGreaterThan(last)
      expect(found === text(key)).toBe(true)
      last = key
    }
    expect(last).toBe(100)
    spool.close()
  })

  it('takes a text that is larger than a chunk', () => {
    for (const limit of [0, Number.POSITIVE_INFINITY]) {
      const spool = new ConnectionSpool(limit, folder)
      const large = 'x'.repeat(3 * MEBIBYTE)
      spool.add(2, 'before')
      spool.add(1, large)
      spool.add(3, 'after')
      const [first, ...others] = spool.texts()
      expect(first === large).toBe(true)
      expect(others).toEqual(['before', 'after'])
      spool.close()
    }
  })

  it('leaves nothing behind in the temporary folder, even while the file is open', () => {
    const spool = new ConnectionSpool(0, folder)
    for (let key = 0; key < 5; key++) spool.add(key, 'x'.repeat(MEBIBYTE - 1))
    expect(spool.isOnDisk).toBe(true)
    // Unlinked at once: a killed process leaves nothing either. Windows can only remove it at the end.
    if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([])
    spool.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('says what to do when there is no place for the file', () => {
    const spool = new ConnectionSpool(0, join(folder, 'missing'))
    spool.add(1, 'x'.repeat(MEBIBYTE))
    const overflow = () => spool.add(2, 'x'.repeat(MEBIBYTE))
    expect(overflow).toThrow(SpoolError)
  })

  it('orders any keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.maxSafeNat()), (keys) => {
        const spool = new ConnectionSpool()
        for (const key of keys) spool.add(key, String(key))
        expect([...spool.texts()].map(Number)).toEqual(keys.toSorted((a, b) => a - b))
      }),
    )
  })
})
