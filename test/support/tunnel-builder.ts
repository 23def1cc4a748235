import { buildFrame, concatBytes, type FrameFields } from './frame-builder.ts'

export type TunnelName =
  | 'ipip'
  | '4in6'
  | '6in4'
  | '6in6'
  | 'gre'
  | 'gre-keyed'
  | 'gre-checksum-key-sequence'
  | 'gre-ethernet'
  | 'vxlan'
  | 'vxlan-linux'
  | 'vxlan-over-ipv6'
  | 'geneve'
  | 'geneve-with-options'
  | 'geneve-without-ethernet'

interface TunnelShape {
  /** Whether an Ethernet frame is carried, or an IP packet, and of which version it must be. */
  readonly carries: 'ethernet' | 'ip' | 4 | 6
  readonly outer: 4 | 6
  readonly protocol: number
  /** What stands between the outer IP header and the inner packet, which is of `version` and `length` bytes. */
  readonly header: (id: number, version: 4 | 6, length: number) => Uint8Array
}

const half = (value: number) => Uint8Array.of(value >>> 8, value)
const etherType = (version: 4 | 6) => half(version === 4 ? 0x0800 : 0x86dd)
const bridging = half(0x6558)
const three = (id: number) => Uint8Array.of(id >>> 16, id >>> 8, id)
const four = (id: number) => concatBytes(half(id >>> 16), half(id & 0xffff))
const none = () => new Uint8Array(0)

function udp(port: number, header: Uint8Array, length: number): Uint8Array {
  return concatBytes(half(50_000), half(port), half(8 + header.length + length), [0, 0], header)
}

const vxlan =
  (port: number): TunnelShape['header'] =>
  (id, _version, length) =>
    udp(port, concatBytes([8, 0, 0, 0], three(id), [0]), length)

/** Each tunnel that is followed, written from its RFC without the decoder's help. */
export const TUNNELS: Readonly<Record<TunnelName, TunnelShape>> = {
  ipip: { carries: 4, outer: 4, protocol: 4, header: none },
  '4in6': { carries: 4, outer: 6, protocol: 4, header: none },
  '6in4': { carries: 6, outer: 4, protocol: 41, header: none },
  '6in6': { carries: 6, outer: 6, protocol: 41, header: none },
  gre: {
    carries: 'ip',
    outer: 4,
    protocol: 47,
    header: (_id, version) => concatBytes([0, 0], etherType(version)),
  },
  'gre-keyed': {
    carries: 'ip',
    outer: 4,
    protocol: 47,
    header: (id, version) => concatBytes([0x20, 0], etherType(version), four(id)),
  },
  'gre-checksum-key-sequence': {
    carries: 'ip',
    outer: 6,
    protocol: 47,
    header: (id, version) => concatBytes([0xb0, 0], etherType(version), four(0), four(id), four(7)),
  },
  'gre-ethernet': {
    carries: 'ethernet',
    outer: 4,
    protocol: 47,
    header: () => concatBytes([0, 0], bridging),
  },
  vxlan: { carries: 'ethernet', outer: 4, protocol: 17, header: vxlan(4789) },
  'vxlan-linux': { carries: 'ethernet', outer: 4, protocol: 17, header: vxlan(8472) },
  'vxlan-over-ipv6': { carries: 'ethernet', outer: 6, protocol: 17, header: vxlan(4789) },
  geneve: {
    carries: 'ethernet',
    outer: 4,
    protocol: 17,
    header: (id, _version, length) => udp(6081, concatBytes([0, 0], bridging, three(id), [0]), length),
  },
  'geneve-with-options': {
    carries: 'ethernet',
    outer: 4,
    protocol: 17,
    header: (id, _version, length) => {
      const option = concatBytes(half(0x0103), [1, 1], four(0xdeadbeef))
      return udp(6081, concatBytes([2, 0], bridging, three(id), [0], option), length)
    },
  },
  'geneve-without-ethernet': {
    carries: 'ip',
    outer: 6,
    protocol: 17,
    header: (id, version, length) =>
      udp(6081, concatBytes([0, 0], etherType(version), three(id), [0]), length),
  },
}

export const TUNNEL_NAMES = Object.keys(TUNNELS) as TunnelName[]

/** Whether the tunnel can carry a packet of that version. */
export function canCarry(name: TunnelName, version: 4 | 6): boolean {
  const { carries } = TUNNELS[name]
  return carries === version || carries === 'ip' || carries === 'ethernet'
}

export interface TunnelFields {
  id?: number
  /** The frame around the tunnel; addresses 192.0.2.1 and 192.0.2.2, or 2001:db8:ffff::1 and ::2, by default. */
  outer?: FrameFields
}

/** An Ethernet frame with the tunnel and, in it, the packet that `inner` describes (with its VLANs, if frames are carried). */
export function buildTunneled(name: TunnelName, inner: FrameFields, fields: TunnelFields = {}): Uint8Array {
  const version = inner.ip ?? 4
  const { carries, outer, protocol, header } = TUNNELS[name]
  const carried = buildFrame({ ...inner, link: carries === 'ethernet' ? 'ethernet' : 'raw' })
  const ends =
    outer === 4
      ? { source: '192.0.2.1', destination: '192.0.2.2' }
      : { source: '2001:db8:ffff::1', destination: '2001:db8:ffff::2' }
  return buildFrame({
    ...ends,
    ip: outer,
    ...fields.outer,
    protocol,
    ipPayload: concatBytes(header(fields.id ?? 42, version, carried.length), carried),
  })
}
