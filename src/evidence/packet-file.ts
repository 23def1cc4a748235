import type { CaptureInterface, FrameOrigin } from '../capture/capture-interface.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import type { EvidenceFile } from './evidence-file.ts'
import type { EvidenceWords } from './evidence-words.ts'
import { enhancedPacket, interfaceDescription, sectionHeader } from './pcapng-blocks.ts'

/** The packets of a finding, as they were captured, with our words at them. */
export class PacketFile {
  readonly file: EvidenceFile
  packets = 0
  readonly #words: EvidenceWords
  readonly #interfaces = new Map<CaptureInterface, number>()
  #isTitled = false

  constructor(file: EvidenceFile, words: EvidenceWords, application: string) {
    this.file = file
    this.#words = words
    file.add(sectionHeader(application, words.file))
  }

  add({ view, start, end, originalLength, packet }: PacketRecord, origin: FrameOrigin): void {
    this.file.add(
      enhancedPacket({
        interface: this.#interfaceOf(origin.interface),
        ticks: origin.ticks,
        bytes: new Uint8Array(view.buffer, view.byteOffset + start, end - start),
        originalLength,
        comments: this.#comments(packet),
      }),
    )
    this.packets++
  }

  /** Whether something is said at this packet. */
  isEvidence(packet: number): boolean {
    return this.#words.notes.has(packet)
  }

  #interfaceOf(described: CaptureInterface): number {
    const known = this.#interfaces.get(described)
    if (known !== undefined) return known
    const index = this.#interfaces.size
    this.#interfaces.set(described, index)
    this.file.add(interfaceDescription(described))
    return index
  }

  /** The title stands at the first packet of evidence; without evidence at the first packet. */
  #comments(packet: number): string[] {
    const { notes, title } = this.#words
    const own = notes.get(packet) ?? []
    if (this.#isTitled || (own.length === 0 && notes.size > 0)) return [...own]
    this.#isTitled = true
    return [title, ...own]
  }
}
