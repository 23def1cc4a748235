import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CHECKSUM_BAD,
  CHECKSUM_OK,
  CHECKSUM_PARTIAL,
  CHECKSUM_UNKNOWN,
  verifyTcpChecksum,
} from '../../src/decode/checksum.ts'
import { type DecodeOptions, decodeBytes } from '../support/decode-bytes.ts'
import { buildFrame, hexBytes } from '../support/frame-builder.ts'

const verdict = (frame: Uint8Array, options?: DecodeOptions) =>
  verifyTcpChecksum(decodeBytes(frame, options).segment)

describe('verifyTcpChecksum', () => {
  it('accepts a sum made by hand', () => {
    // RFC 1071: the words of the pseudo-header (7f00 0001 7f00 0001 0006 0018) and of the segment add up to 3026a,
    // with the carry added 026d; the complement of that is fd92.
    const packet = (checksum: string) =>
      hexBytes(`4500 002c 0000 4000 4006 0000 7f000001 7f000001
                9c40 0050 00000001 00000000 6002 ffff ${checksum} 0000 0204 05b4`)
    expect(verdict(packet('fd92'), { linkType: 101 })).toBe(CHECKSUM_OK)
    expect(verdict(packet('fd93'), { linkType: 101 })).toBe(CHECKSUM_BAD)
  })

  it('accepts every correct segment and notices every changed byte', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4 as const, 6 as const),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat({ max: 7 }),
        (ip, payload, position, change, lead) => {
          const frame = buildFrame({ ip, tcp: { payload } })
          expect(verdict(frame, { lead })).toBe(CHECKSUM_OK)
          const tcpStart = ip === 4 ? 34 : 54
          const at = tcpStart + (position % (frame.length - tcpStart))
          // The data offset decides which defect there is, not the sum; PARTIAL would need a certain value.
          const isChecksum = at === tcpStart + 16 || at === tcpStart + 17
          frame[at] = (frame[at] ?? 0) ^ change
          expect(verdict(frame, { lead }) !== CHECKSUM_OK).toBe(true)
          if (!isChecksum) expect([CHECKSUM_BAD, CHECKSUM_PARTIAL]).toContain(verdict(frame, { lead }))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('includes the addresses', () => {
    const frame = buildFrame({ tcp: { payload: 'abc' } })
    frame[29] = 9
    expect(verdict(frame)).toBe(CHECKSUM_BAD)
  })

  it('is not fooled by padding', () => {
    expect(verdict(buildFrame({ tcp: { payload: 'abc' }, padding: 3 }))).toBe(CHECKSUM_OK)
  })

  it('knows segments of more than 65,535 bytes', () => {
    expect(verdict(buildFrame({ ip: 6, ipLength: 0, tcp: { payloadLength: 100_001 } }))).toBe(CHECKSUM_OK)
  })

  // 0a00 + 0001 + 0a00 + 0002 + 0006 + 0017 = 1420, RFC 1071 without the last complement.
  it.each([
    ['with the length', 0x1420],
    ['without it', 0x1409],
  ])('calls a bare pseudo-header sum partial: %s', (_name, checksum) => {
    expect(verdict(buildFrame({ tcp: { checksum, payload: 'abc' } }))).toBe(CHECKSUM_PARTIAL)
  })

  it('does not know what was not captured', () => {
    const frame = buildFrame({ tcp: { payload: 'abc' } })
    expect(verdict(frame, { capturedLength: frame.length - 1 })).toBe(CHECKSUM_UNKNOWN)
    expect(verdict(buildFrame({ ipLength: 39, tcp: {} }))).toBe(CHECKSUM_UNKNOWN)
  })

  it('does not know fragments and other protocols', () => {
    expect(verdict(buildFrame({ moreFragments: true, tcp: {} }))).toBe(CHECKSUM_UNKNOWN)
    expect(verdict(buildFrame({ protocol: 17, ipPayload: new Uint8Array(40) }))).toBe(CHECKSUM_UNKNOWN)
    expect(verdict(new Uint8Array(0))).toBe(CHECKSUM_UNKNOWN)
  })
})
