import type { Finding } from '../audit/finding.ts'
import { type CaptureSource, READ_NEEDS_DATA, READ_PACKET } from '../capture/capture-source.ts'
import { PacketRecord } from '../capture/packet-record.ts'
import { reasonOf } from '../capture/system-error.ts'
import type { DecoderOptions } from '../decode/packet-decoder.ts'
import { choosePackets } from './choose-packets.ts'
import type { ConnectionExtents } from './connection-extents.ts'
import { EvidenceError } from './evidence-error.ts'
import type { EvidenceFolder } from './evidence-folder.ts'
import { EvidencePlan } from './evidence-plan.ts'
import { evidenceWords } from './evidence-words.ts'
import { PacketFile } from './packet-file.ts'

/** Most packets of a file, and bytes beyond which only evidence is added. */
export const MOST_PACKETS = 1000
export const MOST_BYTES = 8 * 1024 * 1024
/** Most findings that get a file, the gravest. */
export const MOST_FILES = 500
/** Bytes of all files that wait in memory to be written. */
const MOST_PENDING = 16 * 1024 * 1024

export interface EvidenceInput {
  readonly findings: readonly Finding[]
  readonly extents: ConnectionExtents
  /** What the packet numbers are of, as people call it. */
  readonly from: string
  readonly application: string
  /** Opens the same capture once more, from its beginning. */
  open(): Promise<CaptureSource>
}

/** What became of it. */
export interface SavedEvidence {
  readonly files: number
  /** Findings that are about no packet in particular, and those beyond MOST_FILES. */
  readonly withoutPackets: number
  readonly leftOut: number
  /** For people: what could not be written, and why. */
  readonly problems: readonly string[]
}

/** Writes a file for each finding: reads the capture once to choose packets, and once to copy them. */
export async function saveEvidence(
  folder: EvidenceFolder,
  input: EvidenceInput,
  options: DecoderOptions,
): Promise<SavedEvidence> {
  const { findings, extents } = input
  const provable = findings.filter(({ connections, evidence }) => connections.length + evidence.length > 0)
  const saved = provable.slice(0, MOST_FILES)
  const known = extents.of(new Set(saved.flatMap(connectionsOf)))
  const packetsOf = (connection: number) => known.get(connection)?.packets ?? 0
  const plans = saved.map((finding) => new EvidencePlan(finding, packetsOf, MOST_PACKETS))
  await reading(input, (source) => choosePackets(source, plans, known, options))
  const copy = new EvidenceCopy(folder, plans, input)
  await reading(input, (source) => copy.read(source))
  return {
    files: copy.files,
    withoutPackets: findings.length - provable.length,
    leftOut: provable.length - saved.length,
    problems: copy.problems,
  }
}

async function reading(
  { open }: EvidenceInput,
  read: (source: CaptureSource) => Promise<void>,
): Promise<void> {
  const source = await open()
  try {
    await read(source)
  } finally {
    await source.close()
  }
}

/** Copies what was chosen, all files at the same time. */
class EvidenceCopy {
  readonly problems: string[] = []
  readonly #folder: EvidenceFolder
  readonly #plans: readonly EvidencePlan[]
  readonly #input: EvidenceInput
  /** By plan; null where there can be none. */
  readonly #files: (PacketFile | null | undefined)[]
  #pending = 0

  constructor(folder: EvidenceFolder, plans: readonly EvidencePlan[], input: EvidenceInput) {
    this.#folder = folder
    this.#plans = plans
    this.#input = input
    this.#files = new Array(plans.length)
  }

  get files(): number {
    return this.#files.filter((file) => file != null).length
  }

  async read(source: CaptureSource): Promise<void> {
    const chosen = inOrder(this.#plans)
    const record = new PacketRecord()
    let at = 0
    while (at < chosen.length) {
      const status = source.next(record)
      if (status === READ_NEEDS_DATA) await source.fill()
      else if (status !== READ_PACKET) {
        this.problems.push(`${this.#input.from} changed while it was read: evidence is missing: run it again`)
        break
      } else {
        for (; Math.floor((chosen[at] as number) / MOST_FILES) === record.packet; at++) {
          this.#copy((chosen[at] as number) % MOST_FILES, record, source)
        }
      }
      if (this.#pending > MOST_PENDING) this.#flush()
    }
    this.#flush()
  }

  #copy(index: number, record: PacketRecord, source: CaptureSource): void {
    const plan = this.#plans[index] as EvidencePlan
    if (this.#files[index] === undefined) this.#files[index] = this.#begin(plan, source)
    const file = this.#files[index]
    if (file == null || source.frameOrigin === undefined) return
    const length = record.end - record.start
    if (file.file.length + length > MOST_BYTES && !plan.evidence.has(record.packet)) return
    file.add(record, source.frameOrigin(record))
    this.#pending += length
  }

  #begin({ finding }: EvidencePlan, source: CaptureSource): PacketFile | null {
    const { application, from } = this.#input
    try {
      const file = this.#folder.file(finding.id)
      return new PacketFile(file, evidenceWords(finding, from, source.origins), application)
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error
      this.problems.push(error.message)
      return null
    }
  }

  #flush(): void {
    this.#pending = 0
    for (const file of this.#files) {
      try {
        file?.file.flush()
      } catch (error) {
        throw new EvidenceError(
          `cannot write ${file?.file.path} (${reasonOf(error)}): the evidence in ${this.#folder.path} is not whole: run it again where there is room`,
        )
      }
    }
  }
}

/** What is to be copied, in the order of the capture: a packet’s ordinal times MOST_FILES, and the index of a plan. */
function inOrder(plans: readonly EvidencePlan[]): Float64Array {
  const all = plans.flatMap((plan, index) => plan.packets().map((packet) => packet * MOST_FILES + index))
  return Float64Array.from(all).sort()
}

/** Every connection that a finding names, as its own or as that of a packet. */
export function connectionsOf({ connections, evidence }: Finding): number[] {
  const proven = evidence.flatMap(({ connection }) => (connection === null ? [] : [connection]))
  return [...new Set([...connections, ...proven])]
}
