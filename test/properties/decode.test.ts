import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyTcpChecksum } from '../../src/decode/checksum.ts'
import { DEFECTS } from '../../src/decode/defect.ts'
import { type DecodeOptions, decodeBytes, fieldsOf } from '../support/decode-bytes.ts'
import { buildFrame, LINK_TYPE_OF, type LinkName, tcpOption } from '../support/frame-builder.ts'

const linkType = fc.constantFrom(0, 1, 9, 12, 14, 50, 51, 101, 104, 108, 113, 228, 229, 239, 276, 105)

/** Frames that are whole but for some bytes: random bytes alone rarely get past the link layer. */
const damagedFrame = fc
  .record({
    link: fc.constantFrom(
      ...Object.keys(LINK_TYPE_OF).filter((name): name is LinkName => name in LINK_TYPE_OF),
    ),
    ip: fc.constantFrom(4 as const, 6 as const),
    vlans: fc.array(fc.integer({ min: 0, max: 4095 }), { maxLength: 3 }),
    options: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(tcpOption.timestamps(1, 2))),
    payload: fc.uint8Array({ maxLength: 30 }),
    extensions: fc.array(
      fc.record({
        protocol: fc.constantFrom(0, 43, 44, 51, 60, 135),
        body: fc.uint8Array({ minLength: 7, maxLength: 15 }),
      }),
      { maxLength: 2 },
    ),
    damage: fc.array(fc.tuple(fc.nat({ max: 130 }), fc.nat({ max: 255 })), { maxLength: 4 }),
  })
  .map(({ link, ip, vlans, options, payload, extensions, damage }) => {
    const bytes = buildFrame({ link, ip, vlans, extensions, tcp: { options, payload } })
    for (const [at, value] of damage) if (at < bytes.length) bytes[at] = value
    return { bytes, linkType: LINK_TYPE_OF[link] }
  })

const anyBytes = fc.record({ bytes: fc.uint8Array({ maxLength: 120 }), linkType })

const packet = fc.oneof({ arbitrary: damagedFrame, weight: 3 }, { arbitrary: anyBytes, weight: 1 })

function decodeAll(bytes: Uint8Array, options: DecodeOptions) {
  const { kind, segment } = decodeBytes(bytes, options)
  return { kind, checksum: verifyTcpChecksum(segment), fields: fieldsOf(segment) }
}

describe('decodePacket, for any bytes of any link type cut anywhere', () => {
  it('does not throw and reads nothing outside the packet', () => {
    fc.assert(
      fc.property(packet, fc.nat({ max: 200 }), ({ bytes, linkType }, cut) => {
        const options = { linkType, lead: 40, capturedLength: Math.min(cut, bytes.length) }
        const first = decodeAll(bytes, { ...options, neighbour: 0 })
        for (const neighbour of [0x06, 0x45, 0x81, 0xff]) {
          expect(decodeAll(bytes, { ...options, neighbour })).toEqual(first)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('does not throw where the buffer ends with the packet', () => {
    fc.assert(
      fc.property(packet, fc.nat({ max: 200 }), ({ bytes, linkType }, cut) => {
        const tail = Uint8Array.from(bytes.subarray(0, cut))
        const { kind } = decodeBytes(tail, { linkType, originalLength: bytes.length, trail: 0 })
        expect(kind).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 3000 },
    )
  })

  it('gives offsets from where the packet stands', () => {
    fc.assert(
      fc.property(packet, ({ bytes, linkType }) => {
        const near = decodeBytes(bytes, { linkType }).segment
        const far = decodeBytes(bytes, { linkType, lead: 1000 }).segment
        const { seq, ack, flags, payloadLength, defect, bytesNeeded, bytesPresent } = near
        expect(far).toMatchObject({ seq, ack, flags, payloadLength, defect, bytesNeeded, bytesPresent })
        if (near.tcpCaptured > 0) expect(far.tcpStart - near.tcpStart).toBe(1000)
        if (near.defect !== 0) expect(far.defectOffset - near.defectOffset).toBe(1000)
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps its promises about lengths and numbers', () => {
    fc.assert(
      fc.property(packet, fc.nat({ max: 200 }), ({ bytes, linkType }, cut) => {
        const { segment } = decodeBytes(bytes, { linkType, capturedLength: Math.min(cut, bytes.length) })
        const { tcpCaptured, payloadLength, payloadStart, ipEnd, options, defect } = segment
        expect(tcpCaptured).toBeGreaterThanOrEqual(0)
        expect(payloadLength).toBeGreaterThanOrEqual(0)
        if (payloadLength > 0) expect(payloadStart + payloadLength).toBe(ipEnd)
        expect(options.sackCount).toBeLessThanOrEqual(4)
        expect(options.duplicated & ~options.present).toBe(0)
        expect(DEFECTS[defect]).toBeDefined()
        for (const word of [segment.seq, segment.ack, options.tsVal, options.tsEcr, segment.source0]) {
          expect(word | 0).toBe(word)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
