import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACK, FIN, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import { STATE_NAMES } from '../../src/tracker/tcp-state.ts'
import { type Ladder, type LadderLine, parseLadder, printLadder } from './ladder.ts'
import type { LadderOption, LadderSegment } from './ladder-segment.ts'

const HANDSHAKE = `
SYN_SENT           --> S   100:100(0) win 64240 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>  --> LISTEN
SYN_SENT           <-- S.  300:300(0) ack 101 win 65535 <mss 1460> ttl 57 id 0x0000            <-- SYN_RCVD
; the third segment

+0.5 ESTABLISHED   --x .   101:101(0) ack 301                                                  --x -         ; lost
                   ~~> P.  101:106(5) ack 301 fill 0x41 badsum                                 ~~> -
#1 +63 CLOSED      <-- S.  300:300(0) ack 101                                                  <-- SYN_RCVD  ! handshake-ack-lost, data-injected ; two
TIME_WAIT          +60                                                                             CLOSED
`.trim()

function segmentOf(line: string): LadderSegment {
  const [first] = parseLadder(line).lines
  if (first?.kind !== 'segment') throw new Error('not a segment line')
  return first.segment
}

describe('parseLadder', () => {
  it('reads every part of a line', () => {
    const [syn, , remark, empty, lost, unseen, tagged, wait] = parseLadder(HANDSHAKE).lines
    expect(syn).toEqual({
      kind: 'segment',
      connection: undefined,
      left: 'SYN_SENT',
      right: 'LISTEN',
      delayMicros: undefined,
      fromLeft: true,
      fate: 'delivered',
      rules: [],
      comment: undefined,
      segment: {
        flags: SYN,
        seq: 100,
        payloadLength: 0,
        ack: undefined,
        window: 64240,
        options: [
          { name: 'mss', value: 1460 },
          { name: 'sackOK' },
          { name: 'TS', val: 7, ecr: 0 },
          { name: 'nop' },
          { name: 'wscale', shift: 7 },
        ],
        ttl: undefined,
        ipId: undefined,
        fill: undefined,
        badChecksum: false,
      },
    })
    expect([remark, empty]).toEqual([
      { kind: 'remark', text: 'the third segment' },
      { kind: 'remark', text: '' },
    ])
    expect(lost).toMatchObject({ delayMicros: 500_000, fate: 'lost', right: undefined, comment: 'lost' })
    expect(unseen).toMatchObject({ fate: 'unseen', left: undefined })
    expect(unseen).toMatchObject({ segment: { payloadLength: 5, fill: 0x41, badChecksum: true } })
    expect(tagged).toMatchObject({ connection: 1, delayMicros: 63_000_000, fromLeft: false, comment: 'two' })
    expect(tagged).toMatchObject({ rules: ['handshake-ack-lost', 'data-injected'] })
    expect(wait).toEqual({
      kind: 'wait',
      connection: undefined,
      left: 'TIME_WAIT',
      right: 'CLOSED',
      delayMicros: 60_000_000,
      rules: [],
      comment: undefined,
    })
  })

  it('reads a segment that crosses 2^32', () => {
    expect(segmentOf('--> FP. 4294967295:4(5) ack 1')).toMatchObject({
      flags: FIN | PSH | ACK,
      seq: 4294967295,
      payloadLength: 5,
    })
  })

  it('reads no flags, and an ack without its flag', () => {
    expect(segmentOf('<-- none 5:5(0)').flags).toBe(0)
    expect(segmentOf('--> R 5:5(0) ack 9')).toMatchObject({ flags: 4, ack: 9 })
  })

  it('reads a self-connect', () => {
    expect(parseLadder('A = B\n--> S 1:1(0)').selfConnect).toBe(true)
    expect(parseLadder('--> S 1:1(0)').selfConnect).toBe(false)
  })

  it.each([
    ['a state that does not exist', 'SYN_RECEIVED --> S 1:1(0)', 'no state is called SYN_RECEIVED'],
    ['a state where the segment should be', 'CLOSED --> CLOSED', 'not a segment: CLOSED'],
    ['an end that does not fit', '--> . 1:5(5) ack 1', '5 bytes from 1 do not end at 5'],
    ['an ACK without number', '--> . 1:1(0)', 'the ACK flag needs an ack'],
    ['two arrows of different kinds', '--> S 1:1(0) --x LISTEN', 'the two arrows differ'],
    ['flags in another order', '--> SF 1:1(0)', 'not flags as tcpdump prints them: SF'],
    ['an unknown option', '--> S 1:1(0) <mss>', 'not an option: mss'],
    [
      'a number out of range',
      '--> S 4294967296:4294967296(0)',
      '4294967296 is not a number up to 4294967295',
    ],
    ['a window out of range', '--> S 1:1(0) win 65536', '65536 is not a number up to 65535'],
    ['the parts of a segment in another order', '--> S 1:1(0) ttl 5 win 5', 'not a segment'],
    ['cookie bytes that are not whole', '--> S 1:1(0) <tfo 123>', 'not bytes in hex: 123'],
    ['time below a microsecond', '+0.0000001 --> S 1:1(0)', 'no state is called +0.0000001'],
    ['anything else', 'hello', 'expected ['],
  ])('rejects %s', (_name, line, message) => {
    expect(() => parseLadder(`\n--> S 1:1(0)\n${line}`)).toThrow(`ladder line 2: ${message}`)
  })
})

describe('printLadder', () => {
  it('aligns the columns', () => {
    const ragged = HANDSHAKE.replaceAll(/ {2,}/g, ' ')
    expect(printLadder(parseLadder(ragged))).toMatchInlineSnapshot(`
      "SYN_SENT          --> S   100:100(0) win 64240 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>  --> LISTEN
      SYN_SENT          <-- S.  300:300(0) ack 101 win 65535 <mss 1460> ttl 57 id 0x0000            <-- SYN_RCVD
      ; the third segment

      +0.5 ESTABLISHED  --x .   101:101(0) ack 301                                                  --x -  ; lost
                        ~~> P.  101:106(5) ack 301 fill 0x41 badsum                                 ~~> -
      #1 +63 CLOSED     <-- S.  300:300(0) ack 101                                                  <-- SYN_RCVD  ! handshake-ack-lost data-injected  ; two
      TIME_WAIT         +60                                                                             CLOSED"
    `)
  })

  it('prints what parses to the same ladder', () => {
    fc.assert(
      fc.property(anyLadder, (ladder) => {
        expect(parseLadder(printLadder(ladder))).toEqual(ladder)
      }),
    )
  })

  it('prints a printed ladder as itself', () => {
    fc.assert(
      fc.property(anyLadder, (ladder) => {
        const text = printLadder(ladder)
        expect(printLadder(parseLadder(text))).toBe(text)
      }),
    )
  })
})

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
const hex = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const remarkText = fc.stringMatching(/^[a-z!;+#<>-][ -~]{0,20}$/).map((text) => text.trim())
const state = maybe(fc.constantFrom(...STATE_NAMES))

const anyOption: fc.Arbitrary<LadderOption> = fc.oneof(
  fc.record({ name: fc.constant('mss' as const), value: fc.integer({ min: 0, max: 65_535 }) }),
  fc.record({ name: fc.constant('wscale' as const), shift: fc.integer({ min: 0, max: 255 }) }),
  fc.constantFrom({ name: 'sackOK' as const }, { name: 'nop' as const }),
  fc.record({
    name: fc.constant('sack' as const),
    blocks: fc.array(fc.tuple(uint32, uint32), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ name: fc.constant('TS' as const), val: uint32, ecr: uint32 }),
  fc.record({ name: fc.constant('tfo' as const), cookie: hex }),
  fc.record({ name: fc.constant('option' as const), kind: fc.integer({ min: 0, max: 255 }), bytes: hex }),
)

const anySegment: fc.Arbitrary<LadderSegment> = fc
  .record({
    flags: fc.integer({ min: 0, max: 0x1ff }),
    seq: uint32,
    payloadLength: fc.integer({ min: 0, max: 65_535 }),
    ack: maybe(uint32),
    window: maybe(fc.integer({ min: 0, max: 65_535 })),
    options: fc.array(anyOption, { maxLength: 4 }),
    ttl: maybe(fc.integer({ min: 0, max: 255 })),
    ipId: maybe(fc.integer({ min: 0, max: 65_535 })),
    fill: maybe(fc.integer({ min: 0, max: 255 })),
    badChecksum: fc.boolean(),
  })
  .map((segment) => ({ ...segment, ack: (segment.flags & ACK) === 0 ? segment.ack : (segment.ack ?? 1) }))

const event = {
  connection: maybe(fc.integer({ min: 1, max: 99 })),
  left: state,
  right: state,
  rules: fc.array(fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/), { maxLength: 3 }),
  comment: maybe(remarkText),
}
const delay = fc.integer({ min: 0, max: 1_000_000_000_000 })

const anyLine: fc.Arbitrary<LadderLine> = fc.oneof(
  fc.record({ kind: fc.constant('remark' as const), text: remarkText }),
  fc.record({ kind: fc.constant('wait' as const), ...event, delayMicros: delay }),
  fc.record({
    kind: fc.constant('segment' as const),
    ...event,
    delayMicros: maybe(delay),
    fromLeft: fc.boolean(),
    fate: fc.constantFrom('delivered' as const, 'lost' as const, 'unseen' as const),
    segment: anySegment,
  }),
)

const anyLadder: fc.Arbitrary<Ladder> = fc.record({
  selfConnect: fc.boolean(),
  lines: fc.array(anyLine, { minLength: 1, maxLength: 8 }),
})
