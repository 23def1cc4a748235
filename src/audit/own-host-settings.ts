import { type Address, formatAddress } from '../decode/address.ts'
import type { HostSysctl } from '../host/host-sysctls.ts'
import { contains, type HostNetwork } from '../tracker/host-profiles.ts'
import type { HostSetting } from './rule-settings.ts'

/** Machines with more have them for containers, whose connections are of other network namespaces. */
const MOST_ADDRESSES = 200
const LOOPBACK: Address = { version: 4, words: [127 << 24, 0, 0, 0] }

/**
 * What is said of hosts, and behind it what this machine's kernel says of its own addresses. What was said of an address or
 * a network around it counts; only what was said of all hosts (`default`) gives way to what is known of this one.
 */
export function withOwnHost(
  said: readonly HostSetting[],
  sysctls: readonly HostSysctl[],
  addresses: readonly Address[],
): HostSetting[] {
  const networks: Exclude<HostNetwork, 'default'>[] = [
    { address: LOOPBACK, length: 8 },
    ...addresses
      .slice(0, MOST_ADDRESSES)
      .filter(({ version, words }) => version === 6 || words[0] >>> 24 !== 127)
      .map((address) => ({ address, length: address.version === 4 ? 32 : 128 })),
  ]
  const own = networks.flatMap((network) =>
    sysctls
      .filter(({ name }) => !said.some((one) => one.name === name && isSaidOf(one.network, network)))
      .map(({ name, sysctl, value }) => ({
        network,
        text: networkText(network),
        name,
        value,
        from: `${sysctl} of this host`,
      })),
  )
  return [...said, ...own]
}

function isSaidOf(said: HostNetwork, network: HostNetwork): boolean {
  return said !== 'default' && contains(said, network)
}

function networkText({ address, length }: Exclude<HostNetwork, 'default'>): string {
  const text = formatAddress(address.version, ...address.words)
  return length < 32 ? `${text}/8` : text
}
