import { describe, expect, it } from 'vitest'
import { withOwnHost } from '../../src/audit/own-host-settings.ts'
import { type HostSetting, RuleSettings } from '../../src/audit/rule-settings.ts'
import { type Address, parseAddress } from '../../src/decode/address.ts'
import type { HostSysctl } from '../../src/host/host-sysctls.ts'
import { parseNetwork } from '../../src/tracker/host-profiles.ts'

const SYSCTLS: readonly HostSysctl[] = [
  { name: 'finTimeout', sysctl: 'net.ipv4.tcp_fin_timeout', value: 17 },
  { name: 'portRange', sysctl: 'net.ipv4.ip_local_port_range', value: [10_000, 10_999] },
]

const address = (text: string) => parseAddress(text) as Address
const OWN = ['192.0.2.7', '2001:db8::7', '127.0.0.1', '::1'].map(address)

function said(text: string, value: number): HostSetting {
  return { network: parseNetwork(text) ?? 'default', text, name: 'finTimeout', value, from: 'a file' }
}

/** tcp_fin_timeout of an address, in seconds. */
function finTimeout(of: string, ...settings: HostSetting[]): number {
  const { hosts } = new RuleSettings([], withOwnHost(settings, SYSCTLS, OWN))
  const { version, words } = address(of)
  return hosts.of({ ipVersion: version, address: words }).finTimeout / 1e9
}

describe('what this machine’s kernel says', () => {
  it('holds for its own addresses, and for no other', () => {
    for (const own of ['192.0.2.7', '2001:db8::7', '127.0.0.1', '127.9.9.9', '::1']) {
      expect([own, finTimeout(own)]).toEqual([own, 17])
    }
    for (const other of ['192.0.2.8', '2001:db8::8', '128.0.0.1']) expect(finTimeout(other)).toBe(60)
  })

  it('gives way to what is said of the address, or of a network around it', () => {
    expect(finTimeout('192.0.2.7', said('192.0.2.7', 5))).toBe(5)
    expect(finTimeout('192.0.2.7', said('192.0.2.0/24', 5))).toBe(5)
    expect(finTimeout('127.0.0.1', said('127.0.0.1', 5))).toBe(5)
    expect(finTimeout('127.0.0.2', said('127.0.0.1', 5))).toBe(17)
  })

  it('counts before what is said of all hosts', () => {
    expect(finTimeout('192.0.2.7', said('default', 5))).toBe(17)
    expect(finTimeout('192.0.2.8', said('default', 5))).toBe(5)
  })

  it('stands beside what is said of other settings', () => {
    const list = withOwnHost([said('192.0.2.0/24', 5)], SYSCTLS, OWN)
    const profile = new RuleSettings([], list).hosts.of({ ipVersion: 4, address: address('192.0.2.7').words })
    expect(profile.finTimeout).toBe(5e9)
    expect(profile.portRange).toEqual({ first: 10_000, last: 10_999 })
    expect(profile.given).toEqual(new Set(['finTimeout', 'portRange']))
  })

  it('names where it is from', () => {
    const list = withOwnHost([], SYSCTLS, [address('192.0.2.7')])
    expect(list.map(({ text, from }) => `${text}: ${from}`)).toEqual([
      '127.0.0.0/8: net.ipv4.tcp_fin_timeout of this host',
      '127.0.0.0/8: net.ipv4.ip_local_port_range of this host',
      '192.0.2.7: net.ipv4.tcp_fin_timeout of this host',
      '192.0.2.7: net.ipv4.ip_local_port_range of this host',
    ])
  })
})
