import { formatAddress } from '../decode/address.ts'
import { CHECKSUM_BAD, CHECKSUM_OK, CHECKSUM_PARTIAL } from '../decode/checksum.ts'
import { DEFECT_NONE, DEFECTS } from '../decode/defect.ts'
import type { PacketFacts, TcpFacts } from '../decode/packet-facts.ts'
import { KIND_ICMP_ERROR } from '../decode/segment.ts'
import { ACK, formatFlags } from '../decode/tcp-flags.ts'
import {
  OPTION_MSS,
  OPTION_SACK,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
} from '../decode/tcp-options.ts'
import type { EndSnapshot } from '../tracker/connection-snapshot.ts'
import type { PassedSegment } from '../tracker/passed-segments.ts'
import { CAUSE_NAMES, CAUSE_NONE, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { ICMP_EFFECT_NAMES, RESET_EFFECT_NAMES } from '../tracker/tracker-events.ts'
import { addressText } from './endpoint-text.ts'
import { findingText } from './finding-text.ts'
import { consideredAlternatives } from './packet-alternatives.ts'
import { packetAnswer } from './packet-answer.ts'
import { type PacketInput, PacketView } from './packet-input.ts'
import { packetFields } from './packet-name.ts'
import { moreCommands, wiresharkFilter } from './packet-next.ts'
import {
  type EndMomentDocument,
  PACKET_KINDS,
  PACKET_SCHEMA,
  type PacketEndDocument,
  type PacketReportDocument,
  type PacketTcpDocument,
  type PacketTransitionDocument,
  type RelatedPacketDocument,
} from './packet-report-document.ts'
import { stepNumbers, stepText } from './question-text.ts'
import { outerAddresses } from './surroundings-text.ts'
import { printableJson } from './text-layout.ts'
import { Timestamp } from './timestamp.ts'

/** The document of `--packet N --json`. */
export function jsonPacket(input: PacketInput): string {
  return `${printableJson(JSON.stringify(packetDocument(input), null, 2))}\n`
}

const SYN_NAMES = ['repeats', 'simultaneous', 'opens', 'pending'] as const

export function packetDocument(input: PacketInput): PacketReportDocument {
  const view = new PacketView(input)
  const { facts, capture, traced, connection, from, snapshot } = view
  const { origins } = capture
  const timestamp = new Timestamp(capture.epoch)
  const writer = new MomentWriter(view, timestamp)
  return {
    schema: PACKET_SCHEMA,
    ...packetFields('packet', 'source', facts.packet, origins),
    time: timestamp.rfc3339(facts.time),
    kind: PACKET_KINDS[facts.kind] ?? 'non-ip',
    answer: packetAnswer(view),
    frame: frameDocument(facts),
    ...(facts.ipVersion !== 0 && { ip: ipDocument(facts) }),
    ...(facts.tcp !== null && { tcp: tcpDocument(view, facts.tcp) }),
    ...(facts.udp !== null && { udp: { ...facts.udp } }),
    ...icmpPart(facts),
    ...(facts.defect !== DEFECT_NONE && { defect: defectDocument(facts) }),
    ...(snapshot !== null && { connection: snapshot.id }),
    ...(connection !== null && { stream: origins === undefined ? connection.stream : null }),
    ...(from !== null && { from }),
    ...(traced !== null &&
      traced.icmp === null && { takenFor: SEGMENT_CLASS_NAMES[traced.segmentClass] ?? 'new' }),
    ...causePart(view),
    related: relatedDocuments(view),
    alternatives: consideredAlternatives(traced?.steps ?? []).map(({ name, stage, holds, steps }) => ({
      stage,
      alternative: name,
      holds,
      questions: steps.map((step) => ({
        question: step.question,
        answer: step.answer,
        text: stepText(step),
        numbers: stepNumbers(step),
      })),
    })),
    ...verdictPart(view),
    ...(view.opened !== null && { opened: view.opened }),
    ...(from !== null && { client: writer.end('client'), server: writer.end('server') }),
    transitions: writer.transitions(traced?.transitions ?? []),
    retracted: writer.transitions(traced?.retractions ?? []),
    laterRetracted: writer.laterRetracted(),
    findings: view.findings.map((finding) => {
      const { title, evidence } = findingText(finding)
      const notes = evidence.filter((item) => item.evidence.packet === facts.packet).map(({ note }) => note)
      return {
        id: finding.id,
        rule: finding.rule,
        severity: finding.severity,
        title,
        notes: [...new Set(notes)],
      }
    }),
    next: moreCommands(view),
    wiresharkFilter: wiresharkFilter(view),
  }
}

function frameDocument(facts: PacketFacts): PacketReportDocument['frame'] {
  return {
    originalLength: facts.originalLength,
    capturedLength: facts.capturedLength,
    ...(facts.tags.length > 0 && { vlans: [...facts.tags] }),
    ...(facts.tunnels.length > 0 && {
      tunnels: facts.tunnels.map((tunnel) => ({
        kind: tunnel.kind,
        ...(tunnel.id !== null && { id: tunnel.id }),
        outer: outerAddresses(tunnel),
      })),
    }),
    ...(facts.isReassembled && { reassembled: true as const }),
  }
}

function ipDocument(facts: PacketFacts): NonNullable<PacketReportDocument['ip']> {
  const { ipVersion, source, destination, fragmentOffset, moreFragments } = facts
  return {
    version: ipVersion === 6 ? 6 : 4,
    source: formatAddress(ipVersion, ...source),
    destination: formatAddress(ipVersion, ...destination),
    protocol: facts.protocol,
    ttl: facts.ttl,
    ...(facts.ipId >= 0 && { id: facts.ipId }),
    ...(ipVersion === 4 && { dontFragment: facts.dontFragment }),
    trafficClass: facts.trafficClass,
    length: facts.ipLength,
    ...((fragmentOffset > 0 || moreFragments) && {
      fragment: { offset: fragmentOffset, more: moreFragments },
    }),
  }
}

function tcpDocument(view: PacketView, tcp: TcpFacts): PacketTcpDocument {
  const { options, flags } = tcp
  const has = (option: number) => (options.present & option) !== 0
  const seq = view.relative(tcp.seq, view.sender)
  const isWhole = tcp.captured >= 16
  const isAck = isWhole && (flags & ACK) !== 0
  const ack = isAck ? view.relative(tcp.ack, view.receiver) : null
  const window = view.facts.kind === KIND_ICMP_ERROR ? null : view.windowBytes(tcp)
  return {
    sourcePort: tcp.sourcePort,
    destinationPort: tcp.destinationPort,
    ...(isWhole && { flags: formatFlags(flags) }),
    ...(tcp.captured >= 8 && { seq: tcp.seq >>> 0 }),
    ...(seq !== null && { relativeSeq: seq }),
    ...(isAck && { ack: tcp.ack >>> 0 }),
    ...(ack !== null && { relativeAck: ack }),
    ...(isWhole && { windowField: tcp.window }),
    ...(window !== null && { window }),
    payloadLength: tcp.payloadLength,
    headerLength: tcp.headerLength,
    checksum: checksumName(tcp),
    ...(has(OPTION_MSS) && { mss: options.mss }),
    ...(has(OPTION_WINDOW_SCALE) && { windowScale: options.windowScale }),
    ...(has(OPTION_SACK_PERMITTED) && { sackPermitted: true as const }),
    ...(has(OPTION_SACK) && { sack: sackBlocks(options.sackEdges, options.sackCount) }),
    ...(has(OPTION_TIMESTAMPS) && {
      timestamp: { value: options.tsVal >>> 0, echo: options.tsEcr >>> 0 },
    }),
  }
}

function checksumName({ checksumVerdict }: TcpFacts): PacketTcpDocument['checksum'] {
  if (checksumVerdict === CHECKSUM_OK) return 'right'
  if (checksumVerdict === CHECKSUM_BAD) return 'wrong'
  return checksumVerdict === CHECKSUM_PARTIAL ? 'unfinished' : 'not-verified'
}

function sackBlocks(edges: Int32Array, count: number): [number, number][] {
  return Array.from({ length: count }, (_, block) => [
    (edges[2 * block] ?? 0) >>> 0,
    (edges[2 * block + 1] ?? 0) >>> 0,
  ])
}

function icmpPart({ icmp }: PacketFacts): Pick<PacketReportDocument, 'icmp'> {
  if (icmp === null) return {}
  const { version, type, code, mtu, source } = icmp
  return {
    icmp: {
      version: version === 6 ? 6 : 4,
      type,
      code,
      ...(mtu > 0 && { mtu }),
      from: formatAddress(version, ...source),
    },
  }
}

function defectDocument({
  defect,
  bytesNeeded,
  bytesPresent,
}: PacketFacts): NonNullable<PacketReportDocument['defect']> {
  const { name = '', sentence = '', droppedBy } = DEFECTS[defect] ?? {}
  return { name, sentence, bytesNeeded, bytesPresent, ...(droppedBy !== undefined && { droppedBy }) }
}

function causePart({
  traced,
  capture,
}: PacketView): Pick<PacketReportDocument, 'cause' | 'causePacket' | 'causeSource'> {
  if (traced === null || traced.cause === CAUSE_NONE) return {}
  const cause = CAUSE_NAMES[traced.cause] ?? 'none'
  if (traced.causePacket === null) return { cause }
  return { cause, ...packetFields('causePacket', 'causeSource', traced.causePacket, capture.origins) }
}

function relatedDocuments(view: PacketView): RelatedPacketDocument[] {
  const { relations, traced, capture } = view
  if (traced === null) return []
  const related = (relation: RelatedPacketDocument['relation'], segment: PassedSegment | null) =>
    segment === null
      ? []
      : [
          {
            relation,
            ...packetFields('packet', 'source', segment.packet, capture.origins),
            secondsBefore: (traced.time - segment.time) / 1e9,
          },
        ]
  return [
    ...related('repeats', relations.original),
    ...(relations.copies > 1 ? related('last-copy', relations.lastCopy) : []),
    ...related('copy-of', relations.copyOf),
    ...related('acknowledges', relations.acknowledges),
    ...(relations.original === null ? [] : related('acknowledged-by', relations.acknowledgedBy)),
    ...relations.duplicates.flatMap((segment) => related('duplicate-ack', segment)),
    ...(relations.original === null ? related('overtaken-by', relations.overtakenBy) : []),
  ]
}

function verdictPart({
  traced,
}: PacketView): Pick<PacketReportDocument, 'syn' | 'refused' | 'reset' | 'icmpEffect' | 'toClosed'> {
  if (traced === null) return {}
  const syn = traced.syn === null ? undefined : SYN_NAMES[traced.syn]
  const refused = traced.refused === null ? undefined : CAUSE_NAMES[traced.refused]
  const reset = traced.reset === null ? undefined : RESET_EFFECT_NAMES[traced.reset]
  const icmpEffect = traced.icmp === null ? undefined : ICMP_EFFECT_NAMES[traced.icmp]
  return {
    ...(syn !== undefined && { syn }),
    ...(refused !== undefined && { refused }),
    ...(reset !== undefined && { reset }),
    ...(icmpEffect !== undefined && { icmpEffect }),
    ...(traced.toClosed && { toClosed: true as const }),
  }
}

interface DatedState {
  readonly ofSender: boolean
  readonly state: number
  readonly basis: number
  readonly time: number
  readonly packet: number | null
}

class MomentWriter {
  readonly #view: PacketView
  readonly #timestamp: Timestamp

  constructor(view: PacketView, timestamp: Timestamp) {
    this.#view = view
    this.#timestamp = timestamp
  }

  end(role: 'client' | 'server'): PacketEndDocument {
    const { before, after } = this.#view.endOf(role)
    const end = after ?? before
    return {
      address: end === null ? '' : addressText(end),
      port: end?.port ?? 0,
      before: before === null ? null : this.#moment(before),
      after: after === null ? null : this.#moment(after),
    }
  }

  transitions(list: readonly DatedState[]): PacketTransitionDocument[] {
    const { from } = this.#view
    if (from === null) return []
    const other = from === 'client' ? 'server' : 'client'
    return list.map((step) => this.#transition(step.ofSender ? from : other, step))
  }

  laterRetracted(): PacketReportDocument['laterRetracted'] {
    const { connection, facts, capture } = this.#view
    if (connection === null) return []
    return (['client', 'server'] as const).flatMap((role) =>
      connection[role].retracted
        .filter(({ packet }) => packet === facts.packet)
        .map((step) => ({
          ...this.#transition(role, step),
          ...packetFields('disprovedBy', 'disprovedBySource', step.disprovedBy, capture.origins),
        })),
    )
  }

  #transition(
    end: 'client' | 'server',
    { state, basis, time, packet }: Omit<DatedState, 'ofSender'>,
  ): PacketTransitionDocument {
    return {
      end,
      state: stateName(state),
      basis: basisName(basis),
      time: this.#timestamp.rfc3339(time),
      ...packetFields('packet', 'source', packet, this.#view.capture.origins),
    }
  }

  #moment(end: EndSnapshot): EndMomentDocument {
    const { entered, rtt, doubts, window } = end
    const number = (value: number | null) => (value === null ? undefined : value >>> 0)
    const numbers = {
      sndUna: number(end.sndUna),
      sndNxt: number(end.sndNxt),
      rcvNxt: number(end.rcvNxt),
      acknowledged: number(end.acknowledged),
    }
    const known = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined))
    return {
      state: stateName(end.state),
      ...(entered !== null && {
        stateBasis: basisName(entered.basis),
        stateSince: this.#timestamp.rfc3339(entered.time),
        ...packetFields('statePacket', 'stateSource', entered.packet, this.#view.capture.origins),
      }),
      ...known,
      ...(window !== null && { window }),
      ...(rtt !== null && { rttSeconds: { samples: rtt.samples, min: rtt.min / 1e9, mean: rtt.mean / 1e9 } }),
      ...(doubts.length > 0 && { doubts: [...doubts] }),
    }
  }
}
