import { readdirSync, readlinkSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readProcFile } from './proc-file.ts'

/** A process that has a socket open. */
export interface Owner {
  readonly pid: number
  /** The name of the program as the kernel has it: 15 bytes, and whatever the program says it is. */
  readonly name: string
}

export interface Owners {
  /** By inode: those that have it open, several where a process has forked. Sockets of nobody are missing. */
  readonly byInode: ReadonlyMap<number, readonly Owner[]>
  /** Processes whose files this user may not see. */
  readonly hidden: number
  /** Every process was looked at, or hidden; else there were too many, or it took too long. */
  readonly isWhole: boolean
}

/** What one search may cost. */
export interface SearchLimits {
  readonly files: number
  readonly milliseconds: number
}

const LIMITS: SearchLimits = { files: 500_000, milliseconds: 3000 }
/** Files looked at before the rest of the program has its turn: some 5 ms. */
const TURN = 1000

/**
 * Looks through the open files of all processes for these sockets: the only way from a socket to its process that needs
 * no privilege for one's own. It costs some 5 us a file, so it is done for sockets that a finding names, all at once.
 */
export async function findOwners(
  inodes: ReadonlySet<number>,
  proc = '/proc',
  limits: SearchLimits = LIMITS,
): Promise<Owners> {
  const byInode = new Map<number, Owner[]>()
  let hidden = 0
  let files = 0
  let turn = TURN
  const end = performance.now() + limits.milliseconds
  for (const pid of inodes.size === 0 ? [] : processes(proc)) {
    const fds = entries(`${proc}/${pid}/fd`)
    if (fds === undefined) hidden++
    const held = new Set<number>()
    for (const fd of fds ?? []) {
      if (++files >= turn) {
        if (files > limits.files || performance.now() > end) return { byInode, hidden, isWhole: false }
        turn = files + TURN
        await nextTurn()
      }
      const inode = socketOf(`${proc}/${pid}/fd/${fd}`)
      if (inode !== undefined && inodes.has(inode)) held.add(inode)
    }
    if (held.size === 0) continue
    const name = readProcFile(`${proc}/${pid}/comm`)
    // Gone meanwhile: its number may be another's already.
    if (typeof name !== 'string') continue
    const owner = { pid, name: decoded(name) }
    for (const inode of held) byInode.set(inode, [...(byInode.get(inode) ?? []), owner])
  }
  return { byInode, hidden, isWhole: true }
}

function processes(proc: string): number[] {
  return (entries(proc) ?? []).filter((name) => /^\d{1,10}$/.test(name)).map(Number)
}

function entries(path: string): string[] | undefined {
  try {
    return readdirSync(path)
  } catch (error) {
    // A process that has ended meanwhile hides nothing.
    return isGone(error) ? [] : undefined
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ENOENT' || code === 'ESRCH'
}

/** `socket:[4711]`. */
function socketOf(path: string): number | undefined {
  try {
    const [, inode] = /^socket:\[(\d{1,20})\]$/.exec(readlinkSync(path)) ?? []
    return inode === undefined ? undefined : Number(inode)
  } catch {
    // Closed meanwhile.
    return undefined
  }
}

function decoded(latin1: string): string {
  return Buffer.from(latin1.replace(/\n$/, ''), 'latin1').toString('utf8')
}
