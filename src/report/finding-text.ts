import type { Evidence, Finding } from '../audit/finding.ts'
import type { AnyWording, Told } from '../audit/rule-words.ts'
import { LINUX } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import { addressText, endpointText } from './endpoint-text.ts'
import { processText } from './process-text.ts'
import { WORDINGS } from './wording/index.ts'

/** A finding in words. */
export interface FindingText {
  readonly title: string
  readonly detail: string
  readonly advice: readonly string[]
  /** In order of packet. */
  readonly evidence: readonly { readonly evidence: Evidence; readonly note: string }[]
  /** Display filter of Wireshark; empty where none would find it. */
  readonly filter: string
}

export function findingText(finding: Finding): FindingText {
  const { definition } = finding
  if (definition === undefined) return wordedBy(WORDINGS[finding.rule], finding)
  try {
    return asText(wordedBy(definition.wording as unknown as AnyWording, finding))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      ...WORDLESS,
      title: `${finding.rule}: ${finding.message}`,
      detail: `${WORDLESS.detail}: ${why}.`,
    }
  }
}

/** What is said where the words of somebody's rule fail. */
const WORDLESS: FindingText = {
  title: '',
  detail: 'The wording of this rule failed',
  advice: [],
  evidence: [],
  filter: '',
}

/** Words of somebody's rule: text, whatever they give. */
function asText({ title, detail, advice, evidence, filter }: FindingText): FindingText {
  return {
    title: String(title),
    detail: String(detail),
    advice: advice.map(String),
    evidence: evidence.map((item) => ({ ...item, note: String(item.note) })),
    filter,
  }
}

function wordedBy(wording: AnyWording | undefined, finding: Finding): FindingText {
  const message = wording?.messages[finding.message]
  if (wording === undefined || message === undefined) {
    throw new Error(`no words for ${finding.rule} ${finding.message}`)
  }
  const told = toldOf(finding)
  const data = finding.data as never
  const evidence = [...finding.evidence].sort((a, b) => a.packet - b.packet)
  return {
    title: message.title(data, told),
    detail: message.detail(data, told),
    advice: message.advice?.(data, told) ?? [],
    evidence: evidence.map((item) => ({
      evidence: item,
      note: wording.notes[item.note]?.(item.data as never) ?? '',
    })),
    filter: filterOf(finding),
  }
}

const ALL_LINUX = { client: LINUX, server: LINUX, host: LINUX }

function toldOf(finding: Finding): Told {
  const text = (end: HostEnd | null) => (end === null ? '' : endText(end))
  return {
    count: finding.count,
    connection: `${text(finding.client)} → ${text(finding.server)}`,
    client: text(finding.client),
    server: text(finding.server),
    host: text(finding.host),
    peer: text(finding.peer ?? null),
    holder: holderOf(finding),
    profiles: finding.profiles ?? ALL_LINUX,
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
  }
}

function holderOf({ processes = [] }: Finding): string {
  const holder = processes.find(({ role }) => role === 'holds')
  return holder === undefined ? '' : processText(holder)
}

/** An address, with its port if it has one. */
export function endText(end: HostEnd): string {
  return end.port === 0 ? addressText(end) : endpointText(end)
}

/** Its streams, if these are all there are; else the end it is about, or the packets. */
function filterOf({ streams, count, host, peer, server, evidence, connections }: Finding): string {
  if (streams.length === 1 && count === 1) return `tcp.stream == ${streams[0]}`
  if (streams.length > 0 && streams.length === connections.length) {
    return `tcp.stream in {${[...streams].sort((a, b) => a - b).join(', ')}}`
  }
  const end = host ?? server
  if (end !== null) {
    const address = `${end.ipVersion === 6 ? 'ipv6' : 'ip'}.addr == ${addressText(end)}`
    if (peer != null) return `${address} && ${address.split(' ')[0]} == ${addressText(peer)}`
    return end.port === 0 ? address : `${address} && tcp.port == ${end.port}`
  }
  return evidence.length === 0 ? '' : `frame.number in {${evidence.map(({ packet }) => packet).join(', ')}}`
}
