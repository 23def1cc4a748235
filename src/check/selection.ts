import type { ConnectionGist, Outcome } from '../tracker/connection-summary.ts'
import { type HostNetwork, parseNetwork } from '../tracker/host-profiles.ts'
import type { HostEnd } from '../tracker/host-totals.ts'

/** Ends of an address or of a network, at a port or at any. */
export interface EndPattern {
  /** As it was written. */
  readonly text: string
  readonly network: HostNetwork
  readonly port: number | null
}

/** Which connections something is expected of; what is null does not matter. */
export interface Selection {
  readonly client: EndPattern | null
  readonly server: EndPattern | null
  /** Either end. */
  readonly host: EndPattern | null
  readonly outcome: Outcome | null
  /** The n-th of those, in the order in which they began, from 1. */
  readonly nth: number | null
}

export const EVERY_CONNECTION: Selection = {
  client: null,
  server: null,
  host: null,
  outcome: null,
  nth: null,
}

const PORT = /^(?:(.*):)?(\d{1,5})$/

/** `10.0.0.9`, `10.0.0.9:443`, `10.0.0.0/8:443`, `2001:db8::9`, `[2001:db8::/32]:443`, `:443`; undefined for anything else. */
export function parseEnd(text: string): EndPattern | undefined {
  const whole = parseNetwork(text)
  if (whole !== undefined && whole !== 'default') return { text, network: whole, port: null }
  const [, address = '', digits] = PORT.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535 || !text.includes(':')) return undefined
  if (address === '') return { text, network: 'default', port }
  const [, inner] = /^\[(.*)\]$/.exec(address) ?? []
  const network = parseNetwork(inner ?? address)
  if (network === undefined || network === 'default') return undefined
  // Without brackets the last group of an IPv6 address would be a port.
  const isClear = inner !== undefined || network.address.version === 4
  return isClear ? { text, network, port } : undefined
}

export function isSelected(selection: Selection, connection: ConnectionGist): boolean {
  const { client, server, host, outcome } = selection
  if (outcome !== null && connection.outcome !== outcome) return false
  if (client !== null && !isOf(client, connection.client)) return false
  if (server !== null && !isOf(server, connection.server)) return false
  return host === null || isOf(host, connection.client) || isOf(host, connection.server)
}

/** Whether the end is one that the pattern is of; an end whose port is 0 is a host, at any port. */
export function isOf({ network, port }: EndPattern, end: HostEnd): boolean {
  if (port !== null && end.port !== port) return false
  if (network === 'default') return true
  const { address, length } = network
  if (address.version !== end.ipVersion) return false
  for (let word = 0; 32 * word < length; word++) {
    const bits = Math.min(32, length - 32 * word)
    const differing = (address.words[word] as number) ^ (end.address[word] as number)
    if (differing >>> (32 - bits) !== 0) return false
  }
  return true
}

/** `server 10.0.0.9:443`, `client 10.0.0.5 and outcome reset, the 2nd`. */
export function selectionText({ client, server, host, outcome, nth }: Selection): string {
  const parts = [
    ...(client === null ? [] : [`client ${client.text}`]),
    ...(server === null ? [] : [`server ${server.text}`]),
    ...(host === null ? [] : [`host ${host.text}`]),
    ...(outcome === null ? [] : [`outcome ${outcome}`]),
  ]
  const text = parts.length === 0 ? 'connections' : parts.join(' and ')
  return nth === null ? text : `${text}, the ${ordinalText(nth)}`
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinalText(n: number): string {
  const tens = n % 100
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${suffix}`
}
