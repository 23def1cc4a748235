import fc from 'fast-check'
import { describe, it } from 'vitest'
import { ACK, FIN, PSH, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { type LadderLine, printLadder } from '../support/ladder.ts'
import type { LadderSegment } from '../support/ladder-segment.ts'
import { OPENED } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** Segments near both streams of a connection with ISNs 100 and 300, sensible or not. */
const segment = (own: number, peer: number): fc.Arbitrary<LadderSegment> =>
  fc
    .record({
      flags: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(ACK, PSH | ACK) },
        { weight: 2, arbitrary: fc.constantFrom(FIN | ACK, FIN | PSH | ACK) },
        { weight: 3, arbitrary: fc.constantFrom(SYN, SYN | ACK, RST, RST | ACK) },
        { weight: 1, arbitrary: fc.constantFrom(0, FIN, SYN | FIN, SYN | RST, SYN | FIN | ACK) },
      ),
      ahead: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-5, 11, 12, 21, 5000, 200_000)),
      payloadLength: fc.constantFrom(0, 0, 0, 1, 10),
      acked: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-5, 11, 12, 21, 5000)),
      window: fc.constantFrom(undefined, undefined, 0, 500),
    })
    .map(({ flags, ahead, payloadLength, acked, window }) => ({
      flags,
      seq: own + ahead,
      payloadLength,
      ack: (flags & ACK) === 0 ? undefined : peer + acked,
      window,
      options: [],
      ttl: undefined,
      ipId: undefined,
      fill: undefined,
      badChecksum: false,
    }))

const line: fc.Arbitrary<LadderLine> = fc.boolean().chain((fromLeft) =>
  fc.record({
    kind: fc.constant('segment' as const),
    connection: fc.constant(undefined),
    left: fc.constant(undefined),
    right: fc.constant(undefined),
    rules: fc.constant([]),
    comment: fc.constant(undefined),
    delayMicros: fc.constantFrom(undefined, undefined, 200_000, 1_000_000, 61_000_000, 150_000_000),
    fromLeft: fc.constant(fromLeft),
    fate: fc.constant('delivered' as const),
    segment: fromLeft ? segment(100, 300) : segment(300, 100),
  }),
)

/** The opening SYN names the client; without it the ports would, and swapped ends have other ports. */
const FIRST_SYN = '--> S 100:100(0) <mss 1460>'

describe('any dialogue', () => {
  it('comes to the same whatever the numbers, ends, addresses and capture formats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(FIRST_SYN, OPENED),
        fc.array(line, { minLength: 1, maxLength: 10 }),
        async (opening, lines) => {
          await runLadder(`${opening}\n${printLadder({ selfConnect: false, lines })}`)
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([
    [
      'a SYN after a start in mid-stream',
      `--> .  100:100(0) ack 300
       <-- S  300:300(0)
       <-- .  295:295(0) ack 100`,
    ],
    [
      'FINs with and without an acknowledgment',
      `--> S  100:100(0)
       --> F. 95:95(0) ack 300
       <-- F  295:295(0)
       <-- .  300:300(0) ack 95`,
    ],
    [
      'a segment without flags in SYN_RCVD',
      `--> S    100:100(0)
       --> F.   95:95(0) ack 300
       <-- none 300:300(0)
       <-- .    295:295(0) ack 100`,
    ],
    [
      'an RST after a SYN-ACK that was not captured',
      `--> S  100:100(0)
       --> .  100:100(0) ack 295
       <-- R. 321:321(0) ack 100
       <-- S  295:295(0)`,
    ],
  ])('found once to depend on the numbers: %s', async (_name, ladder) => {
    await runLadder(ladder)
  })
})
