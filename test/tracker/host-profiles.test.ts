import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/decode/address.ts'
import { LINUX, PROFILE_SETTINGS, type WrittenProfile } from '../../src/tracker/host-profile.ts'
import {
  type HostNetwork,
  HostProfiles,
  type NetworkProfile,
  parseNetwork,
} from '../../src/tracker/host-profiles.ts'

function network(text: string): HostNetwork {
  const found = parseNetwork(text)
  if (found === undefined) throw new Error(text)
  return found
}

function profileOf(profiles: HostProfiles, text: string) {
  const address = parseAddress(text)
  if (address === undefined) throw new Error(text)
  return profiles.of({ ipVersion: address.version, address: address.words })
}

describe('HostProfiles', () => {
  const profiles = new HostProfiles([
    { network: network('10.0.0.0/8'), profile: { finTimeout: 30, synRetries: 2 } },
    { network: network('10.1.2.3'), profile: { finTimeout: 5 } },
    { network: 'default', profile: { twBuckets: 7 } },
    { network: network('2001:db8::/33'), profile: { timeWait: 1 } },
  ])

  it('takes each setting from the longest network around the address that has it', () => {
    expect(profileOf(profiles, '10.1.2.3')).toMatchObject({ finTimeout: 5e9, synRetries: 2, twBuckets: 7 })
    expect(profileOf(profiles, '10.1.2.4')).toMatchObject({ finTimeout: 30e9, synRetries: 2, twBuckets: 7 })
    expect(profileOf(profiles, '11.1.2.3')).toMatchObject({ finTimeout: 60e9, synRetries: 6, twBuckets: 7 })
    expect(profileOf(profiles, '2001:db8:7fff::1')).toMatchObject({ timeWait: 1e9, twBuckets: 7 })
    expect(profileOf(profiles, '2001:db8:8000::1')).toMatchObject({ timeWait: 60e9, twBuckets: 7 })
  })

  it('knows what was said, and what is only Linux’s default', () => {
    expect([...profileOf(profiles, '10.1.2.3').given].sort()).toEqual([
      'finTimeout',
      'synRetries',
      'twBuckets',
    ])
    expect([...LINUX.given]).toEqual([])
  })

  it('has one profile for all where nothing is said of some, and then looks nothing up', () => {
    expect(new HostProfiles().only).toBe(LINUX)
    expect(new HostProfiles([{ network: 'default', profile: { finTimeout: 1 } }]).only?.finTimeout).toBe(1e9)
    expect(profiles.only).toBeUndefined()
  })

  it('puts the ends of a range of ports in order', () => {
    const [swapped] = [new HostProfiles([{ network: 'default', profile: { portRange: [60_000, 1024] } }])]
    expect(swapped.only?.portRange).toEqual({ first: 1024, last: 60_000 })
  })
})

describe('parseNetwork', () => {
  it.each([
    'default',
    '10.0.0.1',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    '::1/128',
    '2001:db8::/32',
    '::ffff:1.2.3.4',
  ])('takes %s', (text) => expect(parseNetwork(text)).toBeDefined())

  it.each([
    '',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '::1/129',
    'fe80::1%eth0',
    'example.org',
    '10.0.0.0/8/8',
  ])('takes no %j', (text) => expect(parseNetwork(text)).toBeUndefined())
})

/** Few different bits, so that networks lie within each other. */
const words = fc.tuple(
  ...Array.from({ length: 4 }, () => fc.constantFrom(0, -1, 1, 0x4000_0000, 0x0a00_0000)),
)
const address = fc.tuple(fc.constantFrom(4 as const, 6 as const), words).map(([version, [a, b, c, d]]) => ({
  version,
  words: (version === 4 ? [a, 0, 0, 0] : [a, b, c, d]) as [number, number, number, number],
}))
const anyNetwork: fc.Arbitrary<HostNetwork> = fc.oneof(
  fc.constant('default' as const),
  fc
    .tuple(address, fc.constantFrom(0, 1, 8, 31, 32, 33, 63, 64, 65, 127, 128))
    .map(([own, length]) => ({ address: own, length: Math.min(length, own.version === 4 ? 32 : 128) })),
)
const profile: fc.Arbitrary<WrittenProfile> = fc.record(
  { finTimeout: fc.nat(9), synRetries: fc.nat(9), twBuckets: fc.nat(9) },
  { requiredKeys: [] },
)

/** Bits as text, and the longest beginning of them that has the setting. */
function naive(
  networks: readonly NetworkProfile[],
  { version, words: own }: { version: number; words: readonly number[] },
  name: 'finTimeout' | 'synRetries' | 'twBuckets',
): number {
  const bits = (all: readonly number[]) =>
    all.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('')
  let best = PROFILE_SETTINGS.find((setting) => setting.name === name)?.default as number
  let longest = -1
  for (const { network: around, profile: said } of networks) {
    const length = around === 'default' ? -1 : around.length
    const isAround =
      around === 'default' ||
      (around.address.version === version &&
        bits(own).startsWith(bits(around.address.words).slice(0, length)))
    const value = said[name]
    if (!isAround || value === undefined || length < longest) continue
    longest = length
    best = value
  }
  return best
}

describe('a lookup', () => {
  it('finds what a search through all networks finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ network: anyNetwork, profile }), { maxLength: 8 }),
        fc.array(address, { minLength: 1, maxLength: 8 }),
        (networks, addresses) => {
          const profiles = new HostProfiles(networks)
          const inside = networks.flatMap(({ network: own }) => (own === 'default' ? [] : [own.address]))
          for (const own of [...addresses, ...inside]) {
            const found = profiles.of({ ipVersion: own.version, address: own.words })
            expect([found.finTimeout / 1e9, found.synRetries, found.twBuckets]).toEqual(
              (['finTimeout', 'synRetries', 'twBuckets'] as const).map((name) => naive(networks, own, name)),
            )
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
