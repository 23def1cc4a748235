import { EvidenceFolder } from '../evidence/evidence-folder.ts'
import { LiveEvidence } from '../evidence/live-evidence.ts'
import { PacketRing } from '../evidence/packet-ring.ts'
import type { LiveInput } from '../live/live-input.ts'
import type { LiveSource } from '../live/live-source.ts'
import { TappedInput } from '../live/tapped-input.ts'
import { LiveMetrics, loadPromClient } from '../metrics/live-metrics.ts'
import type { MetricsAddress } from '../metrics/metrics-address.ts'
import { MetricsServer } from '../metrics/metrics-server.ts'
import { countOf } from '../report/number-text.ts'
import type { Report } from '../report/report.ts'
import { printable } from '../report/text-layout.ts'
import type { FinishedConnection } from '../tracker/connection-summary.ts'
import type { RunProgress } from './audit-capture.ts'
import type { ReportSink } from './commands/report-sinks.ts'
import type { Stdio } from './stdio.ts'
import { toolVersion } from './version.ts'

export interface RecordArguments {
  readonly name: string
  readonly vlan: boolean
  readonly quiet: boolean
  /** Folder for the packets of findings. */
  readonly evidence?: string | undefined
  /** Folder for all packets, and its size in MiB. */
  readonly ring?: string | undefined
  readonly ringSize: number
  readonly metrics?: MetricsAddress | undefined
}

const APPLICATION = 'tcpaudit'
const MIB = 1024 * 1024

/**
 * What `live` keeps and tells beside its report: a ring of all packets, the packets of findings, metrics. What goes wrong
 * with one of them while it runs is said once, and the audit goes on.
 */
export class LiveRecords implements ReportSink {
  readonly #given: RecordArguments
  readonly #stdio: Stdio
  readonly #ring: PacketRing | undefined
  readonly #evidence: LiveEvidence | undefined
  readonly #metrics: LiveMetrics | undefined
  readonly #server: MetricsServer | undefined
  #source: LiveSource | undefined
  #isRingTold = false
  /** What there is to say while a screen has the terminal. */
  #heldBack: string[] | undefined

  private constructor(given: RecordArguments, stdio: Stdio, metrics?: LiveMetrics, server?: MetricsServer) {
    const { ring, ringSize, evidence, vlan, name } = given
    this.#given = given
    this.#stdio = stdio
    this.#metrics = metrics
    this.#server = server
    if (ring !== undefined) this.#ring = new PacketRing(ring, ringSize * MIB)
    if (evidence === undefined) return
    this.#evidence = new LiveEvidence(new EvidenceFolder(evidence, APPLICATION, []), {
      application: `${APPLICATION} ${toolVersion()}`,
      from: name,
      separateVlans: vlan,
      tell: (problem) => this.#say(problem),
    })
  }

  /** Throws EvidenceError and MetricsError for what cannot be, before anything is listened to. */
  static async open(given: RecordArguments, stdio: Stdio): Promise<LiveRecords> {
    if (given.metrics === undefined) return new LiveRecords(given, stdio)
    const metrics = new LiveMetrics(await loadPromClient(), { version: toolVersion(), name: given.name })
    const server = await MetricsServer.listen(given.metrics, metrics)
    try {
      const records = new LiveRecords(given, stdio, metrics, server)
      if (!given.quiet) records.#say(`metrics are at ${server.url}`)
      return records
    } catch (error) {
      await server.close()
      throw error
    }
  }

  /** The input, its packets kept on their way where that was asked for. */
  tapped(input: LiveInput): LiveInput {
    const ring = this.#ring
    const evidence = this.#evidence
    if (ring === undefined && evidence === undefined) return input
    return new TappedInput(input, {
      begin: (header) => {
        ring?.begin(header)
        evidence?.begin(header)
      },
      take: (records) => {
        ring?.write(records)
        evidence?.take(records)
      },
    })
  }

  /** What metrics say of the interface. */
  listenTo(source: LiveSource): void {
    this.#source = source
  }

  /** A screen has the terminal: what goes wrong is said when that is given back. */
  holdBack(): void {
    this.#heldBack = []
  }

  connection({ id }: FinishedConnection): void {
    this.#evidence?.leave(id)
  }

  async taken(reading: RunProgress): Promise<void> {
    if (this.#source !== undefined) this.#metrics?.show(reading, this.#source)
    if (reading.packets > 0) this.#evidence?.look(() => reading.findings())
    this.#lookAtRing()
  }

  async end({ findings }: Report): Promise<void> {
    this.#lookAtRing()
    const { evidence, quiet } = this.#given
    if (this.#evidence === undefined || evidence === undefined) return
    const files = this.#evidence.close(findings)
    if (!quiet) this.#say(`the packets of ${countOf(files, 'finding')} are in ${evidence}`)
  }

  /** The ring is closed; metrics are told until `stop`. */
  close(): void {
    this.#ring?.close()
  }

  async stop(): Promise<void> {
    this.close()
    const held = this.#heldBack ?? []
    this.#heldBack = undefined
    for (const text of held) this.#say(text)
    await this.#server?.close()
  }

  #lookAtRing(): void {
    const problem = this.#ring?.problem
    if (problem === undefined || this.#isRingTold) return
    this.#isRingTold = true
    this.#say(problem)
  }

  #say(text: string): void {
    if (this.#heldBack !== undefined) this.#heldBack.push(text)
    else this.#stdio.stderr.write(`tcpaudit: ${printable(text)}\n`)
  }
}
