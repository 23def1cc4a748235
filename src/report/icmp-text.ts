import type { ReceivedIcmpError } from '../tracker/connection-summary.ts'
import { ICMP_EFFECT_NAMES } from '../tracker/tracker-events.ts'

/** https://www.iana.org/assignments/icmp-parameters, icmpv6-parameters: those that people meet, by type and code. */
const NAMES: Readonly<Record<string, string>> = {
  '4 3 0': 'network unreachable',
  '4 3 1': 'host unreachable',
  '4 3 2': 'protocol unreachable',
  '4 3 3': 'port unreachable',
  '4 3 4': 'fragmentation needed',
  '4 3 9': 'network prohibited',
  '4 3 10': 'host prohibited',
  '4 3 13': 'administratively prohibited',
  '4 4 0': 'source quench',
  '4 11 0': 'TTL exceeded',
  '4 11 1': 'reassembly time exceeded',
  '6 1 0': 'no route',
  '6 1 1': 'administratively prohibited',
  '6 1 3': 'address unreachable',
  '6 1 4': 'port unreachable',
  '6 1 5': 'source policy',
  '6 1 6': 'route rejected',
  '6 2 0': 'packet too big',
  '6 3 0': 'hop limit exceeded',
  '6 3 1': 'reassembly time exceeded',
}

/** `ICMP port unreachable`, `ICMP fragmentation needed, MTU 1400`; what Linux ignores is said to be. */
export function icmpText({ version, type, code, mtu, effect }: ReceivedIcmpError): string {
  const name = icmpName(version, type, code)
  const size = mtu > 0 ? `, MTU ${mtu}` : ''
  return `${name}${size}${ICMP_EFFECT_NAMES[effect] === 'ignored' ? ' (ignored)' : ''}`
}

export function icmpName(version: number, type: number, code: number): string {
  const protocol = version === 6 ? 'ICMPv6' : 'ICMP'
  return `${protocol} ${NAMES[`${version} ${type} ${code}`] ?? `type ${type} code ${code}`}`
}
