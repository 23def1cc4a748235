import { statSync } from 'node:fs'
import type { Finding } from '../audit/finding.ts'
import type { CaptureSource } from '../capture/capture-source.ts'
import { ConnectionExtents } from '../evidence/connection-extents.ts'
import { EvidenceError } from '../evidence/evidence-error.ts'
import { EvidenceFolder } from '../evidence/evidence-folder.ts'
import { MOST_FILES, type SavedEvidence, saveEvidence } from '../evidence/save-evidence.ts'
import { countOf } from '../report/number-text.ts'
import { printable } from '../report/text-layout.ts'
import type { FinishedConnection } from '../tracker/connection-summary.ts'
import { EXIT_USAGE } from './exit-codes.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

export interface EvidenceArguments {
  readonly captures: readonly string[]
  readonly evidence?: string | undefined
  readonly vlan: boolean
  readonly quiet: boolean
}

const APPLICATION = 'tcpaudit'

/** `--evidence DIR` of `file`: notes where connections end while they are audited, and writes the files afterwards. */
export class FileEvidence {
  readonly #given: EvidenceArguments
  readonly #folder: EvidenceFolder
  readonly #extents = new ConnectionExtents()

  /** Made before the first packet is read, so that what cannot be is said at once. */
  constructor(folder: string, given: EvidenceArguments) {
    this.#given = given
    for (const capture of given.captures) requireRereadable(capture)
    this.#folder = new EvidenceFolder(folder, APPLICATION, given.captures)
  }

  add(connection: FinishedConnection): void {
    this.#extents.add(connection)
  }

  /** After the report, which is not lost by what goes wrong here. Returns the exit codes that apply. */
  async save(
    findings: readonly Finding[],
    open: () => Promise<CaptureSource>,
    { stderr }: Stdio,
  ): Promise<number[]> {
    const { captures, vlan, quiet } = this.#given
    const input = {
      findings,
      extents: this.#extents,
      from: captures.join(', '),
      application: `${APPLICATION} ${toolVersion()}`,
      open,
    }
    try {
      const saved = await saveEvidence(this.#folder, input, { separateVlans: vlan })
      for (const problem of saved.problems) stderr.write(`tcpaudit: ${printable(problem)}\n`)
      if (!quiet) stderr.write(`tcpaudit: ${printable(savedText(saved, this.#folder.path))}\n`)
      return saved.problems.length === 0 ? [] : [EXIT_USAGE]
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error
      stderr.write(`tcpaudit: ${printable(error.message)}\n`)
      return [EXIT_USAGE]
    }
  }
}

function requireRereadable(capture: string): void {
  if (capture === '-') {
    throw new UsageError(
      `--evidence reads the capture again to copy packets, and standard input can be read once: save it to a file first`,
    )
  }
  const stat = statSync(capture, { throwIfNoEntry: false })
  // What is missing, or a folder, is said when it is opened.
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return
  throw new UsageError(
    `--evidence reads the capture again to copy packets, and ${capture} can be read once: save it to a file first`,
  )
}

function savedText({ files, withoutPackets, leftOut }: SavedEvidence, folder: string): string {
  const rest = [
    ...(withoutPackets === 0 ? [] : [`${countOf(withoutPackets, 'finding')} without packets of its own`]),
    ...(leftOut === 0 ? [] : [`${countOf(leftOut, 'finding')} beyond the ${MOST_FILES} gravest left out`]),
  ]
  return [`the packets of ${countOf(files, 'finding')} are in ${folder}`, ...rest].join('; ')
}
