import type { Finding } from '../audit/finding.ts'
import type { FieldSpec } from '../audit/message-data.ts'
import { RULES } from '../audit/rules/index.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import { endText, findingText } from './finding-text.ts'
import { packetFields } from './packet-name.ts'
import type { FindingDocument } from './report-document.ts'
import type { Timestamp } from './timestamp.ts'

const RULES_BY_ID = new Map(RULES.map((rule) => [rule.id, rule]))

/** A finding as `--json` has it. */
export function findingDocument(
  finding: Finding,
  timestamp: Timestamp,
  origins?: PacketOrigins,
): FindingDocument {
  const rule = finding.definition ?? RULES_BY_ID.get(finding.rule)
  const text = findingText(finding)
  return {
    id: finding.id,
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    title: text.title,
    detail: text.detail,
    message: finding.message,
    data: dataDocument(finding.data, rule?.messages[finding.message] ?? {}, timestamp),
    connections: [...finding.connections],
    ...(finding.host !== null && { host: endText(finding.host) }),
    ...(finding.processes !== undefined && { processes: finding.processes.map((one) => ({ ...one })) }),
    ...(finding.kernel !== undefined && { kernelCounters: finding.kernel.map((one) => ({ ...one })) }),
    ...(finding.blame !== null && { blame: finding.blame }),
    ...(finding.explainedBy !== null && { explainedBy: finding.explainedBy }),
    firstSeen: timestamp.rfc3339(finding.firstSeen),
    lastSeen: timestamp.rfc3339(finding.lastSeen),
    count: finding.count,
    evidence: text.evidence.map(({ evidence, note }) => ({
      ...packetFields('packet', 'source', evidence.packet, origins),
      time: timestamp.rfc3339(evidence.time),
      ...(evidence.connection !== null && { connection: evidence.connection }),
      ...(evidence.from !== null && { from: evidence.from }),
      note,
    })),
    advice: [...text.advice],
    tunables: (rule?.tunables ?? []).map(({ name, default: value }) => `${name} = ${value}`),
    references: [...(rule?.references ?? [])],
    wiresharkFilter: text.filter,
  }
}

/** Data by the rules of the document: durations in seconds under a name that says so, times as RFC 3339. */
function dataDocument(
  data: Finding['data'],
  specs: Readonly<Record<string, FieldSpec>>,
  timestamp: Timestamp,
): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = data[name]
    if (value === null || value === undefined) continue
    const kind = typeof spec === 'string' ? spec.replace('?', '') : 'word'
    switch (kind) {
      case 'duration':
        document[`${name}Seconds`] = (value as number) / 1e9
        break
      case 'durations':
        document[`${name}Seconds`] = (value as number[]).map((time) => time / 1e9)
        break
      case 'time':
        document[name] = timestamp.rfc3339(value as number)
        break
      case 'sequence':
        document[name] = (value as number) >>> 0
        break
      case 'end':
      case 'host':
        document[name] = endText(value as HostEnd)
        break
      default:
        document[name] = value
    }
  }
  return document
}
