import { ACK } from '../../src/decode/tcp-flags.ts'

/**
 * Builds frames for tests: link layer, VLAN tags, IPv4 or IPv6, TCP with correct lengths and checksums. Written
 * without the decoders, so that a mistake there cannot hide here. Every field has a default:
 *
 *     buildFrame({ source: '10.0.0.1', destination: '10.0.0.2', tcp: { flags: SYN, options: tcpOption.mss(1460) } })
 */
export type LinkName =
  | 'ethernet'
  | 'linux-sll'
  | 'linux-sll2'
  | 'null'
  | 'null-big-endian'
  | 'loop'
  | 'raw'
  | 'ipv4'
  | 'ipv6'
  | 'ethernet-pppoe'
  | 'ethernet-mpls'
  | 'ppp'
  | 'ppp-unframed'
  | 'ppp-compressed'
  | 'ppp-mpls'
  | 'ppp-hdlc'
  | 'ppp-hdlc-cisco'
  | 'ppp-ether'
  | 'c-hdlc'
  | 'nflog'
  | 'nflog-big-endian'

/** LINKTYPE number to write into the capture for each link name. */
export const LINK_TYPE_OF: Readonly<Record<LinkName, number>> = {
  ethernet: 1,
  'linux-sll': 113,
  'linux-sll2': 276,
  null: 0,
  'null-big-endian': 0,
  loop: 108,
  raw: 101,
  ipv4: 228,
  ipv6: 229,
  'ethernet-pppoe': 1,
  'ethernet-mpls': 1,
  ppp: 9,
  'ppp-unframed': 9,
  'ppp-compressed': 9,
  'ppp-mpls': 9,
  'ppp-hdlc': 50,
  'ppp-hdlc-cisco': 50,
  'ppp-ether': 51,
  'c-hdlc': 104,
  nflog: 239,
  'nflog-big-endian': 239,
}

export interface TcpFields {
  sourcePort?: number
  destinationPort?: number
  /** Any number; the low 32 bits are written. */
  seq?: number
  ack?: number
  /** Control bits of tcp-flags.ts, AE included. */
  flags?: number
  window?: number
  urgentPointer?: number
  /** Raw option bytes; padded with zeros (End of Option List) to a whole number of words. */
  options?: Uint8Array
  payload?: Uint8Array | string
  /** Instead of `payload`: that many bytes of a fixed pattern. */
  payloadLength?: number
  /** Data offset in words instead of the correct one. */
  dataOffset?: number
  /** Instead of the correct checksum. */
  checksum?: number
}

export interface FrameFields {
  link?: LinkName
  /** VLAN IDs from the outermost inwards, or whole tags. The first of several gets 0x88a8, the last 0x8100. */
  vlans?: readonly (number | { tpid: number; tci: number })[]
  sourceMac?: string
  destinationMac?: string
  /** Needed only without addresses; else told from them. */
  ip?: 4 | 6
  /** Address text; 10.0.0.1 and 10.0.0.2, or 2001:db8::1 and 2001:db8::2, by default. */
  source?: string
  destination?: string
  ttl?: number
  /** IPv4 identification. */
  ipId?: number
  dontFragment?: boolean
  moreFragments?: boolean
  /** In bytes, a multiple of 8. On IPv6 any value, 0 included, inserts a fragment header. */
  fragmentOffset?: number
  /** IPv4 options, padded to words. */
  ipOptions?: Uint8Array
  /** Total length (IPv4) or payload length (IPv6) instead of the correct one; 0 imitates segmentation offload. */
  ipLength?: number
  /** IPv6 extension headers before TCP, in order; `body` starts after the next header byte. */
  extensions?: readonly { protocol: number; body: Uint8Array }[]
  /** TCP fields; or `protocol` and `ipPayload` for something else. */
  tcp?: TcpFields
  protocol?: number
  ipPayload?: Uint8Array
  /** Zeros after the IP packet, as a card pads short Ethernet frames. */
  padding?: number
}

/** Option bytes to be joined: `concatBytes(tcpOption.mss(1460), tcpOption.sackPermitted())`. */
export const tcpOption = {
  end: (): Uint8Array => Uint8Array.of(0),
  noOperation: (): Uint8Array => Uint8Array.of(1),
  mss: (mss: number): Uint8Array => Uint8Array.of(2, 4, mss >>> 8, mss),
  windowScale: (shift: number): Uint8Array => Uint8Array.of(3, 3, shift),
  sackPermitted: (): Uint8Array => Uint8Array.of(4, 2),
  /** `sack([left, right], ...)`. */
  sack: (...blocks: readonly (readonly [number, number])[]): Uint8Array =>
    concatBytes([5, 2 + 8 * blocks.length], ...blocks.flatMap(([left, right]) => [word(left), word(right)])),
  timestamps: (tsVal: number, tsEcr: number): Uint8Array => concatBytes([8, 10], word(tsVal), word(tsEcr)),
  md5: (): Uint8Array => concatBytes([19, 18], new Uint8Array(16)),
  userTimeout: (minutes: number): Uint8Array => Uint8Array.of(28, 4, 0x80 | (minutes >>> 8), minutes),
  authentication: (keyId: number, nextKeyId: number): Uint8Array =>
    concatBytes([29, 16, keyId, nextKeyId], new Uint8Array(12)),
  fastOpen: (cookie: Uint8Array): Uint8Array => concatBytes([34, 2 + cookie.length], cookie),
  /** Any kind with this body; the length byte is computed. */
  any: (kind: number, body: Uint8Array | readonly number[] = []): Uint8Array =>
    concatBytes([kind, 2 + body.length], body),
}

export function concatBytes(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Bytes of `'45 00 | 00 3c'`: everything but hex digits is skipped, and so are lines that begin with `|`: captions. */
export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/^\s*\|.*$/gm, '').replace(/[^0-9a-fA-F]/g, ''), 'hex'))
}

export function buildFrame(fields: FrameFields): Uint8Array {
  const version = fields.ip ?? (`${fields.source ?? ''}${fields.destination ?? ''}`.includes(':') ? 6 : 4)
  const source = addressBytes(fields.source ?? (version === 4 ? '10.0.0.1' : '2001:db8::1'))
  const destination = addressBytes(fields.destination ?? (version === 4 ? '10.0.0.2' : '2001:db8::2'))
  const protocol = fields.protocol ?? 6
  const payload = fields.ipPayload ?? buildTcp(fields.tcp ?? {}, source, destination)
  const packet =
    version === 4
      ? buildIpv4(fields, source, destination, protocol, payload)
      : buildIpv6(fields, source, destination, protocol, payload)
  const etherType = version === 4 ? 0x0800 : 0x86dd
  return concatBytes(
    linkHeader(fields, version, packet.length, etherType),
    packet,
    new Uint8Array(fields.padding ?? 0),
  )
}

/** A TCP segment alone, checksum included. */
function buildTcp(tcp: TcpFields, source: Uint8Array, destination: Uint8Array): Uint8Array {
  const options = padTo(tcp.options ?? new Uint8Array(0), 4)
  const payload = payloadBytes(tcp)
  const flags = tcp.flags ?? ACK
  const dataOffset = tcp.dataOffset ?? 5 + options.length / 4
  const segment = concatBytes(
    half(tcp.sourcePort ?? 40000),
    half(tcp.destinationPort ?? 80),
    word(tcp.seq ?? 0),
    word(tcp.ack ?? 0),
    half(((dataOffset & 15) << 12) | (flags & 0x1ff)),
    half(tcp.window ?? 65535),
    [0, 0],
    half(tcp.urgentPointer ?? 0),
    options,
    payload,
  )
  const pseudoHeader = concatBytes(source, destination, word(segment.length), word(6))
  segment.set(half(tcp.checksum ?? internetChecksum(concatBytes(pseudoHeader, segment))), 16)
  return segment
}

/** RFC 1071, over bytes; odd lengths are padded with zero. */
function internetChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (const [index, byte] of bytes.entries()) sum += index % 2 === 0 ? byte * 256 : byte
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

function payloadBytes(tcp: TcpFields): Uint8Array {
  if (typeof tcp.payload === 'string') return new TextEncoder().encode(tcp.payload)
  if (tcp.payload !== undefined) return tcp.payload
  return Uint8Array.from({ length: tcp.payloadLength ?? 0 }, (_, index) => 97 + (index % 26))
}

function buildIpv4(
  fields: FrameFields,
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const options = padTo(fields.ipOptions ?? new Uint8Array(0), 4)
  const headerLength = 20 + options.length
  const fragment =
    ((fields.dontFragment ?? true) ? 0x4000 : 0) |
    (fields.moreFragments === true ? 0x2000 : 0) |
    ((fields.fragmentOffset ?? 0) >> 3)
  const header = concatBytes(
    [0x40 | (headerLength / 4), 0],
    half(fields.ipLength ?? headerLength + payload.length),
    half(fields.ipId ?? 0),
    half(fragment),
    [fields.ttl ?? 64, protocol, 0, 0],
    source,
    destination,
    options,
  )
  header.set(half(internetChecksum(header)), 10)
  return concatBytes(header, payload)
}

function buildIpv6(
  fields: FrameFields,
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const extensions = [...(fields.extensions ?? [])]
  if (fields.fragmentOffset !== undefined || fields.moreFragments !== undefined) {
    const offsetAndMore = (fields.fragmentOffset ?? 0) | (fields.moreFragments === true ? 1 : 0)
    const body = concatBytes([0], half(offsetAndMore), word(fields.ipId ?? 1))
    extensions.push({ protocol: 44, body })
  }
  let next = protocol
  let chain = payload
  for (const extension of extensions.reverse()) {
    chain = concatBytes([next], extension.body, chain)
    next = extension.protocol
  }
  return concatBytes(
    [0x60, 0, 0, 0],
    half(fields.ipLength ?? chain.length),
    [next, fields.ttl ?? 64],
    source,
    destination,
    chain,
  )
}

/** The tags and the EtherType behind them, without the EtherType that announces the first tag. */
function vlanTags(fields: FrameFields, etherType: number): { protocol: number; bytes: Uint8Array } {
  const vlans = fields.vlans ?? []
  let protocol = etherType
  let bytes: Uint8Array = new Uint8Array(0)
  for (let index = vlans.length - 1; index >= 0; index--) {
    const vlan = vlans[index]
    if (vlan === undefined) continue
    const tci = typeof vlan === 'number' ? vlan : vlan.tci
    bytes = concatBytes(half(tci), half(protocol), bytes)
    protocol = typeof vlan === 'number' ? (index === vlans.length - 1 ? 0x8100 : 0x88a8) : vlan.tpid
  }
  return { protocol, bytes }
}

function linkHeader(
  fields: FrameFields,
  version: 4 | 6,
  packetLength: number,
  etherType: number,
): Uint8Array {
  const sourceMac = macBytes(fields.sourceMac ?? '02:00:00:00:00:01')
  const macs = concatBytes(macBytes(fields.destinationMac ?? '02:00:00:00:00:02'), sourceMac)
  const family = version === 4 ? 2 : 30
  const ppp = half(version === 4 ? 0x0021 : 0x0057)
  const pppoe = concatBytes([0x11, 0], half(0x0042), half(2 + packetLength), ppp)
  const labels = concatBytes(word((16 << 12) | 64), word((0xfffff << 12) | 0x1ff))
  switch (fields.link ?? 'ethernet') {
    case 'ethernet': {
      const tags = vlanTags(fields, etherType)
      return concatBytes(macs, half(tags.protocol), tags.bytes)
    }
    case 'linux-sll': {
      const tags = vlanTags(fields, etherType)
      return concatBytes(half(0), half(1), half(6), sourceMac, [0, 0], half(tags.protocol), tags.bytes)
    }
    case 'linux-sll2': {
      const tags = vlanTags(fields, etherType)
      return concatBytes(half(tags.protocol), [0, 0], word(1), half(1), [0, 6], sourceMac, [0, 0], tags.bytes)
    }
    case 'null':
      return Uint8Array.of(family, 0, 0, 0)
    case 'null-big-endian':
    case 'loop':
      return Uint8Array.of(0, 0, 0, family)
    case 'raw':
    case 'ipv4':
    case 'ipv6':
      return new Uint8Array(0)
    case 'ethernet-pppoe': {
      const tags = vlanTags(fields, 0x8864)
      return concatBytes(macs, half(tags.protocol), tags.bytes, pppoe)
    }
    case 'ethernet-mpls': {
      const tags = vlanTags(fields, 0x8847)
      return concatBytes(macs, half(tags.protocol), tags.bytes, labels)
    }
    case 'ppp':
    case 'ppp-hdlc':
      return concatBytes([0xff, 0x03], ppp)
    case 'ppp-unframed':
      return ppp
    case 'ppp-compressed':
      return ppp.slice(1)
    case 'ppp-mpls':
      return concatBytes([0xff, 0x03], half(0x0281), labels)
    case 'ppp-ether':
      return pppoe
    case 'ppp-hdlc-cisco':
      return concatBytes([0x8f, 0], half(etherType))
    case 'c-hdlc':
      return concatBytes([0x0f, 0], half(etherType))
    case 'nflog':
    case 'nflog-big-endian':
      return nflogHeader(version, packetLength, fields.link === 'nflog')
  }
}

/** A prefix attribute of three bytes, padded, then the packet's. */
function nflogHeader(version: 4 | 6, packetLength: number, isLittle: boolean): Uint8Array {
  const own = (value: number) => (isLittle ? half(value).reverse() : half(value))
  const prefix = concatBytes(own(4 + 3), own(10), [0x61, 0x62, 0, 0])
  return concatBytes([version === 4 ? 2 : 10, 0], half(5), prefix, own(4 + packetLength), own(9))
}

function macBytes(text: string): Uint8Array {
  return hexBytes(text)
}

/** Network-order bytes of address text: dotted IPv4, or IPv6 with at most one `::`. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number))
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = new Array<string>(8 - left.length - right.length).fill('0')
  const groups = tail === undefined ? left : [...left, ...zeros, ...right]
  return concatBytes(...groups.map((group) => half(Number.parseInt(group, 16))))
}

function padTo(bytes: Uint8Array, unit: number): Uint8Array {
  return concatBytes(bytes, new Uint8Array((unit - (bytes.length % unit)) % unit))
}

function half(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value)
}

function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}
