import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** The project's own captures. */
export const FIXTURES = join(ROOT, 'fixtures')
/** Captures of other people, beside the project's folder; not part of it. */
export const PUBLIC_CAPTURES = join(ROOT, '../shared/captures')

/** Paths of the captures below a folder, sorted; none if there is no such folder. */
export function captureFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => join(folder, name))
    .sort()
}
