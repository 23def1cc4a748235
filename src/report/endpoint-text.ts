import { formatAddress } from '../decode/address.ts'
import type { EndpointSummary } from '../tracker/connection-summary.ts'

/** The address alone: dotted quad, or IPv6 as RFC 5952 asks. */
export function addressText({ ipVersion, address }: Pick<EndpointSummary, 'ipVersion' | 'address'>): string {
  return formatAddress(ipVersion, ...address)
}

/** `10.0.0.5:443`, `[2001:db8::1]:443`. */
export function endpointText(endpoint: Pick<EndpointSummary, 'ipVersion' | 'address' | 'port'>): string {
  const address = addressText(endpoint)
  return endpoint.ipVersion === 6 ? `[${address}]:${endpoint.port}` : `${address}:${endpoint.port}`
}
