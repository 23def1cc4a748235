import { describe, expect, it } from 'vitest'
import {
  DEFECT_NONE,
  DEFECT_TCP_DATA_OFFSET_LARGE,
  DEFECT_TCP_DATA_OFFSET_SMALL,
  DEFECT_TCP_HEADER_INCOMPLETE,
  DEFECT_TCP_HEADER_NOT_CAPTURED,
  DEFECT_TCP_OPTIONS_NOT_CAPTURED,
} from '../../src/decode/defect.ts'
import { KIND_TCP, type Segment } from '../../src/decode/segment.ts'
import { ACK, AE, FIN, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import { decodeBytes } from '../support/decode-bytes.ts'
import { buildFrame, concatBytes, hexBytes, tcpOption } from '../support/frame-builder.ts'

const RAW = 101

/** Source 10.0.0.1, destination 10.0.0.2, total length 52: 32 bytes of TCP. */
const IPV4 = '4500 0034 0000 4000 40 06 0000 0a000001 0a000002'
const TCP_START = 20

/** The TCP fields, as `expect` compares them. */
function tcpFields(segment: Segment) {
  const { sourcePort, destinationPort, seq, ack, tcpHeaderLength, reservedBits, flags, window } = segment
  const { checksum, urgentPointer, tcpStart, tcpCaptured, payloadStart, payloadLength, defect } = segment
  return {
    sourcePort,
    destinationPort,
    seq: seq >>> 0,
    ack: ack >>> 0,
    tcpHeaderLength,
    reservedBits,
    flags,
    window,
    checksum,
    urgentPointer,
    tcpStart,
    tcpCaptured,
    payloadStart,
    payloadLength,
    defect,
  }
}

describe('a TCP header', () => {
  it('has every field where RFC 9293 section 3.1 puts it', () => {
    const { kind, segment } = decodeBytes(
      hexBytes(`${IPV4}
        |sport|dport|seq      |ack      |off,flags|window|sum  |urgent
         c001  01bb  fedcba98  89abcdef  5b19      1234   5678  9abc
         6162636465666768696a6b6c`),
      { linkType: RAW },
    )
    expect(kind).toBe(KIND_TCP)
    expect(tcpFields(segment)).toEqual({
      sourcePort: 49153,
      destinationPort: 443,
      seq: 0xfedcba98,
      ack: 0x89abcdef,
      tcpHeaderLength: 20,
      reservedBits: 5,
      flags: AE | ACK | PSH | FIN,
      window: 0x1234,
      checksum: 0x5678,
      urgentPointer: 0x9abc,
      tcpStart: 20,
      tcpCaptured: 32,
      payloadStart: 40,
      payloadLength: 12,
      defect: DEFECT_NONE,
    })
  })

  it('keeps sequence numbers as int32', () => {
    const { segment } = decodeBytes(buildFrame({ tcp: { seq: 0x80000000, ack: 0xffffffff } }))
    expect(segment.seq).toBe(-(2 ** 31))
    expect(segment.ack).toBe(-1)
  })

  it('is followed by as much payload as the IP length says, captured or not', () => {
    const frame = buildFrame({ tcp: { payloadLength: 1000 } })
    const { segment } = decodeBytes(frame, { capturedLength: 60 })
    expect(segment.payloadLength).toBe(1000)
    expect(segment.payloadStart).toBe(54)
    expect(segment.captureEnd).toBe(60)
    expect(segment.ipEnd).toBe(1054)
    expect(segment.defect).toBe(DEFECT_NONE)
  })

  it('is not followed by the padding of a short Ethernet frame', () => {
    const { segment } = decodeBytes(buildFrame({ tcp: {}, padding: 6 }))
    expect(segment.payloadLength).toBe(0)
    expect(segment.tcpCaptured).toBe(20)
  })

  it('has options between itself and the payload', () => {
    const options = concatBytes([1, 1], tcpOption.timestamps(1, 2))
    const { segment } = decodeBytes(buildFrame({ tcp: { options, payload: 'abc' } }))
    expect(segment.tcpHeaderLength).toBe(32)
    expect(segment.payloadStart).toBe(14 + 20 + 32)
    expect(segment.payloadLength).toBe(3)
  })
})

describe('a TCP header that the capture cut', () => {
  const whole = hexBytes(`${IPV4}
    c001 01bb fedcba98 89abcdef 8012 1234 5678 9abc
    0204 05b4 01 03 03 07 04 02 01 01`)
  const length = 32

  it.each(Array.from({ length: length + 1 }, (_, index) => index))(
    'shows what is there with %i bytes',
    (present) => {
      const { kind, segment } = decodeBytes(whole, { linkType: RAW, capturedLength: TCP_START + present })
      const from = <T>(needed: number, value: T, otherwise: T): T => (present >= needed ? value : otherwise)
      expect(kind).toBe(KIND_TCP)
      expect(tcpFields(segment)).toEqual({
        sourcePort: from(4, 49153, 0),
        destinationPort: from(4, 443, 0),
        seq: from(8, 0xfedcba98, 0),
        ack: from(12, 0x89abcdef, 0),
        tcpHeaderLength: from(16, 32, 0),
        reservedBits: 0,
        flags: from(16, SYN | ACK, 0),
        window: from(16, 0x1234, 0),
        checksum: from(18, 0x5678, 0),
        urgentPointer: from(20, 0x9abc, 0),
        tcpStart: TCP_START,
        tcpCaptured: present,
        payloadStart: TCP_START + length,
        payloadLength: 0,
        defect: from(
          32,
          DEFECT_NONE,
          from(20, DEFECT_TCP_OPTIONS_NOT_CAPTURED, DEFECT_TCP_HEADER_NOT_CAPTURED),
        ),
      })
      expect(segment.options.mss).toBe(from(24, 1460, 0))
      expect(segment.options.windowScale).toBe(from(28, 7, 0))
      if (present < 32) {
        expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([
          TCP_START,
          from(20, 32, 20),
          present,
        ])
      }
    },
  )
})

describe('a TCP header that the packet has no room for', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index))('is incomplete with %i bytes', (present) => {
    const frame = buildFrame({ tcp: {}, ipLength: 20 + present })
    const { kind, segment } = decodeBytes(frame)
    expect(kind).toBe(KIND_TCP)
    expect(segment.defect).toBe(DEFECT_TCP_HEADER_INCOMPLETE)
    expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([34, 20, present])
    expect(segment.tcpCaptured).toBe(present)
    expect(segment.payloadLength).toBe(0)
  })
})

describe('a data offset', () => {
  it.each([0, 1, 4])('of %i words is too small', (dataOffset) => {
    const { segment } = decodeBytes(buildFrame({ tcp: { dataOffset, payload: 'abc', flags: SYN } }))
    expect(segment.defect).toBe(DEFECT_TCP_DATA_OFFSET_SMALL)
    expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([
      34,
      20,
      dataOffset * 4,
    ])
    expect(segment.flags).toBe(SYN)
    expect(segment.options.present).toBe(0)
    expect(segment.payloadLength).toBe(0)
    expect(segment.payloadStart).toBe(segment.ipEnd)
  })

  it('beyond the packet is too large', () => {
    const { segment } = decodeBytes(buildFrame({ tcp: { dataOffset: 6, payload: 'abc' } }))
    expect(segment.defect).toBe(DEFECT_TCP_DATA_OFFSET_LARGE)
    expect([segment.defectOffset, segment.bytesNeeded, segment.bytesPresent]).toEqual([34, 24, 23])
    expect(segment.payloadLength).toBe(0)
  })

  it('at the end of the packet is fine', () => {
    const { segment } = decodeBytes(buildFrame({ tcp: { dataOffset: 6, payload: '\x01\x01\x01\x01' } }))
    expect(segment.defect).toBe(DEFECT_NONE)
    expect(segment.payloadLength).toBe(0)
  })
})
