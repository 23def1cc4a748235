import { formatAddress } from '../decode/address.ts'
import type { Tunnel } from '../decode/network-table.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'

/** `in vxlan 42 between 10.0.0.1 and 10.0.0.2`, `in VLANs 10 and 20`; nothing for a connection of the capture itself. */
export function surroundingsParts({
  tunnels,
  vlans,
}: Pick<ConnectionSummary, 'tunnels' | 'vlans'>): string[] {
  const parts: string[] = []
  if (vlans.length > 0) parts.push(`in ${vlans.length === 1 ? 'VLAN' : 'VLANs'} ${vlans.join(' and ')}`)
  for (const tunnel of tunnels) {
    const [low, high] = outerAddresses(tunnel)
    parts.push(`in ${tunnelText(tunnel)} between ${low} and ${high}`)
  }
  return parts
}

/** The same in few words, for a table: `vxlan 42`, `VLANs 10, 20`. */
export function surroundingsShort({
  tunnels,
  vlans,
}: Pick<ConnectionSummary, 'tunnels' | 'vlans'>): string | undefined {
  const parts = tunnels.map(tunnelText)
  if (vlans.length > 0) parts.unshift(`${vlans.length === 1 ? 'VLAN' : 'VLANs'} ${vlans.join(', ')}`)
  return parts.length === 0 ? undefined : `in ${parts.join(' in ')}`
}

export function outerAddresses({ ipVersion, outer }: Tunnel): [string, string] {
  return [formatAddress(ipVersion, ...outer[0]), formatAddress(ipVersion, ...outer[1])]
}

function tunnelText({ kind, id }: Tunnel): string {
  return id === null ? kind : `${kind} ${id}`
}
