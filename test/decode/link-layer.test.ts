import { describe, expect, it } from 'vitest'
import {
  DEFECT_IP_HEADER_NOT_CAPTURED,
  DEFECT_IP_LONGER_THAN_FRAME,
  DEFECT_LINK_HEADER_NOT_CAPTURED,
} from '../../src/decode/defect.ts'
import { KIND_NON_IP, KIND_TCP } from '../../src/decode/segment.ts'
import { decodeBytes } from '../support/decode-bytes.ts'
import {
  buildFrame,
  concatBytes,
  type FrameFields,
  hexBytes,
  LINK_TYPE_OF,
} from '../support/frame-builder.ts'

/** An IPv4 or IPv6 packet with TCP source port 7 and no link layer. */
const packet = (ip: 4 | 6) => buildFrame({ link: ip === 4 ? 'ipv4' : 'ipv6', ip, tcp: { sourcePort: 7 } })

function expectTcp(bytes: Uint8Array, linkType: number, ipVersion: 4 | 6, ipStart: number) {
  const { kind, segment } = decodeBytes(bytes, { linkType, lead: 5 })
  expect(kind).toBe(KIND_TCP)
  expect([segment.ipVersion, segment.ipStart, segment.sourcePort]).toEqual([ipVersion, 5 + ipStart, 7])
  return segment
}

function expectNoIp(bytes: Uint8Array, linkType: number) {
  const { kind, segment } = decodeBytes(bytes, { linkType })
  expect(kind).toBe(KIND_NON_IP)
  expect(segment.ipVersion).toBe(0)
  return segment
}

describe.each([
  [4, '0800'],
  [6, '86dd'],
] as const)('IPv%i in Ethernet', (ip, etherType) => {
  const macs = '020000000002 fe80aabbccdd'

  it('follows the EtherType', () => {
    const segment = expectTcp(concatBytes(hexBytes(`${macs} ${etherType}`), packet(ip)), 1, ip, 14)
    expect([segment.vlanCount, segment.outerVlan, segment.innerVlan]).toEqual([0, -1, -1])
    expect([segment.sourceMacHigh, segment.sourceMacLow >>> 0]).toEqual([0xfe80, 0xaabbccdd])
  })

  it.each([
    ['one tag', '8100 e064', 1, 100, 100],
    ['priority tag', '8100 e000', 1, 0, 0],
    ['service and customer tag', '88a8 0fff 8100 f001', 2, 4095, 1],
    ['old QinQ', '9100 0007 8100 0008', 2, 7, 8],
    ['three tags', '88a8 0001 88a8 0002 8100 0003', 3, 1, 3],
  ])('follows VLAN tags: %s', (_name, tags, vlanCount, outerVlan, innerVlan) => {
    const header = hexBytes(`${macs} ${tags} ${etherType}`)
    const segment = expectTcp(concatBytes(header, packet(ip)), 1, ip, header.length)
    expect([segment.vlanCount, segment.outerVlan, segment.innerVlan]).toEqual([
      vlanCount,
      outerVlan,
      innerVlan,
    ])
  })

  it.each(['', '88a8 0e78 8100 09aa'])('follows PPPoE, in VLANs or not: %s', (tags) => {
    const ppp = ip === 4 ? '0021' : '0057'
    const length = ip === 4 ? '002a' : '003e'
    const header = hexBytes(`${macs} ${tags} 8864 11 00 0001 ${length} ${ppp}`)
    expectTcp(concatBytes(header, packet(ip)), 1, ip, header.length)
  })

  it.each([0, 1, 19, 20])('is not longer than PPPoE says: %i bytes of TCP', (bytesOfTcp) => {
    const ppp = ip === 4 ? '0021' : '0057'
    const ipHeaderLength = ip === 4 ? 20 : 40
    const length = 2 + ipHeaderLength + bytesOfTcp
    const header = hexBytes(`${macs} 8864 11 00 0001 00${length.toString(16)} ${ppp}`)
    const tcp = { payloadLength: 6 }
    const frame = concatBytes(header, buildFrame({ link: ip === 4 ? 'ipv4' : 'ipv6', ip, tcp }))
    const { segment } = decodeBytes(frame)
    expect(segment.defect).toBe(DEFECT_IP_LONGER_THAN_FRAME)
    expect(segment.linkEnd).toBe(header.length + ipHeaderLength + bytesOfTcp)
    expect([segment.tcpCaptured, segment.payloadLength]).toEqual([bytesOfTcp, 0])
    expect(segment.tcpHeaderLength).toBe(bytesOfTcp < 16 ? 0 : 20)
  })
})

describe('Ethernet', () => {
  it.each([
    ['ARP', '0806 0001 0800 06 04 0001'],
    ['an IEEE 802.3 length', '0026 42 42 03 0000 00 00'],
    ['PPPoE discovery', '8863 11 09 0000 0004 0101 0000'],
    ['PPPoE with a control protocol', '8864 11 00 0001 000a c021 0101 0008'],
  ])('without IP is no IP: %s', (_name, rest) => {
    expect(expectNoIp(hexBytes(`020000000002 020000000001 ${rest}`), 1).defect).toBe(0)
  })

  it('gives the address of the source where there is one', () => {
    const { segment } = decodeBytes(packet(4), { linkType: 101 })
    expect([segment.sourceMacHigh, segment.sourceMacLow]).toEqual([-1, 0])
  })
})

describe.each([
  [4, '0800'],
  [6, '86dd'],
] as const)('IPv%i in Linux cooked captures', (ip, etherType) => {
  it('follows the first version of the header', () => {
    const header = hexBytes(`0004 0001 0006 fe80aabbccdd 0000 ${etherType}`)
    const segment = expectTcp(concatBytes(header, packet(ip)), 113, ip, 16)
    expect([segment.sourceMacHigh, segment.sourceMacLow >>> 0]).toEqual([0xfe80, 0xaabbccdd])
  })

  it('follows the second version of the header', () => {
    const header = hexBytes(`${etherType} 0000 00000002 0001 04 06 fe80aabbccdd 0000`)
    const segment = expectTcp(concatBytes(header, packet(ip)), 276, ip, 20)
    expect([segment.sourceMacHigh, segment.sourceMacLow >>> 0]).toEqual([0xfe80, 0xaabbccdd])
  })

  it('follows VLAN tags', () => {
    const first = hexBytes(`0004 0001 0006 fe80aabbccdd 0000 8100 0064 ${etherType}`)
    expect(expectTcp(concatBytes(first, packet(ip)), 113, ip, 20).innerVlan).toBe(100)
    const second = hexBytes(`8100 0000 00000002 0001 04 06 fe80aabbccdd 0000 0064 ${etherType}`)
    expect(expectTcp(concatBytes(second, packet(ip)), 276, ip, 24).innerVlan).toBe(100)
  })

  it('has no source address if its length is not 6', () => {
    const first = hexBytes(`0004 0200 0000 0000000000000000 ${etherType}`)
    expect(expectTcp(concatBytes(first, packet(ip)), 113, ip, 16).sourceMacHigh).toBe(-1)
    const second = hexBytes(`${etherType} 0000 00000002 0200 04 00 0000000000000000`)
    expect(expectTcp(concatBytes(second, packet(ip)), 276, ip, 20).sourceMacHigh).toBe(-1)
  })
})

describe('Linux cooked captures', () => {
  it('may hold no IP', () => {
    expectNoIp(hexBytes('0004 0001 0006 fe80aabbccdd 0000 0004 4242'), 113)
    expectNoIp(hexBytes('0806 0000 00000002 0001 04 06 fe80aabbccdd 0000 0001'), 276)
  })
})

describe('BSD loopback', () => {
  it.each([
    ['02000000', 4],
    ['00000002', 4],
    ['0a000000', 6],
    ['18000000', 6],
    ['1c000000', 6],
    ['1e000000', 6],
    ['0000001e', 6],
  ] as const)('has the family in either byte order: %s', (family, ip) => {
    expectTcp(concatBytes(hexBytes(family), packet(ip)), 0, ip, 4)
  })

  it.each([
    ['00000002', 4],
    ['00000018', 6],
    ['0000001c', 6],
  ] as const)('of OpenBSD has it in network order: %s', (family, ip) => {
    expectTcp(concatBytes(hexBytes(family), packet(ip)), 108, ip, 4)
  })

  it('with another family is no IP', () => {
    expectNoIp(concatBytes(hexBytes('07000000'), packet(4)), 0)
    expectNoIp(concatBytes(hexBytes('00000000'), packet(4)), 0)
    expectNoIp(concatBytes(hexBytes('02000000'), packet(4)), 108)
  })
})

describe('PPP', () => {
  it.each([
    ['with address and control', 'ff03 0021', 9, 4],
    ['without them', '0057', 9, 6],
    ['with a protocol of one byte', '21', 9, 4],
    ['in HDLC framing', 'ff03 57', 50, 6],
    ['in Cisco’s framing', '0f00 0800', 50, 4],
    ['in Cisco’s framing, to all', '8f00 86dd', 50, 6],
    ['with MPLS labels', 'ff03 0281 00010040 fffff140', 50, 4],
  ] as const)('leads to IP %s', (_name, header, linkType, ip) => {
    const bytes = hexBytes(header)
    expectTcp(concatBytes(bytes, packet(ip)), linkType, ip, bytes.length)
  })

  it('with another protocol or control is no IP', () => {
    expect(expectNoIp(hexBytes('ff03 c021 0101 0008'), 9).defect).toBe(0)
    expect(expectNoIp(concatBytes(hexBytes('ff13 0021'), packet(4)), 50).defect).toBe(0)
  })

  it('over Ethernet may be all that is captured', () => {
    expectTcp(concatBytes(hexBytes('11 00 0001 002a 0021'), packet(4)), 51, 4, 8)
    expect(expectNoIp(concatBytes(hexBytes('11 a7 0001 002a 0021'), packet(4)), 51).defect).toBe(0)
  })
})

describe('Cisco HDLC', () => {
  it('leads to IP by the EtherType', () => {
    expectTcp(concatBytes(hexBytes('0f00 0800'), packet(4)), 104, 4, 4)
    expectTcp(concatBytes(hexBytes('8f00 8100 0007 86dd'), packet(6)), 104, 6, 8)
  })

  it('may hold no IP', () => {
    expect(expectNoIp(hexBytes('8f00 8035 00000002'), 104).defect).toBe(0)
  })
})

describe('MPLS', () => {
  const macs = '020000000002 020000000001'

  it.each([
    ['one label', '8847 00010140', 4],
    ['three labels, multicast', '8848 00010040 00020040 fffff1ff', 6],
    ['labels in a VLAN', '8100 0007 8847 00010140', 4],
  ] as const)('is followed to what looks like IP: %s', (_name, labels, ip) => {
    const header = hexBytes(`${macs} ${labels}`)
    expectTcp(concatBytes(header, packet(ip)), 1, ip, header.length)
  })

  it('may carry something else, an Ethernet pseudowire for one', () => {
    expect(expectNoIp(hexBytes(`${macs} 8847 00010140 00000000`), 1).defect).toBe(0)
  })

  it('without an end to its labels is cut', () => {
    expect(expectNoIp(hexBytes(`${macs} 8847 00010040 00010040`), 1).defect).toBe(
      DEFECT_LINK_HEADER_NOT_CAPTURED,
    )
  })
})

describe('a netfilter log', () => {
  it.each(['nflog', 'nflog-big-endian'] as const)('is searched for the packet: %s', (link) => {
    for (const ip of [4, 6] as const) {
      const segment = expectTcp(buildFrame({ link, ip, tcp: { sourcePort: 7 } }), 239, ip, 16)
      expect(segment.linkEnd).toBe(segment.ipEnd)
    }
  })

  it('of another family, version or without a packet is no IP', () => {
    const attributes = concatBytes(hexBytes('1800 0900'), packet(4))
    expect(expectNoIp(concatBytes(hexBytes('07 00 0005'), attributes), 239).defect).toBe(0)
    expect(expectNoIp(concatBytes(hexBytes('02 01 0005'), attributes), 239).defect).toBe(0)
    expect(expectNoIp(hexBytes('02 00 0005 0300 0a00'), 239).defect).toBe(0)
    expectNoIp(hexBytes('02 00 0005 0500 0a00 61000000'), 239)
  })
})

describe('raw IP', () => {
  it.each([12, 14, 101])('of link type %i goes by the version', (linkType) => {
    expectTcp(packet(4), linkType, 4, 0)
    expectTcp(packet(6), linkType, 6, 0)
    expect(expectNoIp(hexBytes('50000000'), linkType).defect).toBe(0)
    expect(expectNoIp(hexBytes(''), linkType).defect).toBe(DEFECT_IP_HEADER_NOT_CAPTURED)
  })

  it('may be of one version only', () => {
    expectTcp(packet(4), 228, 4, 0)
    expectTcp(packet(6), 229, 6, 0)
  })
})

describe('another link type', () => {
  it('is no IP', () => {
    expect(expectNoIp(packet(4), 105).defect).toBe(0)
  })
})

describe('a link-layer header that the capture cut', () => {
  const cases: readonly (readonly [string, FrameFields, number])[] = [
    ['Ethernet', {}, 14],
    ['VLAN tags', { vlans: [1, 2] }, 22],
    ['Linux cooked v1', { link: 'linux-sll' }, 16],
    ['Linux cooked v1 with VLAN', { link: 'linux-sll', vlans: [1] }, 20],
    ['Linux cooked v2', { link: 'linux-sll2' }, 20],
    ['BSD loopback', { link: 'null' }, 4],
    ['OpenBSD loopback', { link: 'loop' }, 4],
    ['PPP', { link: 'ppp' }, 4],
    ['PPP without framing', { link: 'ppp-unframed' }, 2],
    ['PPPoE', { link: 'ppp-ether' }, 8],
    ['PPPoE in Ethernet', { link: 'ethernet-pppoe' }, 22],
    ['Cisco HDLC', { link: 'c-hdlc' }, 4],
    ['netfilter log', { link: 'nflog' }, 16],
  ]

  it.each(cases)('is a defect at any length: %s', (_name, fields, headerLength) => {
    const frame = buildFrame({ ...fields, tcp: {} })
    const linkType = LINK_TYPE_OF[fields.link ?? 'ethernet']
    for (let capturedLength = 0; capturedLength < headerLength; capturedLength++) {
      const { kind, segment } = decodeBytes(frame, { linkType, capturedLength })
      expect(kind).toBe(KIND_NON_IP)
      expect(segment.defect).toBe(DEFECT_LINK_HEADER_NOT_CAPTURED)
      expect(segment.defectOffset + segment.bytesPresent).toBe(capturedLength)
      expect(segment.bytesNeeded).toBeGreaterThan(segment.bytesPresent)
    }
    const { segment } = decodeBytes(frame, { linkType, capturedLength: headerLength })
    expect(segment.defect).toBe(DEFECT_IP_HEADER_NOT_CAPTURED)
  })

  it('is a defect: PPPoE', () => {
    const frame = hexBytes('020000000002 020000000001 8864 11 00 0001 002a 00')
    expect(expectNoIp(frame, 1).defect).toBe(DEFECT_LINK_HEADER_NOT_CAPTURED)
  })
})
