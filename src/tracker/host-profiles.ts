import { type Address, parseAddress } from '../decode/address.ts'
import { type HostProfile, hostProfile, LINUX, type WrittenProfile } from './host-profile.ts'

/** All addresses, or those that begin with the first `length` bits of `address`. */
export type HostNetwork = 'default' | { readonly address: Address; readonly length: number }

/** What was said of the hosts of a network. */
export interface NetworkProfile {
  readonly network: HostNetwork
  readonly profile: WrittenProfile
}

/** An address, a network as `10.0.0.0/8` or `2001:db8::/32`, or `default`; undefined for anything else. */
export function parseNetwork(text: string): HostNetwork | undefined {
  if (text === 'default') return text
  const [, host = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(host)
  if (address === undefined) return undefined
  const most = address.version === 4 ? 32 : 128
  const length = bits === undefined ? most : Number(bits)
  return length <= most && (bits === undefined || String(length) === bits) ? { address, length } : undefined
}

/**
 * Which profile holds for which host: of each setting, what was said of the longest network around the address. A binary tree
 * of address bits for each IP version; a lookup walks as far as there are networks, and allocates nothing.
 */
export class HostProfiles {
  /** The profile of all hosts, where there is only one: then nothing is looked up. */
  readonly only: HostProfile | undefined
  /** By node: its two children, 0 for none. The roots are 2 (IPv4) and 3 (IPv6). */
  readonly #children: number[] = [0, 0, 0, 0, 0, 0, 0, 0]
  /** By node: what holds from there on. */
  readonly #profiles: (HostProfile | undefined)[] = []

  constructor(networks: readonly NetworkProfile[] = []) {
    const base = merged(networks.filter(({ network }) => network === 'default'))
    const others = networks.filter(({ network }) => network !== 'default')
    const whole = Object.keys(base).length === 0 ? LINUX : hostProfile(base)
    this.only = others.length === 0 ? whole : undefined
    this.#profiles[2] = whole
    this.#profiles[3] = whole
    for (const { network } of others) {
      const around = others.filter((other) => contains(other.network, network))
      around.sort((a, b) => lengthOf(a.network) - lengthOf(b.network))
      this.#profiles[this.#nodeOf(network)] = hostProfile({ ...base, ...merged(around) })
    }
  }

  /** The profile of an address in the words of a segment. */
  at(ipVersion: number, word0: number, word1: number, word2: number, word3: number): HostProfile {
    if (this.only !== undefined) return this.only
    const bits = ipVersion === 4 ? 32 : 128
    let node = ipVersion === 4 ? 2 : 3
    let found = this.#profiles[node] as HostProfile
    for (let bit = 0; bit < bits; bit++) {
      const word = bit < 32 ? word0 : bit < 64 ? word1 : bit < 96 ? word2 : word3
      node = this.#children[2 * node + ((word >>> (31 - (bit & 31))) & 1)] as number
      if (node === 0) break
      found = this.#profiles[node] ?? found
    }
    return found
  }

  of({
    ipVersion,
    address,
  }: {
    readonly ipVersion: number
    readonly address: Address['words']
  }): HostProfile {
    return this.only ?? this.at(ipVersion, address[0], address[1], address[2], address[3])
  }

  #nodeOf(network: HostNetwork): number {
    if (network === 'default') return 0
    const { address, length } = network
    let node = address.version === 4 ? 2 : 3
    for (let bit = 0; bit < length; bit++) {
      const at = 2 * node + bitOf(address, bit)
      if (this.#children[at] === 0) {
        this.#children[at] = this.#children.length / 2
        this.#children.push(0, 0)
      }
      node = this.#children[at] as number
    }
    return node
  }
}

function merged(networks: readonly NetworkProfile[]): WrittenProfile {
  return Object.assign({}, ...networks.map(({ profile }) => profile))
}

function bitOf({ words }: Address, bit: number): number {
  return ((words[bit >>> 5] as number) >>> (31 - (bit & 31))) & 1
}

function lengthOf(network: HostNetwork): number {
  return network === 'default' ? -1 : network.length
}

/** Whether all addresses of `inner` are in `outer`. */
export function contains(outer: HostNetwork, inner: HostNetwork): boolean {
  if (outer === 'default') return true
  if (inner === 'default' || outer.address.version !== inner.address.version) return false
  if (outer.length > inner.length) return false
  for (let bit = 0; bit < outer.length; bit++) {
    if (bitOf(outer.address, bit) !== bitOf(inner.address, bit)) return false
  }
  return true
}
