import type { CounterName } from '../host/kernel-counters.ts'
import type { KernelSocket } from '../host/kernel-socket.ts'
import type { LocalHost } from '../host/local-host.ts'
import type { Owners } from '../host/socket-owners.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import { CLOSE_WAIT, ESTABLISHED, LISTEN } from '../tracker/tcp-state.ts'
import type { Finding, HoldingProcess, KernelCount } from './finding.ts'
import { isSameHost, KERNEL_WITNESSES, type WitnessSockets, witnessEnds } from './kernel-witness.ts'

/** A finding is looked into again when it has become this many times as much. */
const GROWTH = 2
/** Findings looked into at once, and processes named of each: more are a crowd of workers with one listener. */
const MOST_FINDINGS = 64
const MOST_PROCESSES = 16
const MOST_LISTENERS = 10_000

/** What is asked of the socket tables for a finding. */
interface Question {
  readonly finding: string
  readonly sockets: WitnessSockets
  readonly end: HostEnd
  readonly other: HostEnd | null
  /** Inodes of the sockets found; of a listener's or, where nobody has accepted them yet, by port. */
  readonly inodes: Set<number>
  readonly waiting: Map<number, number>
}

/**
 * What this machine says of the findings that are about its own ends: the processes that hold the sockets, looked for when
 * a finding is new or has grown much, since they may be gone in the end; and the counters of its kernel.
 */
export class LocalWitness {
  readonly #host: LocalHost
  /** How much each finding was when it was last looked into; and what was found then, if anything. */
  readonly #looked = new Map<string, number>()
  readonly #processes = new Map<string, readonly HoldingProcess[]>()

  constructor(host: LocalHost) {
    this.#host = host
  }

  /** Asks this machine about the findings. At most one at a time. */
  async look(findings: readonly Finding[]): Promise<void> {
    this.#host.refreshAddresses()
    this.#host.readCounters()
    const questions = this.#questions(findings)
    if (questions.length === 0) return
    const listeners: Listener[] = []
    const wasRead = await this.#host.readSockets((socket) => {
      if (socket.state === LISTEN && listeners.length < MOST_LISTENERS) listeners.push(listenerOf(socket))
      for (const question of questions) if (isAskedFor(socket, question)) note(socket, question)
    })
    if (!wasRead) return
    const inodes = new Set(questions.flatMap((question) => wanted(question, listeners)))
    const owners = await this.#host.owners(inodes)
    const found = new Map<string, HoldingProcess[]>()
    for (const question of questions) {
      const processes = processesOf(question, listeners, owners)
      // Both ends may be this machine's.
      if (processes.length > 0) {
        found.set(question.finding, [...(found.get(question.finding) ?? []), ...processes])
      }
    }
    for (const [finding, processes] of found) this.#processes.set(finding, processes)
  }

  /** The findings, each with what was found out. */
  witnessed(findings: readonly Finding[]): Finding[] {
    return findings.map((finding) => {
      const processes = this.#processes.get(finding.id)
      const kernel = this.#counts(finding)
      return {
        ...finding,
        ...(processes !== undefined && { processes }),
        ...(kernel.length > 0 && { kernel }),
      }
    })
  }

  #questions(findings: readonly Finding[]): Question[] {
    const questions: Question[] = []
    for (const finding of findings) {
      const { id, count } = finding
      const witnesses = KERNEL_WITNESSES[finding.rule]
      if (witnesses === undefined || finding.definition !== undefined) continue
      if (count < GROWTH * (this.#looked.get(id) ?? 0)) continue
      if (questions.length >= MOST_FINDINGS) break
      this.#looked.set(id, count)
      for (const witness of witnesses) {
        if (witness.sockets === undefined) continue
        for (const { end, other } of witnessEnds(finding, witness)) {
          if (!this.#host.addresses.has(end)) continue
          const found = { inodes: new Set<number>(), waiting: new Map<number, number>() }
          questions.push({ finding: id, sockets: witness.sockets, end, other, ...found })
        }
      }
    }
    return questions
  }

  #counts(finding: Finding): KernelCount[] {
    const witnesses = finding.definition === undefined ? (KERNEL_WITNESSES[finding.rule] ?? []) : []
    const counts = new Map<string, KernelCount>()
    for (const witness of witnesses) {
      if (!witnessEnds(finding, witness).some(({ end }) => this.#host.addresses.has(end))) continue
      const add = (counter: CounterName, least: number): void => {
        const count = this.#host.grown(counter)
        if (count !== undefined && count >= least) counts.set(counter.name, { ...counter, count })
      }
      for (const counter of witness.counters ?? []) add(counter, 0)
      for (const counter of witness.also ?? []) add(counter, 1)
    }
    return [...counts.values()]
  }
}

interface Listener {
  readonly inode: number
  readonly end: HostEnd
  readonly isVersion6: boolean
}

function listenerOf({ inode, local, isVersion6 }: KernelSocket): Listener {
  return { inode, end: { ...local }, isVersion6 }
}

function isAskedFor(socket: KernelSocket, { sockets, end, other }: Question): boolean {
  const { state, local, remote } = socket
  if (sockets === 'listener') {
    return state === LISTEN && listensAt({ inode: 0, end: local, isVersion6: socket.isVersion6 }, end)
  }
  if (state === LISTEN || !isSameHost(local, end)) return false
  if (sockets === 'towards-peer') {
    return other !== null && isSameHost(remote, other) && (other.port === 0 || other.port === remote.port)
  }
  if (end.port !== 0 && end.port !== local.port) return false
  if (sockets !== 'connection') return state === sockets
  return other !== null && isSameHost(remote, other) && other.port === remote.port
}

/** A listener of all addresses listens at this one; one of IPv6 at those of IPv4 too, unless it was told not to. */
function listensAt({ end: own, isVersion6 }: Listener, end: HostEnd): boolean {
  if (own.port !== end.port) return false
  const isAny = own.address.every((word) => word === 0)
  return isAny ? isVersion6 || end.ipVersion === 4 : isSameHost(own, end)
}

function note({ inode, local, state }: KernelSocket, { inodes, waiting }: Question): void {
  if (inode !== 0) inodes.add(inode)
  // An open socket that no process has, since none has accepted it: its listener's may.
  else if (state === ESTABLISHED || state === CLOSE_WAIT) {
    waiting.set(local.port, (waiting.get(local.port) ?? 0) + 1)
  }
}

/** The listeners that the sockets nobody has accepted wait at; if no socket is left, who listens at that end. */
function listenersOf({ inodes, waiting, end }: Question, listeners: readonly Listener[]): Listener[] {
  if (inodes.size === 0 && waiting.size === 0) return listeners.filter((one) => listensAt(one, end))
  return [...waiting.keys()].flatMap((port) => listeners.filter((one) => listensAt(one, { ...end, port })))
}

function wanted(question: Question, listeners: readonly Listener[]): number[] {
  return [...question.inodes, ...listenersOf(question, listeners).map(({ inode }) => inode)]
}

/** The processes with most of the sockets first. */
function processesOf(
  question: Question,
  listeners: readonly Listener[],
  { byInode }: Owners,
): HoldingProcess[] {
  const processes = new Map<string, HoldingProcess>()
  const add = (inode: number, role: HoldingProcess['role'], sockets: number): void => {
    for (const { pid, name } of byInode.get(inode) ?? []) {
      const key = `${role} ${pid}`
      processes.set(key, { pid, name, role, sockets: (processes.get(key)?.sockets ?? 0) + sockets })
    }
  }
  for (const inode of question.inodes) add(inode, question.sockets === 'listener' ? 'listens' : 'holds', 1)
  for (const { inode, end } of listenersOf(question, listeners)) {
    const waiting = question.waiting.get(end.port)
    if (waiting === undefined) add(inode, 'listens', 1)
    else add(inode, 'has-not-accepted', waiting)
  }
  const inOrder = [...processes.values()].sort((a, b) => b.sockets - a.sockets || a.pid - b.pid)
  return inOrder.slice(0, MOST_PROCESSES)
}
