import { describe, expect, it } from 'vitest'
import {
  DEFECT_IP_HEADER_INCOMPLETE,
  DEFECT_IP_HEADER_NOT_CAPTURED,
  DEFECT_IP_LONGER_THAN_FRAME,
  DEFECT_IP_VERSION,
  DEFECT_IPV4_HEADER_LENGTH,
  DEFECT_IPV4_TOTAL_LENGTH,
  DEFECT_NONE,
} from '../../src/decode/defect.ts'
import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_NON_IP,
  KIND_OTHER_IP,
  KIND_TCP,
  KIND_UDP,
  LENGTH_FROM_IPV4_TOTAL_LENGTH,
  LENGTH_FROM_OFFLOAD,
} from '../../src/decode/segment.ts'
import { SYN } from '../../src/decode/tcp-flags.ts'
import { decodeBytes } from '../support/decode-bytes.ts'
import { buildFrame, hexBytes, tcpOption } from '../support/frame-builder.ts'

const RAW = 101
const IPV4 = 228

describe('an IPv4 header', () => {
  it('has every field where RFC 791 section 3.1 puts it', () => {
    const { kind, segment } = decodeBytes(
      hexBytes(`
        |ver,ihl|tos|length|id  |fragment|ttl|proto|sum |source  |destination
         45      b9  0014   abcd 4000     3f  11    1234 c0a80001 fffefdfc`),
      { linkType: RAW },
    )
    expect(kind).toBe(KIND_UDP)
    const { ipVersion, ipStart, source0, source1, source2, source3, protocol, trafficClass, ttl } = segment
    const { destination0, destination1, destination2, destination3, ipId, dontFragment } = segment
    const { fragmentOffset, moreFragments, ipEnd, lengthSource, defect } = segment
    expect({ ipVersion, ipStart, source0: source0 >>> 0, source1, source2, source3 }).toEqual({
      ipVersion: 4,
      ipStart: 0,
      source0: 0xc0a80001,
      source1: 0,
      source2: 0,
      source3: 0,
    })
    expect([destination0 >>> 0, destination1, destination2, destination3]).toEqual([0xfffefdfc, 0, 0, 0])
    expect({ protocol, trafficClass, ttl, ipId, dontFragment, fragmentOffset, moreFragments }).toEqual({
      protocol: 17,
      trafficClass: 0xb9,
      ttl: 63,
      ipId: 0xabcd,
      dontFragment: 1,
      fragmentOffset: 0,
      moreFragments: 0,
    })
    expect({ ipEnd, lengthSource, defect }).toEqual({
      ipEnd: 20,
      lengthSource: LENGTH_FROM_IPV4_TOTAL_LENGTH,
      defect: DEFECT_NONE,
    })
  })

  it.each([
    [1, KIND_ICMP],
    [6, KIND_TCP],
    [17, KIND_UDP],
    [47, KIND_OTHER_IP],
    [132, KIND_OTHER_IP],
  ])('announces protocol %i', (protocol, kind) => {
    const decoded = decodeBytes(buildFrame({ protocol, ipPayload: new Uint8Array(20) }))
    expect(decoded.kind).toBe(kind)
    expect(decoded.segment.protocol).toBe(protocol)
  })

  it('may have options, which TCP follows', () => {
    const frame = buildFrame({ ipOptions: new Uint8Array(40).fill(1), tcp: { sourcePort: 7, payload: 'ab' } })
    const { kind, segment } = decodeBytes(frame)
    expect(kind).toBe(KIND_TCP)
    expect([segment.tcpStart, segment.sourcePort, segment.payloadLength]).toEqual([14 + 60, 7, 2])
  })
})

describe('an IPv4 header that is cut', () => {
  const frame = buildFrame({ link: 'ipv4', tcp: {} })

  it.each(Array.from({ length: 20 }, (_, index) => index))('by the capture at %i bytes', (capturedLength) => {
    const { kind, segment } = decodeBytes(frame, { linkType: IPV4, capturedLength })
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.ipVersion).toBe(0)
    expect(segment.defect).toBe(DEFECT_IP_HEADER_NOT_CAPTURED)
    expect([segment.bytesNeeded, segment.bytesPresent]).toEqual([20, capturedLength])
  })

  it.each([0, 1, 19])('on the wire at %i bytes', (length) => {
    const { segment } = decodeBytes(frame.slice(0, length), { linkType: IPV4 })
    expect(segment.defect).toBe(DEFECT_IP_HEADER_INCOMPLETE)
  })
})

describe('the version', () => {
  it.each([0x05, 0x55, 0x65, 0xf5])('must be 4 where IPv4 is announced: first byte %i', (first) => {
    const frame = buildFrame({ link: 'ipv4', tcp: {} })
    frame[0] = first
    const { kind, segment } = decodeBytes(frame, { linkType: IPV4 })
    expect(kind).toBe(KIND_NON_IP)
    expect(segment.defect).toBe(DEFECT_IP_VERSION)
    expect(segment.ipVersion).toBe(0)
  })
})

describe('the header length', () => {
  it.each([0, 4])('of %i words is too small', (words) => {
    const frame = buildFrame({ link: 'ipv4', tcp: {} })
    frame[0] = 0x40 | words
    const { kind, segment } = decodeBytes(frame, { linkType: IPV4 })
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.defect).toBe(DEFECT_IPV4_HEADER_LENGTH)
    expect(segment.source0).toBe(0x0a000001)
  })
})

describe('the total length', () => {
  it.each([1, 19])('of %i bytes is less than the header', (ipLength) => {
    const { kind, segment } = decodeBytes(buildFrame({ ipLength, tcp: {} }))
    expect(kind).toBe(KIND_OTHER_IP)
    expect(segment.defect).toBe(DEFECT_IPV4_TOTAL_LENGTH)
  })

  it('of 0 means segmentation offload: the frame decides', () => {
    const { kind, segment } = decodeBytes(buildFrame({ ipLength: 0, tcp: { payloadLength: 3000 } }), {
      capturedLength: 100,
    })
    expect(kind).toBe(KIND_TCP)
    expect(segment.payloadLength).toBe(3000)
    expect(segment.lengthSource).toBe(LENGTH_FROM_OFFLOAD)
    expect(segment.defect).toBe(DEFECT_NONE)
  })

  it('greater than the frame stays as it is, with a defect', () => {
    const { kind, segment } = decodeBytes(buildFrame({ ipLength: 1500, tcp: { payloadLength: 10 } }))
    expect(kind).toBe(KIND_TCP)
    expect(segment.payloadLength).toBe(1460)
    expect(segment.defect).toBe(DEFECT_IP_LONGER_THAN_FRAME)
    expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([14, 1500, 50])
  })

  it('is not compared with a wire length below the captured length', () => {
    const { segment } = decodeBytes(buildFrame({ tcp: { payloadLength: 10 } }), { originalLength: 0 })
    expect(segment.payloadLength).toBe(10)
    expect(segment.defect).toBe(DEFECT_NONE)
  })
})

describe('a fragment', () => {
  it('that comes first shows its TCP header', () => {
    const options = tcpOption.mss(1460)
    const { kind, segment } = decodeBytes(
      buildFrame({
        moreFragments: true,
        dontFragment: false,
        tcp: { sourcePort: 5, flags: SYN, options, payloadLength: 8 },
      }),
    )
    expect(kind).toBe(KIND_FRAGMENT)
    expect([segment.moreFragments, segment.fragmentOffset, segment.dontFragment]).toEqual([1, 0, 0])
    expect([segment.sourcePort, segment.flags, segment.payloadLength]).toEqual([5, SYN, 8])
    expect(segment.options.mss).toBe(1460)
  })

  it('that comes first with less than a TCP header shows nothing of it', () => {
    const { kind, segment } = decodeBytes(
      buildFrame({ moreFragments: true, protocol: 6, ipPayload: new Uint8Array(16).fill(1) }),
    )
    expect(kind).toBe(KIND_FRAGMENT)
    expect([segment.sourcePort, segment.defect]).toEqual([0, DEFECT_NONE])
  })

  it.each([true, false])('that comes later is not read as TCP (more follow: %s)', (moreFragments) => {
    const { kind, segment } = decodeBytes(
      buildFrame({ moreFragments, fragmentOffset: 1480, tcp: { sourcePort: 5 } }),
    )
    expect(kind).toBe(KIND_FRAGMENT)
    expect([segment.fragmentOffset, segment.moreFragments]).toEqual([1480, moreFragments ? 1 : 0])
    expect([segment.sourcePort, segment.tcpStart, segment.protocol]).toEqual([0, 0, 6])
  })
})
