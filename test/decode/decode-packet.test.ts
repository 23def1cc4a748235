import { describe, expect, it } from 'vitest'
import { Segment } from '../../src/decode/segment.ts'
import { SYN } from '../../src/decode/tcp-flags.ts'
import { decodeBytes, fieldsOf } from '../support/decode-bytes.ts'
import { buildFrame, concatBytes, hexBytes, tcpOption } from '../support/frame-builder.ts'

/** A segment with a value in every field that no packet below gives it. */
function fullSegment(): Segment {
  const segment = new Segment()
  const numbers = (object: object) => Object.entries(object).filter(([, value]) => typeof value === 'number')
  Object.assign(segment, Object.fromEntries(numbers(segment).map(([name]) => [name, 0x5555])))
  Object.assign(segment.options, Object.fromEntries(numbers(segment.options).map(([name]) => [name, 4])))
  segment.options.sackEdges.fill(0x5555)
  return segment
}

const options = concatBytes(
  tcpOption.mss(1460),
  tcpOption.windowScale(7),
  tcpOption.sackPermitted(),
  tcpOption.timestamps(1, 2),
)

describe('decodePacket', () => {
  it.each([
    ['TCP over IPv4', buildFrame({ tcp: { payload: 'x' } })],
    ['TCP over IPv6', buildFrame({ ip: 6, tcp: { flags: SYN, options } })],
    ['TCP with a defect', buildFrame({ tcp: { dataOffset: 3 } })],
    ['a cut TCP header', buildFrame({ tcp: {} }).slice(0, 40)],
    ['UDP', buildFrame({ protocol: 17, ipPayload: new Uint8Array(8) })],
    ['a later fragment', buildFrame({ fragmentOffset: 8, tcp: {} })],
    ['a cut IP header', buildFrame({}).slice(0, 20)],
    ['ARP', hexBytes('020000000002 020000000001 0806 0001')],
    ['nothing', new Uint8Array(0)],
  ])('leaves nothing of the packet before: %s', (_name, bytes) => {
    const fresh = decodeBytes(bytes)
    const segment = fullSegment()
    segment.ordinal = 0
    const reused = decodeBytes(bytes, { segment })
    expect(reused.kind).toBe(fresh.kind)
    expect(fieldsOf(segment)).toEqual(fieldsOf(fresh.segment))
  })

  it('takes over what the capture says of the packet', () => {
    const frame = buildFrame({ tcp: {} })
    const { segment } = decodeBytes(frame, { originalLength: 1514, lead: 9 })
    expect(segment.packet).toBe(1)
    expect(segment.originalLength).toBe(1514)
    expect(segment.capturedLength).toBe(54)
    expect(segment.captureEnd).toBe(63)
    expect(segment.view.getUint8(segment.ipStart)).toBe(0x45)
  })

  it('leaves the ordinal to its caller', () => {
    const segment = new Segment()
    segment.ordinal = 77
    decodeBytes(buildFrame({}), { segment })
    expect(segment.ordinal).toBe(77)
  })
})
