import { setTimeout as delay } from 'node:timers/promises'
import type { Finding } from '../audit/finding.ts'
import { LocalWitness } from '../audit/local-witness.ts'
import type { CaptureSource } from '../capture/capture-source.ts'
import type { LocalHost } from '../host/local-host.ts'
import { StateVerifier, type TrackedStates } from '../host/state-agreement.ts'
import type { LocalHostFacts } from '../report/report.ts'
import type { RunProgress } from './audit-capture.ts'

/** Milliseconds between two questions about findings, between two comparisons of states, and until the first of these. */
const LOOK_INTERVAL = 1000
const COMPARE_INTERVAL = 5000
const FIRST_COMPARISON = 1000

/** A moment that somebody waits for: when everything that passed before it has been taken in. */
interface Appointment {
  readonly time: number
  readonly keep: () => void
}

/**
 * Asks this machine about what a run finds on one of its interfaces, beside the run, which goes on meanwhile: who holds the
 * sockets of a finding, what the kernel has counted, and with `verify` whether it has the states that are tracked.
 */
export class HostWatch {
  readonly #host: LocalHost
  readonly #witness: LocalWitness
  readonly #source: CaptureSource
  readonly #verifies: boolean
  readonly #over = new AbortController()
  /** Who waits for a moment, earliest first or not: there are one or two. */
  #appointments: Appointment[] = []
  #verifier: StateVerifier | undefined
  #comparing: Promise<void> | undefined
  #looking: Promise<void> | undefined
  #nextLook = 0
  /** What went wrong beside the run, to be told when that is over. */
  #fault: unknown
  readonly #fail = (error: unknown): void => {
    this.#fault ??= error
  }

  constructor(host: LocalHost, source: CaptureSource, verifies: boolean) {
    this.#host = host
    this.#witness = new LocalWitness(host)
    this.#source = source
    this.#verifies = verifies
  }

  /** Whenever packets have been taken in. `onNews` is called when the findings so far have been asked about. */
  taken(reading: RunProgress, onNews: () => void): void {
    const due = this.#appointments.filter(({ time }) => time <= reading.now)
    this.#appointments = this.#appointments.filter(({ time }) => time > reading.now)
    for (const { keep } of due) keep()
    if (reading.packets === 0) return
    if (this.#verifies) this.#comparing ??= this.#compare(reading).catch(this.#fail)
    if (this.#looking !== undefined || performance.now() < this.#nextLook) return
    this.#nextLook = performance.now() + LOOK_INTERVAL
    this.#looking = this.#look(reading, onNews).catch(this.#fail)
  }

  /** The findings, each with what this machine has said of it so far. */
  witnessed(findings: readonly Finding[]): Finding[] {
    return this.#witness.witnessed(findings)
  }

  /** Once the run is over: asks about its findings for the last time, and tells what was found out. */
  async end(findings: readonly Finding[]): Promise<{ findings: Finding[]; localHost: LocalHostFacts }> {
    this.#over.abort()
    await this.#looking
    await this.#comparing
    if (this.#fault !== undefined) throw this.#fault
    await this.#witness.look(findings)
    this.#host.lookAtSysctls()
    const { addresses, sysctls, absent } = this.#host
    return {
      findings: this.witnessed(findings),
      localHost: {
        addresses: addresses.texts,
        sysctls,
        counters: this.#host.allGrown(),
        absent,
        ...(this.#verifier !== undefined && { agreement: this.#verifier.agreement }),
      },
    }
  }

  async #look(reading: RunProgress, onNews: () => void): Promise<void> {
    await this.#witness.look(reading.findings())
    this.#looking = undefined
    if (!this.#over.signal.aborted) onNews()
  }

  /** Compares every few seconds until the run is over; what is in progress then comes to nothing. */
  async #compare(reading: RunProgress): Promise<void> {
    const { signal } = this.#over
    const tracked: TrackedStates = {
      now: () => this.#now(),
      settled: (time) => this.#settled(time),
      held: reading.held,
    }
    const verifier = new StateVerifier(this.#host, tracked)
    this.#verifier = verifier
    try {
      await delay(FIRST_COMPARISON, undefined, { signal })
      for (;;) {
        await verifier.compare()
        await delay(COMPARE_INTERVAL, undefined, { signal })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** Nanoseconds since the first packet, by the clock that stamps packets, as it would be had nobody set it. */
  #now(): number {
    const { epoch, listening } = this.#source
    return Number(BigInt(Date.now()) * 1_000_000n - epoch) - (listening?.clockStepped ?? 0)
  }

  #settled(time: number): Promise<void> {
    const { signal } = this.#over
    return new Promise((resolve, reject) => {
      const give = (): void => reject(signal.reason)
      if (signal.aborted) return give()
      signal.addEventListener('abort', give, { once: true })
      const keep = (): void => {
        signal.removeEventListener('abort', give)
        resolve()
      }
      this.#appointments.push({ time, keep })
    })
  }
}
