import { printable } from './text-layout.ts'

/** A file name as it has to be typed. */
export function shellWord(name: string): string {
  const safe = printable(name)
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}
