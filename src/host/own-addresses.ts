import { networkInterfaces } from 'node:os'
import { type Address, formatAddress, parseAddress } from '../decode/address.ts'
import type { HostEnd } from '../tracker/host-totals.ts'

/** 127.0.0.0/8 is this machine, whichever of its addresses. */
const LOOPBACK_NET = 127

/** Which addresses are this machine's: those of its interfaces that are up, in this network namespace, and 127.0.0.0/8. */
export class OwnAddresses {
  readonly #known = new Set<string>()
  readonly #addresses: Address[] = []

  constructor(texts: Iterable<string> = interfaceAddresses()) {
    for (const text of texts) {
      const address = parseAddress(text)
      if (address === undefined || this.#known.has(keyOf(address.version, address.words))) continue
      this.#known.add(keyOf(address.version, address.words))
      this.#addresses.push(address)
    }
  }

  /** In the order of the interfaces. */
  get list(): readonly Address[] {
    return this.#addresses
  }

  get texts(): string[] {
    return this.#addresses.map(({ version, words }) => formatAddress(version, ...words))
  }

  has({ ipVersion, address }: Pick<HostEnd, 'ipVersion' | 'address'>): boolean {
    if (ipVersion === 4 && address[0] >>> 24 === LOOPBACK_NET) return true
    return this.#known.has(keyOf(ipVersion, address))
  }
}

function keyOf(version: number, [a, b, c, d]: HostEnd['address']): string {
  return version === 4 ? String(a) : `${a},${b},${c},${d}`
}

function interfaceAddresses(): string[] {
  try {
    return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address))
  } catch {
    // Some sandboxes forbid even this.
    return []
  }
}
