import type { Finding } from '../audit/finding.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import { findingText } from '../report/finding-text.ts'
import { packetName } from '../report/packet-name.ts'
import { printable } from '../report/text-layout.ts'

/** What is said in a file of evidence: of the file, and at its packets. */
export interface EvidenceWords {
  readonly file: string
  /** Of the whole finding, for the first packet of evidence. */
  readonly title: string
  /** By ordinal of the packet. */
  readonly notes: ReadonlyMap<number, readonly string[]>
}

/** `from` says which capture the packet numbers are of. */
export function evidenceWords(finding: Finding, from: string, origins?: PacketOrigins): EvidenceWords {
  const text = findingText(finding)
  const notes = new Map<number, string[]>()
  for (const { evidence, note } of text.evidence) {
    const said = notes.get(evidence.packet) ?? []
    const name = packetName(evidence.packet, origins)
    said.push(printable(note === '' ? name : `${name} ${note}`))
    notes.set(evidence.packet, said)
  }
  const lines = [
    `${finding.severity}: ${text.title}`,
    text.detail,
    ...text.advice.map((advice) => `next: ${advice}`),
    `rule: ${finding.rule}, confidence: ${finding.confidence}`,
    `packet numbers in comments (#12) are those of ${from}`,
  ]
  return {
    file: lines.map(printable).join('\n'),
    title: printable(`${finding.severity}: ${text.title}`),
    notes,
  }
}
