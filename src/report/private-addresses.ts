import { BlockList } from 'node:net'
import type { EndpointSummary } from '../tracker/connection-summary.ts'
import { addressText } from './endpoint-text.ts'

/**
 * Blocks that are not routed on the Internet (IANA's registries of special-purpose addresses for IPv4 and IPv6): what Zeek takes
 * for local unless it is told otherwise (`Site::private_address_space` of base/utils/site.zeek).
 */
const IPV4_BLOCKS: readonly (readonly [network: string, prefix: number])[] = [
  // RFC 791, "this network".
  ['0.0.0.0', 8],
  // RFC 1918.
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // RFC 6598, shared address space.
  ['100.64.0.0', 10],
  // RFC 1122, loopback.
  ['127.0.0.0', 8],
  // RFC 3927, link local.
  ['169.254.0.0', 16],
  // RFC 6890, protocol assignments.
  ['192.0.0.0', 24],
  // RFC 5737, documentation.
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // RFC 2544, benchmarks.
  ['198.18.0.0', 15],
  // RFC 1112, reserved; RFC 919, limited broadcast.
  ['240.0.0.0', 4],
  ['255.255.255.255', 32],
]

const IPV6_BLOCKS: readonly (readonly [network: string, prefix: number])[] = [
  // RFC 4291: unspecified, loopback, link local.
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  // RFC 8215, translation.
  ['64:ff9b:1::', 48],
  // RFC 6666, discard only.
  ['100::', 64],
  // RFC 2928, protocol assignments; RFC 5180, benchmarks; RFC 3849, documentation.
  ['2001::', 23],
  ['2001:2::', 48],
  ['2001:db8::', 32],
  // RFC 4193, unique local.
  ['fc00::', 7],
]

/** RFC 3056: the address of the IPv4 block lies behind these 16 bits. */
const SIX_TO_FOUR = 0x2002
const SIX_TO_FOUR_PREFIX = 16

const blocks = new BlockList()
for (const [network, prefix] of IPV4_BLOCKS) {
  blocks.addSubnet(network, prefix, 'ipv4')
  blocks.addSubnet(sixToFour(network), SIX_TO_FOUR_PREFIX + prefix, 'ipv6')
}
for (const [network, prefix] of IPV6_BLOCKS) blocks.addSubnet(network, prefix, 'ipv6')

export function isPrivate(endpoint: Pick<EndpointSummary, 'ipVersion' | 'address'>): boolean {
  return blocks.check(addressText(endpoint), endpoint.ipVersion === 6 ? 'ipv6' : 'ipv4')
}

function sixToFour(network: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number)
  const groups = [SIX_TO_FOUR, (a << 8) | b, (c << 8) | d]
  return `${groups.map((group) => group.toString(16)).join(':')}::`
}
