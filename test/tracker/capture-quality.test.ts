import { describe, expect, it } from 'vitest'
import { ACK, FIN, PSH } from '../../src/decode/tcp-flags.ts'
import { closing, opening, type Shot, TrackerBench } from '../support/tracker-bench.ts'

const DATA = PSH | ACK

function qualityOf(...shots: readonly Shot[]) {
  const bench = new TrackerBench().play(...shots)
  bench.tracker.finish(1e12)
  return bench.tracker.quality
}

/** Segments of 100 bytes of the client, numbered from 0, without those in `missing`; then all is acknowledged. */
function transfer(count: number, missing: (index: number) => boolean): Shot[] {
  const data = Array.from({ length: count }, (_, index) => ({
    flags: DATA,
    seq: 101 + 100 * index,
    ack: 301,
    payloadLength: 100,
  })).filter((_, index) => !missing(index))
  return [...opening(), ...data, { from: 1, flags: ACK, seq: 301, ack: 101 + 100 * count }]
}

describe('the SYN', () => {
  const [syn, synAck, ack] = opening() as [Shot, Shot, Shot]

  it('may be missing, where its SYN-ACK is not', () => {
    expect(qualityOf(synAck, ack)).toMatchObject({ unseenSyns: 1, lateSyns: 0, midstreamConnections: 0 })
  })

  it('is not missing of a connection joined in mid-stream, nor of one whose opener was never captured', () => {
    expect(qualityOf(ack)).toMatchObject({ unseenSyns: 0, midstreamConnections: 1 })
    expect(qualityOf(synAck, { ...synAck, flags: ACK, seq: 301 })).toMatchObject({ unseenSyns: 0 })
  })

  it('may be captured behind its SYN-ACK', () => {
    expect(qualityOf(synAck, syn, ack)).toMatchObject({ unseenSyns: 0, lateSyns: 1 })
    expect(qualityOf(syn, synAck, ack)).toMatchObject({ unseenSyns: 0, lateSyns: 0 })
  })
})

describe('what is captured behind its answer', () => {
  const data: Shot = { flags: DATA, seq: 101, ack: 301, payloadLength: 100 }
  const answer: Shot = { from: 1, flags: ACK, seq: 301, ack: 201 }
  const fin: Shot = { flags: FIN | ACK, seq: 201, ack: 301 }

  it('is counted, with how long the answer had stood there', () => {
    const shots = [...opening(), { ...answer, time: 1e9 }, { ...data, time: 1.03e9 }]
    expect(qualityOf(...shots)).toMatchObject({
      lateSegments: 1,
      longestLead: 30e6,
      late: [{ packet: 5, time: 1.03e9 }],
      unseenBytes: 0,
    })
  })

  it('may be a FIN', () => {
    const shots = [...opening(), data, { ...answer, ack: 202 }, fin]
    expect(qualityOf(...shots)).toMatchObject({ lateSegments: 1 })
  })

  it('is not what its answer follows, nor what was never captured', () => {
    expect(qualityOf(...opening(), data, answer, fin)).toMatchObject({ lateSegments: 0, longestLead: 0 })
    const lost = qualityOf(...opening(), answer, fin, { ...answer, ack: 202 })
    expect(lost).toMatchObject({ lateSegments: 0, unseenBytes: 100 })
  })

  it('may be a SYN without a SYN-ACK', () => {
    const [syn] = opening() as [Shot]
    const late = qualityOf({ ...answer, ack: 101, time: 1e9 }, { ...syn, time: 1.02e9 })
    expect(late).toMatchObject({ lateSyns: 1, longestLead: 20e6 })
  })

  it('names the first few', () => {
    const shots = Array.from({ length: 20 }, (_, index) => [
      { ...answer, ack: 201 + 100 * index },
      { ...data, seq: 101 + 100 * index },
    ])
    const { lateSegments, late } = qualityOf(...opening(), ...shots.flat())
    expect([lateSegments, late.length]).toEqual([20, 8])
  })
})

describe('data that was never captured', () => {
  it('is a hole that was acknowledged', () => {
    expect(qualityOf(...transfer(10, (index) => index === 4 || index === 5))).toMatchObject({
      unseenBytes: 200,
      unseenSegments: 1,
      seenBytes: 800,
      senders: [{ unseenBytes: 200, address: [0x0a000000, 0, 0, 0] }],
    })
  })

  it('is what was acknowledged behind all that was seen', () => {
    expect(qualityOf(...transfer(10, (index) => index >= 8))).toMatchObject({ unseenBytes: 200 })
  })

  it('is counted once for every hole, however many there are', () => {
    const acknowledged = transfer(400, (index) => index % 2 === 1).flatMap((shot, index) => [
      shot,
      { from: 1 as const, flags: ACK, seq: 301, ack: (shot.seq ?? 0) + (index > 2 ? 100 : 0) },
    ])
    const shots = [...opening(), ...acknowledged.filter(({ seq = 0 }) => seq > 100)]
    expect(qualityOf(...shots)).toMatchObject({ unseenBytes: 20_000, seenBytes: 20_000 })
  })

  it('is none of what is still missing, comes late, or is sent again', () => {
    const hole = transfer(10, (index) => index === 4).slice(0, -1)
    expect(qualityOf(...hole)).toMatchObject({ unseenBytes: 0 })
    const again: Shot = { flags: DATA, seq: 501, ack: 301, payloadLength: 100 }
    expect(qualityOf(...hole, again, { from: 1, flags: ACK, seq: 301, ack: 1101 })).toMatchObject({
      unseenBytes: 0,
    })
    expect(qualityOf(...transfer(10, (index) => index === 4), again)).toMatchObject({ unseenBytes: 0 })
  })

  it('is no acknowledgment beyond the window, which is a lie', () => {
    const lie: Shot = { from: 1, flags: ACK, seq: 301, ack: 101 + 500_000 }
    expect(qualityOf(...opening(), lie)).toMatchObject({ unseenBytes: 0 })
  })

  it('is none where only one side was captured', () => {
    const oneSide = transfer(10, (index) => index === 4).filter(({ from }) => from !== 1)
    expect(qualityOf(...oneSide)).toMatchObject({ unseenBytes: 0, oneSidedConnections: 1 })
  })
})

describe('one-sided connections', () => {
  it.each([
    ['the client', 0, 1],
    ['the server', 1, 0],
  ])('are told apart by who was seen: %s', (_name, from, clientOnlyConnections) => {
    const shots = [...opening(), ...closing()].filter((shot) => (shot.from ?? 0) === from)
    expect(qualityOf(...shots)).toMatchObject({ oneSidedConnections: 1, clientOnlyConnections })
  })
})

describe('segments beyond the MTU', () => {
  const large = (payloadLength: number): Shot => ({ flags: DATA, seq: 101, ack: 301, payloadLength })

  it('are those longer than the MSS that the receiver offered', () => {
    const mss = Uint8Array.of(2, 4, 1460 >> 8, 1460 & 0xff)
    const offered = opening().map((shot, index) => (index < 2 ? { ...shot, options: mss } : shot))
    expect(qualityOf(...offered, large(1460))).toMatchObject({ offloadedSegments: 0 })
    expect(qualityOf(...offered, large(2920))).toMatchObject({
      offloadedSegments: 1,
      senders: [{ offloadedSegments: 1, address: [0x0a000000, 0, 0, 0] }],
    })
  })

  it('are those longer than any frame where no SYN was seen', () => {
    const midstream = (length: number) => qualityOf({ ...large(length), flags: DATA })
    expect(midstream(8948)).toMatchObject({ offloadedSegments: 0 })
    expect(midstream(14_600)).toMatchObject({ offloadedSegments: 1 })
  })
})

describe('wrong checksums', () => {
  const broken: Shot = { flags: DATA, seq: 101, ack: 301, payloadLength: 10, checksum: 0x1234 }

  it('are bad until the receiver acknowledges what they cover', () => {
    expect(qualityOf(...opening(), broken)).toMatchObject({ badChecksums: 1, refutedChecksums: 0 })
    const refuted = qualityOf(...opening(), broken, { from: 1, flags: ACK, seq: 301, ack: 111 })
    expect(refuted).toMatchObject({ badChecksums: 0, refutedChecksums: 1, senders: [] })
  })
})

describe('copies of frames', () => {
  it('are nearly all known behind hundreds of other frames', () => {
    const flight = (ipId: number, time: number): Shot[] =>
      Array.from({ length: 300 }, (_, index) => ({
        flags: DATA,
        seq: 101 + 10 * index,
        ack: 301,
        payloadLength: 10,
        ipId: ipId + index,
        time: time + index,
      }))
    const quality = qualityOf(...opening(), ...flight(1000, 10e6), ...flight(1000, 11e6))
    expect(quality.duplicateFrames).toBeGreaterThan(290)
  })

  it('are none if they come too late, or answer what came between', () => {
    const ack: Shot = { from: 1, flags: ACK, seq: 301, ack: 101, ipId: 0 }
    expect(qualityOf(...opening(), ack, ack).duplicateFrames).toBe(0)
    const data: Shot = { flags: DATA, seq: 101, ack: 301, payloadLength: 10, ipId: 0 }
    const at = (time: number) => ({ ...data, time })
    expect(qualityOf(...opening(), at(10e6), at(10.1e6)).duplicateFrames).toBe(1)
    expect(qualityOf(...opening(), at(10e6), { ...ack, time: 10.05e6 }, at(10.1e6)).duplicateFrames).toBe(0)
    expect(
      qualityOf(...opening(), { ...data, ipId: 7, time: 10e6 }, { ...data, ipId: 7, time: 13e6 }),
    ).toMatchObject({ duplicateFrames: 0 })
  })

  it('are none of another connection', () => {
    const fin = (client: number): Shot => ({
      client,
      flags: FIN | ACK,
      seq: 101,
      ack: 301,
      ipId: 9,
      time: 9e6,
    })
    const shots = [...opening(1), ...opening(2), { ...fin(1), checksum: 5 }, { ...fin(2), checksum: 5 }]
    expect(qualityOf(...shots).duplicateFrames).toBe(0)
  })
})
