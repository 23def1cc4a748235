import { type HostSysctl, readHostSysctls, settingText } from './host-sysctls.ts'
import { type CounterName, type Counters, growth, readCounters } from './kernel-counters.ts'
import type { KernelSocket } from './kernel-socket.ts'
import { OwnAddresses } from './own-addresses.ts'
import { Absent } from './proc-file.ts'
import { findOwners, type Owners } from './socket-owners.ts'
import { SocketTables } from './socket-tables.ts'

/**
 * This machine as its kernel shows it, in the network namespace that this process is in. What it does not show, or not to
 * this user, is absent, and listed so.
 */
export class LocalHost {
  readonly #proc: string
  readonly #sockets: SocketTables
  readonly #absent = new Map<string, Absent>()
  readonly #first: Counters | undefined
  #last: Counters | undefined
  #addresses: OwnAddresses
  readonly sysctls: readonly HostSysctl[]

  /** `addresses`: of this machine, where they are not to be asked for. */
  constructor(proc = '/proc', addresses?: OwnAddresses) {
    this.#proc = proc
    this.#sockets = new SocketTables(proc)
    this.#addresses = addresses ?? new OwnAddresses()
    const { read, absent } = readHostSysctls(proc)
    this.sysctls = read
    for (const one of absent) this.#note(one)
    this.#first = this.#noted(readCounters(proc))
    this.#last = this.#first
  }

  /** What could not be had so far. */
  get absent(): readonly Absent[] {
    return [...this.#absent.values()]
  }

  get addresses(): OwnAddresses {
    return this.#addresses
  }

  /** Addresses come and go. */
  refreshAddresses(): void {
    this.#addresses = new OwnAddresses()
  }

  /** Reads the settings again: states were concluded by those that were there at first. */
  lookAtSysctls(): void {
    for (const { sysctl, value } of readHostSysctls(this.#proc).read) {
      const first = this.sysctls.find((one) => one.sysctl === sysctl)?.value
      if (first === undefined || String(first) === String(value)) continue
      const why = `${settingText(first)} at first, by which states were concluded, and ${settingText(value)} at the end`
      this.#note(new Absent(`when ${sysctl} was set`, why))
    }
  }

  /** Reads the counters again: what `grown` tells is as of the last time. */
  readCounters(): void {
    if (this.#first !== undefined) this.#last = this.#noted(readCounters(this.#proc)) ?? this.#last
  }

  /** By how much a counter has grown since this object was made; undefined if the kernel does not have it. */
  grown(counter: CounterName): number | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined
    return growth(this.#first, this.#last, counter)
  }

  /** Every counter that has grown, and by how much. */
  allGrown(): (CounterName & { readonly count: number })[] {
    return [...(this.#last ?? [])].flatMap(([key]) => {
      const [group, name = ''] = key.split(' ')
      const counter: CounterName = { group: group === 'Tcp' ? 'Tcp' : 'TcpExt', name }
      const count = this.grown(counter) ?? 0
      return count > 0 && !GAUGES.has(name) ? [{ ...counter, count }] : []
    })
  }

  /** Shows every socket, borrowed; false if they cannot be read. */
  async readSockets(see: (socket: KernelSocket) => void): Promise<boolean> {
    const problem = await this.#sockets.read(see)
    if (problem !== undefined) this.#note(problem)
    return problem === undefined
  }

  /** The processes that have these sockets open. */
  async owners(inodes: ReadonlySet<number>): Promise<Owners> {
    const owners = await findOwners(inodes, this.#proc)
    const isMissing = [...inodes].some((inode) => !owners.byInode.has(inode))
    if (isMissing && owners.hidden > 0) {
      this.#note(new Absent('the processes of some sockets', HIDDEN))
    } else if (!owners.isWhole) {
      this.#note(new Absent('the processes of some sockets', 'not looked for, as too many files are open'))
    }
    return owners
  }

  #noted(counters: Counters | Absent): Counters | undefined {
    if (!(counters instanceof Absent)) return counters
    this.#note(counters)
    return undefined
  }

  #note(absent: Absent): void {
    this.#absent.set(absent.what, absent)
  }
}

/** They count what there is, not what has been. */
const GAUGES: ReadonlySet<string> = new Set(['CurrEstab', 'MaxConn', 'RtoAlgorithm', 'RtoMin', 'RtoMax'])

const HIDDEN = 'not visible to this user (root sees them, and who has CAP_SYS_PTRACE)'
