import { STATE_NAMES } from '../tracker/tcp-state.ts'
import { endpointStates } from './endpoint-states.ts'
import { MetricsError } from './metrics-error.ts'
import type { MetricsInterface, MetricsReading } from './metrics-reading.ts'
import type { Counter, Gauge, PromClient, Registry } from './prom-client.ts'

/** A name that the compiler does not look for. */
const PACKAGE: string = 'prom-client'

/** The package is optional: without it everything else works. */
export async function loadPromClient(): Promise<PromClient> {
  try {
    const loaded = (await import(PACKAGE)) as { readonly default: PromClient }
    return loaded.default
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new MetricsError(
      '--metrics needs the package prom-client, which is not installed: npm install prom-client',
    )
  }
}

export interface MetricsFacts {
  readonly version: string
  /** Name of the interface. */
  readonly name: string
}

/**
 * What Prometheus is told. Numbers are looked up when it asks, none is kept for it while packets pass. Labels are names of
 * states, rules and severities, of which there are few: no address, no port, no connection.
 */
export class LiveMetrics {
  readonly #registry: Registry
  readonly #client: PromClient
  #reading: MetricsReading | undefined
  #interface: MetricsInterface | undefined

  constructor(client: PromClient, { version, name }: MetricsFacts) {
    this.#client = client
    this.#registry = new client.Registry()
    this.#gauge('tcpaudit_build_info', 'What is running, and the interface it listens to.', [
      'version',
      'interface',
    ])
      .labels(version, name)
      .set(1)
    this.#defineConnections()
    this.#defineFindings()
    this.#definePackets()
    this.#defineProcess()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** From now on there is something to tell. */
  show(reading: MetricsReading, about: MetricsInterface): void {
    this.#reading = reading
    this.#interface = about
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #defineConnections(): void {
    const states = this.#gauge(
      'tcpaudit_endpoints',
      'Ends of the connections held, by their state.',
      ['state'],
      async () => {
        const held = this.#reading?.held
        const counts = held === undefined ? undefined : await endpointStates(held)
        for (const [index, state] of STATE_NAMES.entries()) states.labels(state).set(counts?.[index] ?? 0)
      },
    )
    const tracked = this.#gauge('tcpaudit_connections', 'Connections held.', [], () => {
      tracked.set(this.#reading?.tracked ?? 0)
    })
    this.#count('tcpaudit_connections_opened_total', 'Connections that have begun.', ({ opened }) => opened)
    this.#count(
      'tcpaudit_connections_evicted_total',
      'Connections forgotten before their time, to make room for others.',
      ({ evicted }) => evicted,
    )
  }

  #defineFindings(): void {
    const labels = ['rule', 'severity']
    const findings = this.#gauge(
      'tcpaudit_findings',
      'Findings so far, as they are judged now.',
      labels,
      () => {
        findings.reset()
        for (const { rule, severity } of this.#reading?.findings() ?? [])
          findings.labels(rule, severity).inc()
      },
    )
  }

  #definePackets(): void {
    this.#count('tcpaudit_packets_total', 'Packets taken in.', ({ packets }) => packets)
    this.#count('tcpaudit_bytes_total', 'Bytes of these on the wire.', ({ bytes }) => bytes)
    const drops = this.#counter(
      'tcpaudit_packets_dropped_total',
      'Packets lost before we got them.',
      ['by'],
      () => {
        drops.reset()
        const { droppedByKernel, droppedByInterface } = this.#interface?.listening ?? {}
        if (droppedByKernel !== undefined) drops.labels('kernel').inc(droppedByKernel)
        if (droppedByInterface !== undefined) drops.labels('interface').inc(droppedByInterface)
      },
    )
    const lag = this.#gauge('tcpaudit_lag_seconds', 'How far the audit is behind what passes.', [], () => {
      const { epoch, elapsed, listening } = this.#interface ?? {}
      if (epoch === undefined || elapsed === undefined) return
      const until = Number(epoch / 1_000_000n) + (elapsed + (listening?.clockStepped ?? 0)) / 1e6
      lag.set(Math.max(0, Date.now() - until) / 1000)
    })
  }

  /** Under the names that programs of all kinds use. */
  #defineProcess(): void {
    const resident = this.#gauge(
      'process_resident_memory_bytes',
      'Resident memory size in bytes.',
      [],
      () => {
        resident.set(process.memoryUsage.rss())
      },
    )
    const heap = this.#gauge(
      'nodejs_heap_size_used_bytes',
      'Process heap size used from Node.js in bytes.',
      [],
      () => {
        heap.set(process.memoryUsage().heapUsed)
      },
    )
    const cpu = this.#counter(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      [],
      () => {
        const { user, system } = process.cpuUsage()
        cpu.reset()
        cpu.inc((user + system) / 1e6)
      },
    )
    this.#gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.').set(
      performance.timeOrigin / 1000,
    )
  }

  #gauge(name: string, help: string, labelNames: string[] = [], collect?: () => void | Promise<void>): Gauge {
    const registers = [this.#registry]
    return new this.#client.Gauge({
      name,
      help,
      labelNames,
      registers,
      ...(collect !== undefined && { collect }),
    })
  }

  #counter(name: string, help: string, labelNames: string[], collect: () => void): Counter {
    return new this.#client.Counter({ name, help, labelNames, registers: [this.#registry], collect })
  }

  #count(name: string, help: string, value: (reading: MetricsReading) => number): void {
    const counter = this.#counter(name, help, [], () => {
      counter.reset()
      if (this.#reading !== undefined) counter.inc(value(this.#reading))
    })
  }
}
