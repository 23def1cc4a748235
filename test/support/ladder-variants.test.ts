import { describe, expect, it } from 'vitest'
import { parseLadder } from './ladder.ts'
import { ladderSteps } from './ladder-steps.ts'
import { type LadderVariant, ladderVariants } from './ladder-variants.ts'

const LADDER = parseLadder(`
+5    --> S   100:100(0) <TS val 10 ecr 0>
      <-- S.  300:300(0) ack 101 <TS val 900 ecr 10>
      ~~> .   101:101(0) ack 301
      --> P.  101:111(10) ack 301 <sack 305:309>
      --> F.  111:111(0) ack 301 badsum
+0.25 <-- R.  0:0(0) ack 112 win 0
`)

function variant(name: string): LadderVariant {
  const found = ladderVariants(LADDER).find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no variant ${name}`)
  return found
}

/** Where the frames of the plain IPv4 variants have what: 14 bytes of Ethernet and 20 of IPv4 come before TCP. */
const SEQ = 38
const ACK = 42
const OPTIONS = 54

function words(name: string, offset: number): (number | undefined)[] {
  const frames = ladderSteps(LADDER, variant(name)).flatMap(({ frame }) =>
    frame === undefined ? [] : [frame],
  )
  return frames.map((frame) => {
    return offset + 4 <= frame.length
      ? new DataView(frame.buffer, frame.byteOffset).getUint32(offset)
      : undefined
  })
}

describe('ladderSteps', () => {
  it('writes the numbers of the ladder', () => {
    expect(words('as written', SEQ)).toEqual([100, 300, 101, 111, 0])
    expect(words('as written', ACK)).toEqual([0, 101, 301, 301, 112])
  })

  it('captures what is seen, from time 0', () => {
    const steps = ladderSteps(LADDER, variant('as written'))
    expect(steps.map(({ time, frame }) => [time / 1e6, frame !== undefined])).toEqual([
      [0, true],
      [1, true],
      [2, false],
      [3, true],
      [4, true],
      [254, true],
    ])
  })

  it('numbers the IP packets as Linux does: per end, 0 on SYN-ACKs and on RSTs without a socket', () => {
    const ipIds = ladderSteps(LADDER, variant('as written'))
      .flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
      .map((frame) => new DataView(frame.buffer, frame.byteOffset).getUint16(18))
    expect(ipIds).toEqual([0x1001, 0, 0x1002, 0x1003, 0])
  })

  it('damages the checksum only where told to', () => {
    const sums = ladderSteps(LADDER, variant('as written'))
      .flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
      .map(tcpSum)
    expect(sums.map((sum) => sum === 0xffff)).toEqual([true, true, true, false, true])
  })

  it('exchanges addresses and ports', () => {
    const [first] = ladderSteps(LADDER, variant('ends swapped'))
    expect([...(first?.frame ?? []).slice(26, 38)]).toEqual([10, 0, 0, 2, 10, 0, 0, 1, 0, 80, 0x9c, 0x41])
  })

  it('puts VLAN tags before either IP version', () => {
    const [tagged] = ladderSteps(LADDER, variant('VLAN'))
    expect([...(tagged?.frame ?? []).slice(12, 19)]).toEqual([0x81, 0, 0, 100, 0x08, 0, 0x45])
    const [twice] = ladderSteps(LADDER, variant('VLAN in VLAN, IPv6'))
    expect([...(twice?.frame ?? []).slice(12, 23)]).toEqual([
      0x88, 0xa8, 0, 200, 0x81, 0, 0, 100, 0x86, 0xdd, 0x60,
    ])
  })
})

describe('ladderVariants', () => {
  it('moves one stream, its acknowledgments and SACK blocks, and no RST that belongs to no stream', () => {
    expect(words('A crosses 2^32 behind the first number', SEQ)).toEqual([0xffff_ffff, 300, 0, 10, 0])
    expect(words('A crosses 2^32 behind the first number', ACK)).toEqual([0, 0, 301, 301, 11])
    expect(words('B crosses 2^31 at the first number', SEQ)).toEqual([100, 0x8000_0000, 101, 111, 0])
    expect(words('B crosses 2^31 at the first number', ACK)).toEqual([0, 101, 0x8000_0001, 0x8000_0001, 112])
    expect(words('B crosses 2^31 at the first number', OPTIONS + 2)[2]).toBe(0x8000_0005)
  })

  it('puts the wrap into the middle of the stream', () => {
    expect(words('both cross 2^31 in the middle', SEQ)[3]).toBe(0x8000_0000)
  })

  it('moves the clocks, and no echo of nothing', () => {
    const name = 'timestamps cross 2^31 and 2^32'
    expect(words(name, OPTIONS + 2).slice(0, 2)).toEqual([0x7fff_ffff, 0xffff_ffff])
    expect(words(name, OPTIONS + 6).slice(0, 2)).toEqual([0, 0x7fff_ffff])
  })

  it('has a name of its own for each, and the ladder as written first', () => {
    const names = ladderVariants(LADDER).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names[0]).toBe('as written')
  })

  it('keeps the two ends of a self-connect equal', () => {
    for (const { shiftA, shiftB, clockA, clockB, swapped } of ladderVariants({
      ...LADDER,
      selfConnect: true,
    })) {
      expect([shiftA, clockA, swapped]).toEqual([shiftB, clockB, false])
    }
  })
})

/** One's complement sum over pseudo-header and segment, 0xffff if the checksum is right (RFC 9293 section 3.1). */
function tcpSum(frame: Uint8Array): number {
  const tcpLength = frame.length - 34
  const bytes = [...frame.slice(26, 34), 0, 6, tcpLength >> 8, tcpLength & 0xff, ...frame.slice(34)]
  const sum = bytes.reduce((total, byte, index) => total + (index % 2 === 0 ? byte << 8 : byte), 0)
  return (sum & 0xffff) + (sum >>> 16)
}
