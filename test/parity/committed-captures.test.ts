import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'

/** Bytes: every clone has every recording that was ever committed. */
const LARGEST = 200_000

const files = readdirSync(join(ROOT, 'fixtures'), { recursive: true, encoding: 'utf8' })
  .filter((name) => !name.includes('__pycache__'))
  .map((name) => ({ name, stats: statSync(join(ROOT, 'fixtures', name)) }))
  .filter(({ stats }) => stats.isFile())

describe('fixtures', () => {
  it('have no file that is too large to be committed: record less of it, or in parts', () => {
    expect(files.filter(({ stats }) => stats.size >= LARGEST).map(({ name }) => name)).toEqual([])
  })

  it('have files', () => {
    expect(files.filter(({ name }) => /\.pcap(\.gz)?$/.test(name)).length).toBeGreaterThan(250)
  })
})
