import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../src/decode/address.ts'
import { KIND_NON_IP, KIND_OTHER_IP, KIND_TCP, KIND_UDP, type Segment } from '../../src/decode/segment.ts'
import { buildFrame, concatBytes, hexBytes } from '../support/frame-builder.ts'
import { FrameFeed } from '../support/packet-decoding.ts'
import { buildTunneled, canCarry, TUNNEL_NAMES, type TunnelName } from '../support/tunnel-builder.ts'

const sourceOf = (segment: Segment) =>
  formatAddress(segment.ipVersion, segment.source0, segment.source1, segment.source2, segment.source3)

const cases = TUNNEL_NAMES.flatMap((name) =>
  ([4, 6] as const).filter((ip) => canCarry(name, ip)).map((ip) => [ip, name] as const),
)

function surroundingsOf(feed: FrameFeed) {
  const { tunnels } = feed.decoder.networks.surroundings(feed.segment.network)
  return tunnels.map(({ kind, id, ipVersion, outer }) => ({
    kind,
    id,
    outer: outer.map((words) => formatAddress(ipVersion, ...words)),
  }))
}

describe('a packet in a tunnel', () => {
  it.each(cases)('IPv%i in %s is decoded in place of the outer one', (ip, name) => {
    const feed = new FrameFeed()
    const tcp = { sourcePort: 7, seq: 99, payloadLength: 30 }
    const plain = new FrameFeed()
    plain.take(buildFrame({ ip, ttl: 9, tcp }))
    expect(feed.take(buildTunneled(name, { ip, ttl: 9, tcp, padding: 4 }))).toBe(KIND_TCP)
    for (const field of [
      'ipVersion',
      'source0',
      'source1',
      'source2',
      'source3',
      'destination0',
      'destination3',
      'ttl',
      'sourcePort',
      'destinationPort',
      'seq',
      'payloadLength',
      'tcpCaptured',
      'defect',
    ] as const) {
      expect([field, feed.segment[field]]).toEqual([field, plain.segment[field]])
    }
    expect(sourceOf(feed.segment)).toBe(ip === 4 ? '10.0.0.1' : '2001:db8::1')
    expect(feed.segment.network).not.toBe(0)
  })

  it.each(cases)('IPv%i in %s may be cut at every byte', (ip, name) => {
    const feed = new FrameFeed()
    const frame = buildTunneled(name, { ip, tcp: {} })
    for (let capturedLength = 0; capturedLength < frame.length; capturedLength++) {
      const kind = feed.take(frame, { capturedLength })
      if (kind === KIND_TCP) expect(feed.segment.captureEnd).toBeLessThanOrEqual(capturedLength)
      if (feed.segment.defect === 0) expect([KIND_UDP, KIND_OTHER_IP]).toContain(kind)
    }
  })

  it.each<[TunnelName, string, number | null]>([
    ['ipip', 'ipip', null],
    ['4in6', '4in6', null],
    ['6in4', '6in4', null],
    ['6in6', '6in6', null],
    ['gre', 'gre', null],
    ['gre-keyed', 'gre', 0xfffffffe],
    ['gre-checksum-key-sequence', 'gre', 0xfffffffe],
    ['vxlan', 'vxlan', 0xfffffe],
    ['geneve', 'geneve', 0xfffffe],
  ])('of kind %s is told by %s, number %s and both ends', (name, kind, id) => {
    const feed = new FrameFeed()
    feed.take(buildTunneled(name, { ip: name.startsWith('6') ? 6 : 4, tcp: {} }, { id: id ?? 0 }))
    const outer = ['4in6', '6in6', 'gre-checksum-key-sequence'].includes(name)
      ? ['2001:db8:ffff::1', '2001:db8:ffff::2']
      : ['192.0.2.1', '192.0.2.2']
    expect(surroundingsOf(feed)).toEqual([{ kind, id, outer }])
  })
})

describe('the network of a segment', () => {
  const networkOf = (feed: FrameFeed, frame: Uint8Array) => {
    expect(feed.take(frame)).toBe(KIND_TCP)
    return feed.segment.network
  }
  const inner = { tcp: {} }

  it('is 0 outside tunnels', () => {
    expect(networkOf(new FrameFeed(), buildFrame({ vlans: [7], tcp: {} }))).toBe(0)
  })

  it('is the same for both directions of a tunnel', () => {
    const feed = new FrameFeed()
    const there = networkOf(feed, buildTunneled('vxlan', inner))
    const back = { source: '192.0.2.2', destination: '192.0.2.1' }
    expect(networkOf(feed, buildTunneled('vxlan', inner, { outer: back }))).toBe(there)
  })

  it('differs by kind, number and ends of the tunnel', () => {
    const feed = new FrameFeed()
    const other = { source: '192.0.2.1', destination: '192.0.2.3' }
    const networks = [
      networkOf(feed, buildFrame(inner)),
      networkOf(feed, buildTunneled('vxlan', inner)),
      networkOf(feed, buildTunneled('vxlan', inner, { id: 43 })),
      networkOf(feed, buildTunneled('vxlan', inner, { outer: other })),
      networkOf(feed, buildTunneled('geneve', inner)),
      networkOf(feed, buildTunneled('gre', inner)),
      networkOf(feed, buildTunneled('gre-keyed', inner, { id: 0 })),
      networkOf(feed, buildTunneled('ipip', inner)),
    ]
    expect(new Set(networks).size).toBe(networks.length)
  })

  it('nests with the tunnels', () => {
    const feed = new FrameFeed()
    const nested = buildTunneled('vxlan', { protocol: 4, ipPayload: buildFrame({ link: 'raw', tcp: {} }) })
    networkOf(feed, nested)
    expect(surroundingsOf(feed)).toEqual([
      { kind: 'ipip', id: null, outer: ['10.0.0.1', '10.0.0.2'] },
      { kind: 'vxlan', id: 42, outer: ['192.0.2.1', '192.0.2.2'] },
    ])
  })

  it('follows VLANs only if they are to be told apart, those inside a tunnel too', () => {
    const feed = new FrameFeed({ separateVlans: true })
    const frames = [
      buildFrame(inner),
      buildFrame({ vlans: [7], tcp: {} }),
      buildFrame({ vlans: [7, 8], tcp: {} }),
      buildTunneled('vxlan', inner),
      buildTunneled('vxlan', { vlans: [7], tcp: {} }),
      buildTunneled('vxlan', inner, { outer: { vlans: [7] } }),
    ]
    expect(new Set(frames.map((frame) => networkOf(feed, frame))).size).toBe(6)
    expect(feed.decoder.networks.surroundings(feed.segment.network).vlans).toEqual([])
    networkOf(feed, buildFrame({ vlans: [7, 8], tcp: {} }))
    expect(feed.decoder.networks.surroundings(feed.segment.network)).toEqual({ tunnels: [], vlans: [7, 8] })
    const together = new FrameFeed()
    expect(new Set(frames.map((frame) => networkOf(together, frame))).size).toBe(2)
  })

  it('has a name for the first 65,535, and a number still for others', () => {
    const feed = new FrameFeed()
    const seen = new Set<number>()
    for (let id = 0; id < 66_000; id++) seen.add(networkOf(feed, buildTunneled('vxlan', inner, { id })))
    expect(seen.size).toBeGreaterThan(65_990)
    expect(Math.max(...seen)).toBeLessThan(2 ** 24)
    expect(surroundingsOf(feed)).toEqual([])
    networkOf(feed, buildTunneled('vxlan', inner, { id: 65_000 }))
    expect(surroundingsOf(feed)).toMatchObject([{ id: 65_000 }])
  })
})

describe('what looks like a tunnel', () => {
  const udp = (port: string, payload: string) =>
    buildFrame({ protocol: 17, ipPayload: hexBytes(`c350 ${port} 0030 0000 ${payload}`) })
  const zeros = '00'.repeat(60)

  it.each([
    ['UDP on VXLAN’s port without its flag', KIND_UDP, udp('12b5', zeros)],
    ['VXLAN with ARP', KIND_UDP, udp('12b5', `08000000 00002a00 ${'02'.repeat(12)} 0806 ${zeros}`)],
    ['UDP on Geneve’s port of another version', KIND_UDP, udp('17c1', `40${zeros}`)],
    ['Geneve with options beyond its end', KIND_UDP, udp('17c1', `3f006558 00002a00 ${zeros}`)],
    ['a short UDP datagram', KIND_UDP, udp('12b5', '08')],
    ['PPTP', KIND_OTHER_IP, buildFrame({ protocol: 47, ipPayload: hexBytes(`3001880b ${zeros}`) })],
    [
      'GRE with routing',
      KIND_OTHER_IP,
      buildFrame({ protocol: 47, ipPayload: hexBytes(`40000800 ${zeros}`) }),
    ],
    ['protocol 4 without IPv4', KIND_OTHER_IP, buildFrame({ protocol: 4, ipPayload: hexBytes(zeros) })],
  ])('and holds no IP is what it is outside, and undamaged: %s', (_name, kind, frame) => {
    const feed = new FrameFeed()
    expect(feed.take(frame)).toBe(kind)
    expect(feed.segment.defect).toBe(0)
  })

  it('ends where the outer packet ends', () => {
    const feed = new FrameFeed()
    const inner = buildFrame({ link: 'raw', tcp: { payloadLength: 100 } })
    feed.take(concatBytes(buildFrame({ protocol: 4, ipPayload: inner.subarray(0, 50) }), new Uint8Array(90)))
    expect(feed.segment.tcpCaptured).toBe(30)
    expect(feed.segment.payloadLength).toBe(10)
  })

  it('is followed only so deep', () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0
        ? buildFrame({ link: 'raw', tcp: {} })
        : buildFrame({ link: 'raw', protocol: 4, ipPayload: nested(depth - 1) })
    const feed = new FrameFeed()
    expect(feed.take(nested(8), { linkType: 101 })).toBe(KIND_TCP)
    expect(feed.take(nested(9), { linkType: 101 })).toBe(KIND_OTHER_IP)
    expect(feed.take(hexBytes('00'), { linkType: 101 })).toBe(KIND_NON_IP)
  })
})
