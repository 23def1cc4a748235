import type { EndpointSummary } from '../tracker/connection-summary.ts'

type AddressWords = readonly [number, number, number, number]

/** Dotted quad, or IPv6 in the canonical form of RFC 5952. */
export function addressText(ipVersion: number, words: AddressWords): string {
  return ipVersion === 6 ? ipv6Text(words) : ipv4Text(words[0])
}

/** `10.0.0.5:443`, `[2001:db8::1]:443`. */
export function endpointText(endpoint: Pick<EndpointSummary, 'ipVersion' | 'address' | 'port'>): string {
  const address = addressText(endpoint.ipVersion, endpoint.address)
  return endpoint.ipVersion === 6 ? `[${address}]:${endpoint.port}` : `${address}:${endpoint.port}`
}

function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`
}

function ipv6Text(words: AddressWords): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff])
  // RFC 5952 section 5: an IPv4-mapped address shows its IPv4 part in dotted form.
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${ipv4Text(words[3])}`

  const gap = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (gap.length < 2) return hex.join(':')
  return `${hex.slice(0, gap.start).join(':')}::${hex.slice(gap.start + gap.length).join(':')}`
}

/** RFC 5952 section 4.2: the longest run is shortened, the first of equals, and never a single group. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}
