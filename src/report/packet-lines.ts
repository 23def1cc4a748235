import { formatAddress } from '../decode/address.ts'
import { CHECKSUM_BAD, CHECKSUM_OK, CHECKSUM_PARTIAL } from '../decode/checksum.ts'
import { DEFECT_NONE, DEFECTS } from '../decode/defect.ts'
import type { PacketFacts, TcpFacts } from '../decode/packet-facts.ts'
import { KIND_FRAGMENT, KIND_ICMP_ERROR, KIND_TCP } from '../decode/segment.ts'
import { ACK, URG } from '../decode/tcp-flags.ts'
import {
  OPTION_ACCURATE_ECN,
  OPTION_AUTHENTICATION,
  OPTION_EXPERIMENT,
  OPTION_FAST_OPEN,
  OPTION_MD5,
  OPTION_MPTCP,
  OPTION_MSS,
  OPTION_SACK,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_UNKNOWN,
  OPTION_USER_TIMEOUT,
  OPTION_WINDOW_SCALE,
  type TcpOptions,
} from '../decode/tcp-options.ts'
import { countOf, countText } from './number-text.ts'
import type { PacketView } from './packet-input.ts'
import { protocolText } from './packet-protocol.ts'
import { flagsText } from './segment-text.ts'
import { surroundingsParts } from './surroundings-text.ts'
import { Timestamp } from './timestamp.ts'

/** The packet itself in words: a label and what stands beside it, as parts between which a line may break. */
export function packetLines(view: PacketView): (readonly [label: string, parts: readonly string[]])[] {
  const { facts, capture, connection } = view
  const since =
    connection === null ? [] : [`${secondsText(facts.time - connection.start)} s of its connection`]
  const lines: [string, readonly string[]][] = [
    ['time', [new Timestamp(capture.epoch).utc(facts.time, 6), ...since]],
  ]
  const surroundings = surroundingsParts(facts)
  if (facts.ipVersion !== 0) lines.push(['from, to', [addressesText(view), ...surroundings]])
  const { tcp } = facts
  if (tcp !== null) {
    const isQuoted = facts.kind === KIND_ICMP_ERROR
    lines.push([isQuoted ? 'quotes' : 'TCP', tcpParts(view, tcp)])
    const options = optionParts(view, tcp.options)
    if (options.length > 0) lines.push(['options', options])
  }
  if (facts.ipVersion !== 0)
    lines.push([`${facts.kind === KIND_ICMP_ERROR ? 'quoted ' : ''}IPv${facts.ipVersion}`, ipParts(facts)])
  lines.push(['frame', frameParts(facts)])
  if (tcp !== null && facts.kind === KIND_TCP && tcp.captured > WITH_WINDOW)
    lines.push(['checksum', [checksumText(tcp)]])
  if (facts.defect !== DEFECT_NONE) lines.push(['defect', defectParts(facts)])
  return lines
}

function secondsText(nanoseconds: number): string {
  return `+${(nanoseconds / 1e9).toFixed(6)}`.replace('+-', '-')
}

function addressesText({ facts, from, snapshot }: PacketView): string {
  const { ipVersion, source, destination, tcp, udp, icmp, kind } = facts
  const isQuoted = kind === KIND_ICMP_ERROR && icmp !== null
  const ports = tcp ?? udp
  const one = endText(ipVersion, source, ports?.sourcePort)
  const other = endText(ipVersion, destination, ports?.destinationPort)
  const roles =
    from === null || snapshot === null
      ? ''
      : `, ${from} to ${from === 'client' ? 'server' : 'client'} of connection ${snapshot.id}`
  if (!isQuoted) return `${one} → ${other}${roles}`
  return `${formatAddress(icmp.version, ...icmp.source)} → ${formatAddress(ipVersion, ...source)}, about ${one} → ${other}${roles}`
}

function endText(version: number, address: PacketFacts['source'], port: number | undefined): string {
  const text = formatAddress(version, ...address)
  if (port === undefined) return text
  return version === 6 ? `[${text}]:${port}` : `${text}:${port}`
}

/** Bytes of header up to the sequence number’s end, and up to the window’s. */
const WITH_NUMBER = 8
const WITH_WINDOW = 16

function tcpParts(view: PacketView, tcp: TcpFacts): string[] {
  const { flags, seq, ack, payloadLength, captured, urgentPointer } = tcp
  const { sender, receiver, facts } = view
  const number = (value: number, end: typeof sender): string => {
    const relative = view.relative(value, end)
    return relative === null ? String(value >>> 0) : `${countText(relative)} (${value >>> 0})`
  }
  if (captured < WITH_NUMBER) return ['nothing but its ports, if these']
  if (captured < WITH_WINDOW) {
    const there = facts.kind === KIND_ICMP_ERROR ? 'quoted' : 'captured'
    return [`seq ${number(seq, sender)}`, `no more of its header was ${there}`]
  }
  const parts = [flagsText(flags), `seq ${number(seq, sender)}`]
  if (payloadLength > 0) parts.push(`${countOf(payloadLength, 'byte')} of payload`)
  if ((flags & ACK) !== 0) parts.push(`ack ${number(ack, receiver)}`)
  parts.push(windowText(view, tcp))
  if ((flags & URG) !== 0) parts.push(`urgent pointer ${urgentPointer}`)
  return parts
}

/** `window 502 << 7 = 64,256`; a SYN’s is never scaled, and an RST’s means nothing. */
function windowText(view: PacketView, tcp: TcpFacts): string {
  const { window } = tcp
  const bytes = view.windowBytes(tcp)
  if (bytes === null) return `window field ${window}`
  if (bytes === window) return `window ${countText(window)}`
  return `window ${window} << ${Math.log2(bytes / window)} = ${countText(bytes)}`
}

const PLAIN_OPTIONS: readonly (readonly [number, string])[] = [
  [OPTION_MD5, 'MD5 signature'],
  [OPTION_AUTHENTICATION, 'authentication (TCP-AO)'],
  [OPTION_MPTCP, 'MPTCP'],
  [OPTION_USER_TIMEOUT, 'user timeout'],
  [OPTION_ACCURATE_ECN, 'accurate ECN'],
  [OPTION_EXPERIMENT, 'an experiment'],
  [OPTION_UNKNOWN, 'an unknown one'],
]

function optionParts(view: PacketView, options: TcpOptions): string[] {
  const { present, mss, windowScale, tsVal, tsEcr, sackCount, sackEdges, fastOpenCookieLength } = options
  const has = (option: number) => (present & option) !== 0
  const parts: string[] = []
  if (has(OPTION_MSS)) parts.push(`MSS ${mss}`)
  if (has(OPTION_WINDOW_SCALE)) parts.push(`window scale ${windowScale}`)
  if (has(OPTION_SACK_PERMITTED)) parts.push('SACK permitted')
  if (has(OPTION_TIMESTAMPS)) parts.push(`timestamp ${tsVal >>> 0} echo ${tsEcr >>> 0}`)
  if (has(OPTION_SACK)) {
    const edge = (at: number) => {
      const value = sackEdges[at] ?? 0
      return countText(view.relative(value, view.receiver) ?? value >>> 0)
    }
    for (let block = 0; block < sackCount; block++) {
      parts.push(`SACK ${edge(2 * block)} to ${edge(2 * block + 1)}`)
    }
  }
  if (has(OPTION_FAST_OPEN)) {
    parts.push(
      fastOpenCookieLength === 0
        ? 'Fast Open, asks for a cookie'
        : `Fast Open cookie of ${fastOpenCookieLength} bytes`,
    )
  }
  for (const [option, text] of PLAIN_OPTIONS) if (has(option)) parts.push(text)
  return parts
}

const ECN_NAMES = ['', 'ECN ECT(1)', 'ECN ECT(0)', 'ECN CE: congestion'] as const

function ipParts(facts: PacketFacts): string[] {
  const { ipVersion, ttl, ipId, dontFragment, ipLength, trafficClass, moreFragments, fragmentOffset, kind } =
    facts
  const parts = [
    `${ipVersion === 6 ? 'hop limit' : 'TTL'} ${ttl}`,
    ...(ipId < 0 ? [] : [`ID 0x${ipId.toString(16).padStart(4, '0')} (${ipId})`]),
    ...(ipVersion === 4 && dontFragment ? ['DF'] : []),
    countOf(ipLength, 'byte'),
  ]
  const ecn = ECN_NAMES[trafficClass & 3] ?? ''
  if (trafficClass >> 2 !== 0) parts.push(`DSCP ${trafficClass >> 2}`)
  if (ecn !== '') parts.push(ecn)
  if (kind === KIND_FRAGMENT) {
    parts.push(`fragment from byte ${countText(fragmentOffset)}`, moreFragments ? 'more follow' : 'the last')
  }
  if (kind !== KIND_TCP && kind !== KIND_ICMP_ERROR) parts.push(protocolText(facts))
  return parts
}

function frameParts({ originalLength, capturedLength, tags, isReassembled }: PacketFacts): string[] {
  const parts = isReassembled
    ? [`the last fragment of a packet of ${countOf(originalLength, 'byte')}`]
    : [countOf(originalLength, 'byte')]
  if (capturedLength < originalLength) parts.push(`${countText(capturedLength)} of them captured`)
  if (tags.length > 0) parts.push(`${tags.length === 1 ? 'VLAN' : 'VLANs'} ${tags.join(' in ')}`)
  return parts
}

function checksumText({ checksum, checksumVerdict }: TcpFacts): string {
  const value = `0x${checksum.toString(16).padStart(4, '0')}`
  if (checksumVerdict === CHECKSUM_OK) return `${value}, right`
  if (checksumVerdict === CHECKSUM_BAD) return `${value}, wrong`
  if (checksumVerdict === CHECKSUM_PARTIAL) return `${value}, unfinished: left to the network card`
  return `${value}, not verified: the segment was not captured whole`
}

function defectParts({ defect, bytesNeeded, bytesPresent }: PacketFacts): string[] {
  const { sentence = '', rfc = '', droppedBy } = DEFECTS[defect] ?? {}
  return [
    sentence,
    `${countText(bytesNeeded)} needed, ${countText(bytesPresent)} there`,
    ...(rfc === '' ? [] : [rfc]),
    ...(droppedBy === undefined ? [] : [`Linux drops it in ${droppedBy}`]),
  ]
}
