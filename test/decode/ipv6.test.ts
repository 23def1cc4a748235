import { describe, expect, it } from 'vitest'
import {
  DEFECT_IP_HEADER_INCOMPLETE,
  DEFECT_IP_HEADER_NOT_CAPTURED,
  DEFECT_IP_LONGER_THAN_FRAME,
  DEFECT_IP_VERSION,
  DEFECT_IPV6_EXTENSION_INCOMPLETE,
  DEFECT_IPV6_EXTENSION_NOT_CAPTURED,
  DEFECT_NONE,
} from '../../src/decode/defect.ts'
import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_NON_IP,
  KIND_OTHER_IP,
  KIND_TCP,
  LENGTH_FROM_IPV6_PAYLOAD_LENGTH,
  LENGTH_FROM_OFFLOAD,
} from '../../src/decode/segment.ts'
import { decodeBytes } from '../support/decode-bytes.ts'
import { buildFrame, hexBytes } from '../support/frame-builder.ts'

const RAW = 101
const IPV6 = 229

describe('an IPv6 header', () => {
  it('has every field where RFC 8200 section 3 puts it', () => {
    const { kind, segment } = decodeBytes(
      hexBytes(`
        |ver,class,flow|length|next|hops
         6b 9a bcde     0002   3a   fe
         20010db8 00000001 89abcdef fffffffe
         fe800000 00000000 02000000 00000001
         8000`),
      { linkType: RAW },
    )
    expect(kind).toBe(KIND_ICMP)
    const { ipVersion, ipStart, source0, source1, source2, source3, protocol, trafficClass, ttl } = segment
    const { destination0, destination1, destination2, destination3, ipId, dontFragment } = segment
    const { fragmentOffset, moreFragments, ipEnd, lengthSource, defect } = segment
    expect({ ipVersion, ipStart }).toEqual({ ipVersion: 6, ipStart: 0 })
    expect([source0, source1, source2, source3].map((word) => word >>> 0)).toEqual([
      0x20010db8, 1, 0x89abcdef, 0xfffffffe,
    ])
    expect([destination0, destination1, destination2, destination3].map((word) => word >>> 0)).toEqual([
      0xfe800000, 0, 0x02000000, 1,
    ])
    expect({ protocol, trafficClass, ttl, ipId, dontFragment, fragmentOffset, moreFragments }).toEqual({
      protocol: 58,
      trafficClass: 0xb9,
      ttl: 254,
      ipId: -1,
      dontFragment: 1,
      fragmentOffset: 0,
      moreFragments: 0,
    })
    expect({ ipEnd, lengthSource, defect }).toEqual({
      ipEnd: 42,
      lengthSource: LENGTH_FROM_IPV6_PAYLOAD_LENGTH,
      defect: DEFECT_NONE,
    })
  })
})

describe('an IPv6 header that is cut', () => {
  const frame = buildFrame({ link: 'ipv6', ip: 6, tcp: {} })

  it.each(Array.from({ length: 40 }, (_, index) => index))('by the capture at %i bytes', (capturedLength) => {
    const { kind, segment } = decodeBytes(frame, { linkType: IPV6, capturedLength })
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.ipVersion).toBe(0)
    expect(segment.defect).toBe(DEFECT_IP_HEADER_NOT_CAPTURED)
  })

  it.each([0, 1, 39])('on the wire at %i bytes', (length) => {
    const { segment } = decodeBytes(frame.slice(0, length), { linkType: IPV6 })
    expect(segment.defect).toBe(DEFECT_IP_HEADER_INCOMPLETE)
  })
})

describe('the version', () => {
  it('must be 6 where IPv6 is announced', () => {
    const frame = buildFrame({ ip: 6, tcp: {} })
    frame[14] = 0x45
    const { kind, segment } = decodeBytes(frame)
    expect(kind).toBe(KIND_NON_IP)
    expect(segment.defect).toBe(DEFECT_IP_VERSION)
  })
})

describe('the payload length', () => {
  it('of 0 means segmentation offload: the frame decides', () => {
    const frame = buildFrame({ ip: 6, ipLength: 0, tcp: { payloadLength: 70_000 } })
    const { kind, segment } = decodeBytes(frame, { capturedLength: 200 })
    expect(kind).toBe(KIND_TCP)
    expect(segment.payloadLength).toBe(70_000)
    expect(segment.lengthSource).toBe(LENGTH_FROM_OFFLOAD)
    expect(segment.defect).toBe(DEFECT_NONE)
  })

  it('of 0 may be true when no header follows', () => {
    const { kind, segment } = decodeBytes(buildFrame({ ip: 6, protocol: 59, ipPayload: new Uint8Array(0) }))
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.protocol).toBe(59)
    expect(segment.lengthSource).toBe(LENGTH_FROM_IPV6_PAYLOAD_LENGTH)
  })

  it('greater than the frame stays as it is, with a defect', () => {
    const { segment } = decodeBytes(buildFrame({ ip: 6, ipLength: 120, tcp: {} }))
    expect(segment.payloadLength).toBe(100)
    expect(segment.defect).toBe(DEFECT_IP_LONGER_THAN_FRAME)
  })
})

/** The rest of an extension header of `length` bytes, behind its next-header byte. */
const body = (length: number, lengthField = length / 8 - 1) => {
  const bytes = new Uint8Array(length - 1)
  bytes[0] = lengthField
  return bytes
}

describe('extension headers', () => {
  it.each([
    ['hop-by-hop', 0, body(8)],
    ['routing', 43, body(24)],
    ['destination options', 60, body(2048)],
    ['mobility', 135, body(16)],
    ['host identity', 139, body(40)],
    ['shim6', 140, body(8)],
    ['authentication, counted in words', 51, body(24, 4)],
    ['an atomic fragment', 44, hexBytes('00 0000 00000001')],
  ])('lead to TCP: %s', (_name, protocol, extension) => {
    const { kind, segment } = decodeBytes(
      buildFrame({
        ip: 6,
        extensions: [{ protocol, body: extension }],
        tcp: { sourcePort: 7, payload: 'ab' },
      }),
    )
    expect(kind).toBe(KIND_TCP)
    expect([segment.protocol, segment.sourcePort, segment.payloadLength]).toEqual([6, 7, 2])
    expect(segment.tcpStart).toBe(14 + 40 + 1 + extension.length)
    expect(segment.defect).toBe(DEFECT_NONE)
  })

  it('lead to TCP one after the other', () => {
    const extensions = [0, 60, 43, 60].map((protocol) => ({ protocol, body: body(16) }))
    const { kind, segment } = decodeBytes(buildFrame({ ip: 6, extensions, tcp: { sourcePort: 7 } }))
    expect(kind).toBe(KIND_TCP)
    expect(segment.sourcePort).toBe(7)
  })

  it('end at encryption', () => {
    const { kind, segment } = decodeBytes(
      buildFrame({
        ip: 6,
        protocol: 50,
        ipPayload: new Uint8Array(40),
        extensions: [{ protocol: 0, body: body(8) }],
      }),
    )
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.protocol).toBe(50)
  })

  it('that the capture cut hide what follows', () => {
    const extensions = [{ protocol: 0, body: body(16) }]
    const frame = buildFrame({ ip: 6, extensions, tcp: {} })
    for (let captured = 0; captured < 16; captured++) {
      const { kind, segment } = decodeBytes(frame, { capturedLength: 54 + captured })
      expect(kind).toBe(KIND_OTHER_IP)
      expect(segment.protocol).toBe(-1)
      expect(segment.defect).toBe(DEFECT_IPV6_EXTENSION_NOT_CAPTURED)
      expect([segment.bytesNeeded, segment.bytesPresent]).toEqual([captured < 8 ? 8 : 16, captured])
    }
  })

  it('that reach beyond the packet are a defect', () => {
    const extensions = [{ protocol: 60, body: body(16, 31) }]
    const { kind, segment } = decodeBytes(buildFrame({ ip: 6, extensions, tcp: {} }))
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.defect).toBe(DEFECT_IPV6_EXTENSION_INCOMPLETE)
    expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([54, 256, 36])
  })
})

describe('a fragment', () => {
  it('that comes first shows its TCP header', () => {
    const { kind, segment } = decodeBytes(
      buildFrame({ ip: 6, moreFragments: true, tcp: { sourcePort: 5, payloadLength: 12 } }),
    )
    expect(kind).toBe(KIND_FRAGMENT)
    expect([segment.moreFragments, segment.fragmentOffset]).toEqual([1, 0])
    expect([segment.sourcePort, segment.payloadLength]).toEqual([5, 12])
  })

  it('that comes later is not read as TCP', () => {
    const { kind, segment } = decodeBytes(buildFrame({ ip: 6, fragmentOffset: 1448, tcp: { sourcePort: 5 } }))
    expect(kind).toBe(KIND_FRAGMENT)
    expect([segment.moreFragments, segment.fragmentOffset]).toEqual([0, 1448])
    expect([segment.sourcePort, segment.protocol]).toEqual([0, 6])
  })

  it('that is cut behind its header is still a fragment', () => {
    const extensions = [{ protocol: 60, body: body(8, 9) }]
    const { kind } = decodeBytes(
      buildFrame({
        ip: 6,
        extensions: [{ protocol: 44, body: hexBytes('00 0001 00000001') }, ...extensions],
        tcp: {},
      }),
    )
    expect(kind).toBe(KIND_FRAGMENT)
  })
})
