import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/decode/address.ts'
import { isPrivate } from '../../src/report/private-addresses.ts'

function isLocal(text: string): boolean {
  const address = parseAddress(text)
  if (address === undefined) throw new Error(`no address: ${text}`)
  return isPrivate({ ipVersion: address.version, address: address.words })
}

describe('what Zeek takes for local by default', () => {
  it.each([
    ...[
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.3.4',
    ],
    ...['0.0.0.0', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9'],
    ...[
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fe80::1',
      'febf::1',
      'fd00::1',
      '2001:db8::1',
      '100::1',
    ],
    ...['2002:0a01:0203::1', '2002:c0a8:0101::', '2002:7f00:1::', '2001::1', '64:ff9b:1::1'],
  ])('%s', (address) => {
    expect(isLocal(address)).toBe(true)
  })

  it.each([
    ...[
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
      '8.8.8.8',
    ],
    ...['100.63.255.255', '100.128.0.0', '192.0.1.0', '198.17.255.255', '198.20.0.0', '239.255.255.255'],
    ...[
      '::2',
      'fec0::1',
      'fe00::1',
      '2001:4860::1',
      '2002:0808:0808::1',
      '2002:0b00::1',
      '2003::',
      '100:1::',
    ],
  ])('not %s', (address) => {
    expect(isLocal(address)).toBe(false)
  })
})
