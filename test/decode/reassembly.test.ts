import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECKSUM_OK, verifyTcpChecksum } from '../../src/decode/checksum.ts'
import { KIND_FRAGMENT, KIND_TCP } from '../../src/decode/segment.ts'
import { buildFrame, concatBytes, type FrameFields } from '../support/frame-builder.ts'
import { FrameFeed } from '../support/packet-decoding.ts'
import { buildTunneled } from '../support/tunnel-builder.ts'

const PAYLOAD_LENGTH = 3000

/** A TCP segment of 3,020 bytes, as the payload of an IP packet. */
function tcpBytes(ip: 4 | 6): Uint8Array {
  const whole = buildFrame({ link: 'raw', ip, tcp: { seq: 5, payloadLength: PAYLOAD_LENGTH } })
  return whole.subarray(ip === 4 ? 20 : 40)
}

/** A fragment of it: bytes `[start, end)`. */
function fragment(ip: 4 | 6, start: number, end: number, fields: FrameFields = {}): Uint8Array {
  return buildFrame({
    ip,
    ipId: 77,
    dontFragment: false,
    fragmentOffset: start,
    moreFragments: end < 20 + PAYLOAD_LENGTH,
    ipPayload: tcpBytes(ip).subarray(start, end),
    ...fields,
  })
}

const PARTS = [
  [0, 1480],
  [1480, 2960],
  [2960, 3020],
] as const

describe.each([4, 6] as const)('fragments of IPv%i', (ip) => {
  const fragments = PARTS.map(([start, end]) => fragment(ip, start, end))

  it.each([
    [[0, 1, 2]],
    [[0, 2, 1]],
    [[1, 0, 2]],
    [[1, 2, 0]],
    [[2, 0, 1]],
    [[2, 1, 0]],
    [[0, 0, 1, 1, 0, 2]],
  ])('in the order %j make the segment at the frame that completes it', (order) => {
    const feed = new FrameFeed()
    const kinds = order.map((index) => feed.take(fragments[index] as Uint8Array))
    expect(kinds).toEqual([...order.slice(1).map(() => KIND_FRAGMENT), KIND_TCP])
    const { segment } = feed
    expect(segment.packet).toBe(order.length)
    expect([segment.seq, segment.payloadLength, segment.defect]).toEqual([5, PAYLOAD_LENGTH, 0])
    expect(segment.ipEnd - segment.ipStart).toBe((ip === 4 ? 20 : 40) + 3020)
    expect(verifyTcpChecksum(segment)).toBe(CHECKSUM_OK)
    expect(feed.decoder.fragments).toEqual({ reassembled: 1, overlapping: 0, incomplete: 0 })
  })

  it('are counted as fragments, the last one too', () => {
    const feed = new FrameFeed()
    const kinds = new Uint32Array(KIND_FRAGMENT + 1)
    for (const frame of fragments) {
      const kind = feed.take(frame)
      kinds[kind] = (kinds[kind] as number) + 1
    }
    feed.decoder.countAsFragments(kinds)
    expect([kinds[KIND_TCP], kinds[KIND_FRAGMENT]]).toEqual([0, 3])
  })

  it.each<[string, FrameFields]>([
    ['identification', { ipId: 78 }],
    ['source', { source: ip === 4 ? '10.0.0.9' : '2001:db8::9' }],
    ['destination', { destination: ip === 4 ? '10.0.0.9' : '2001:db8::9' }],
    ['VLAN', { vlans: [4] }],
  ])('with another %s are not mixed', (_name, other) => {
    const feed = new FrameFeed()
    feed.take(fragments[0] as Uint8Array)
    feed.take(fragments[1] as Uint8Array)
    expect(feed.take(fragment(ip, 2960, 3020, other))).toBe(KIND_FRAGMENT)
    expect(feed.decoder.fragments.incomplete).toBe(2)
    expect(feed.take(fragments[2] as Uint8Array)).toBe(KIND_TCP)
  })

  it.each([
    ['reaches into the next', [1400, 1600]],
    ['reaches into the one before', [1480 - 8, 2000]],
    ['covers both', [0, 2960]],
    ['ends elsewhere', [1480, 3012]],
  ])('end the packet if one %s', (_name, [start, end]) => {
    const feed = new FrameFeed()
    feed.take(fragments[0] as Uint8Array)
    feed.take(fragments[2] as Uint8Array)
    feed.take(fragment(ip, start as number, end as number, { moreFragments: end !== 3012 }))
    expect(feed.decoder.fragments.overlapping).toBe(1)
    expect(feed.take(fragments[1] as Uint8Array)).toBe(KIND_FRAGMENT)
  })

  it(`are waited for ${ip === 4 ? 30 : 60} s`, () => {
    const seconds = ip === 4 ? 30 : 60
    for (const [time, kind] of [
      [seconds - 1, KIND_TCP],
      [seconds, KIND_FRAGMENT],
    ] as const) {
      const feed = new FrameFeed()
      feed.take(fragments[0] as Uint8Array)
      feed.take(fragments[1] as Uint8Array)
      expect(feed.take(fragments[2] as Uint8Array, { time })).toBe(kind)
    }
  })

  it('that the capture cut make a segment that is cut', () => {
    const feed = new FrameFeed()
    const kinds = fragments.map((frame) => feed.take(frame, { capturedLength: 110 }))
    expect(kinds).toEqual([KIND_FRAGMENT, KIND_FRAGMENT, KIND_TCP])
    const { segment } = feed
    expect([segment.seq, segment.payloadLength, segment.defect]).toEqual([5, PAYLOAD_LENGTH, 0])
    expect(segment.captureEnd).toBeLessThan(segment.ipEnd)
  })

  it('are held within bounds, the oldest giving way', () => {
    const feed = new FrameFeed()
    const parts = (ipId: number) => PARTS.map(([start, end]) => fragment(ip, start, end, { ipId }))
    for (let ipId = 1; ipId <= 3000; ipId++) feed.take(parts(ipId)[0] as Uint8Array)
    for (const [ipId, isHeld] of [
      [1, false],
      [1900, false],
      [2100, true],
      [3000, true],
    ] as const) {
      const [, second, third] = parts(ipId)
      feed.take(second as Uint8Array)
      expect([ipId, feed.take(third as Uint8Array)]).toEqual([ipId, isHeld ? KIND_TCP : KIND_FRAGMENT])
    }
  })

  it('may come in a tunnel, and a tunnel in fragments', () => {
    const feed = new FrameFeed()
    const inside = PARTS.map(([start, end]) =>
      buildTunneled('vxlan', {
        ip,
        ipId: 77,
        fragmentOffset: start,
        moreFragments: end < 3020,
        ipPayload: tcpBytes(ip).subarray(start, end),
      }),
    )
    expect(inside.map((frame) => feed.take(frame))).toEqual([KIND_FRAGMENT, KIND_FRAGMENT, KIND_TCP])
    expect(feed.segment.network).not.toBe(0)

    const whole = buildTunneled('vxlan', { ip, tcp: { seq: 6, payloadLength: 2000 } }).subarray(14 + 20)
    const outside = [0, 1480].map((start) =>
      buildFrame({
        source: '192.0.2.1',
        destination: '192.0.2.2',
        protocol: 17,
        dontFragment: false,
        fragmentOffset: start,
        moreFragments: start === 0,
        ipPayload: whole.subarray(start, start === 0 ? 1480 : undefined),
      }),
    )
    expect(outside.map((frame) => feed.take(frame))).toEqual([KIND_FRAGMENT, KIND_TCP])
    expect([feed.segment.seq, feed.segment.payloadLength]).toEqual([6, 2000])
  })
})

describe('a fragment', () => {
  it('of IPv4 that is no multiple of 8 is rounded down, as by Linux; of IPv6 it is refused', () => {
    const four = new FrameFeed()
    four.take(fragment(4, 0, 1484))
    expect(four.take(fragment(4, 1480, 3020))).toBe(KIND_TCP)
    const six = new FrameFeed()
    six.take(fragment(6, 0, 1484))
    expect(six.take(fragment(6, 1480, 3020))).toBe(KIND_FRAGMENT)
  })

  it('of IPv6 takes the headers before it along, those behind it with the payload', () => {
    const feed = new FrameFeed()
    const hop = { protocol: 0, body: Uint8Array.of(0, 1, 4, 0, 0, 0, 0) }
    // Destination options of 8 bytes, then TCP.
    const payload = concatBytes([6, 0, 1, 4, 0, 0, 0, 0], tcpBytes(6))
    const parts = [
      [0, 1480],
      [1480, 3028],
    ] as const
    const kinds = parts.map(([start, end]) =>
      feed.take(
        buildFrame({
          ip: 6,
          extensions: [hop],
          protocol: 60,
          fragmentOffset: start,
          moreFragments: start === 0,
          ipPayload: payload.subarray(start, end),
        }),
      ),
    )
    expect(kinds).toEqual([KIND_FRAGMENT, KIND_TCP])
    expect([feed.segment.seq, feed.segment.payloadLength]).toEqual([5, PAYLOAD_LENGTH])
    expect(feed.segment.ipEnd - feed.segment.ipStart).toBe(40 + 8 + 8 + 3020)
    expect(verifyTcpChecksum(feed.segment)).toBe(CHECKSUM_OK)
  })

  it('beyond the longest packet is refused', () => {
    const feed = new FrameFeed()
    feed.take(buildFrame({ dontFragment: false, fragmentOffset: 65_528, ipPayload: new Uint8Array(100) }))
    expect(feed.decoder.fragments.incomplete).toBe(0)
  })
})

describe('fragments, for any bytes and cuts', () => {
  it('do not throw, and leave what they complete with its bytes inside the packet', () => {
    const part = fc.record({
      ip: fc.constantFrom(4 as const, 6 as const),
      at: fc.nat({ max: 12 }),
      length: fc.nat({ max: 40 }),
      moreFragments: fc.boolean(),
      cut: fc.nat({ max: 120 }),
      damage: fc.array(fc.tuple(fc.nat({ max: 90 }), fc.nat({ max: 255 })), { maxLength: 2 }),
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const feed = new FrameFeed()
        for (const { ip, at, length, moreFragments, cut, damage } of parts) {
          const ipPayload = tcpBytes(ip).subarray(8 * at, 8 * at + length)
          const frame = buildFrame({
            ip,
            ipId: 1,
            dontFragment: false,
            fragmentOffset: 8 * at,
            moreFragments,
            ipPayload,
          })
          for (const [place, value] of damage) if (place < frame.length) frame[place] = value
          if (feed.take(frame, { capturedLength: Math.min(frame.length, cut) }) !== KIND_TCP) continue
          const { segment } = feed
          expect(segment.captureEnd).toBeLessThanOrEqual(segment.view.byteLength)
          expect(segment.tcpStart + segment.tcpCaptured).toBeLessThanOrEqual(segment.captureEnd)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('put into order make the bytes that were cut up', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 370 }), { maxLength: 20 })
    fc.assert(
      fc.property(
        fc.constantFrom(4 as const, 6 as const),
        cuts,
        fc.infiniteStream(fc.nat()),
        (ip, at, order) => {
          const edges = [0, ...at.map((units) => 8 * units).sort((a, b) => a - b), 3020]
          const frames = edges.slice(1).map((end, index) => fragment(ip, edges[index] as number, end))
          const shuffled = frames
            .map((frame) => ({ frame, rank: order.next().value as number }))
            .sort((a, b) => a.rank - b.rank)
          if (frames.length === 1) return
          const feed = new FrameFeed()
          let kind = KIND_FRAGMENT as number
          for (const { frame } of shuffled) kind = feed.take(frame)
          expect(kind).toBe(KIND_TCP)
          const { view, tcpStart, ipEnd } = feed.segment
          expect(new Uint8Array(view.buffer, view.byteOffset + tcpStart, ipEnd - tcpStart)).toEqual(
            tcpBytes(ip),
          )
        },
      ),
      { numRuns: 200 },
    )
  })
})
