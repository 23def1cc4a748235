import type { PacketFacts } from '../decode/packet-facts.ts'
import { KIND_NON_IP } from '../decode/segment.ts'

/** https://www.iana.org/assignments/protocol-numbers: those that people meet. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  41: '6in4',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
}

/** `UDP`, `IP protocol 253`, `no IP packet`; `IP` where the header could not be read. */
export function protocolText({ kind, protocol, ipVersion }: PacketFacts): string {
  if (kind === KIND_NON_IP) return 'no IP packet'
  if (ipVersion === 0 || protocol < 0) return 'IP'
  return PROTOCOLS[protocol] ?? `IP protocol ${protocol}`
}
