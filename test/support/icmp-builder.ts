import { buildFrame, concatBytes, type FrameFields } from './frame-builder.ts'

export interface IcmpFields {
  type: number
  code: number
  /** MTU of the next hop. */
  mtu?: number
  /** Bytes of the quoted segment; all by default. */
  tcpBytes?: number
}

/** A frame from a router with an ICMP (or ICMPv6) error about the packet that `quoted` describes. */
export function buildIcmpError(
  quoted: FrameFields,
  { type, code, mtu = 0, tcpBytes }: IcmpFields,
): Uint8Array {
  const isIpv6 = quoted.ip === 6
  const packet = buildFrame({ ...quoted, link: 'raw' })
  const quote = packet.subarray(0, tcpBytes === undefined ? undefined : (isIpv6 ? 40 : 20) + tcpBytes)
  const rest = [mtu >>> 24, (mtu >>> 16) & 255, (mtu >>> 8) & 255, mtu & 255]
  return buildFrame({
    ip: isIpv6 ? 6 : 4,
    source: isIpv6 ? '2001:db8:f::1' : '192.0.2.254',
    destination: quoted.source ?? (isIpv6 ? '2001:db8::1' : '10.0.0.1'),
    protocol: isIpv6 ? 58 : 1,
    ipPayload: concatBytes([type, code, 0, 0], rest, quote),
  })
}
