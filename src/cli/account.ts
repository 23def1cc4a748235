import { spawnSync } from 'node:child_process'
import { UsageError } from './usage-error.ts'

/** A user that a process may become. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** All of that user's, `gid` among them. */
  readonly groups: readonly number[]
}

/** The account of `--user NAME`, as id(1) knows it; throws a UsageError for none, for root, and for who is not root. */
export function accountOf(name: string): Account {
  if (process.getuid?.() !== 0) throw new UsageError('--user gives up root, and this user is not root')
  const [uid, gid] = ['-u', '-g'].map((what) => {
    const { status, stdout } = spawnSync('id', [what, '--', name], { encoding: 'utf8' })
    return status === 0 ? Number(stdout) : Number.NaN
  })
  if (uid === undefined || gid === undefined || !Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new UsageError(`--user: there is no user '${name}'`)
  }
  if (uid === 0) throw new UsageError(`--user: ${name} is root: name another user, such as nobody`)
  const groups = spawnSync('id', ['-G', '--', name], { encoding: 'utf8' })
    .stdout.trim()
    .split(' ')
    .map(Number)
  return { name, uid, gid, groups }
}

/**
 * Gives up root for good (setgroups(2), setgid(2), setuid(2), of all threads): with the last of them the kernel takes all
 * capabilities (capabilities(7)). What is open stays open.
 */
export function become({ uid, gid }: Account, groups: readonly number[] = [gid]): void {
  process.setgroups?.([...groups])
  process.setgid?.(gid)
  process.setuid?.(uid)
}
