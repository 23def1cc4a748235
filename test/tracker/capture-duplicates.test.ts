import { describe, expect, it } from 'vitest'
import { SYN } from '../../src/decode/tcp-flags.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { concatBytes } from '../support/frame-builder.ts'
import { FrameDecoder } from '../support/frame-decoder.ts'
import { parseLadder } from '../support/ladder.ts'
import { ladderSteps } from '../support/ladder-steps.ts'
import { ladderVariants } from '../support/ladder-variants.ts'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'

const LADDERS: readonly (readonly [name: string, ladder: string])[] = [
  [
    'a conversation',
    `${OPENED_WITH_TIMESTAMPS}
      --> P.  101:111(10) ack 301 <nop,nop,TS val 1002 ecr 8000>
      <-- .   301:301(0) ack 111 <nop,nop,TS val 8002 ecr 1002>
      <-- P.  301:321(20) ack 111 <nop,nop,TS val 8003 ecr 1002>
      --> .   111:111(0) ack 321 <nop,nop,TS val 1004 ecr 8003>
      --> F.  111:111(0) ack 321 <nop,nop,TS val 1005 ecr 8003>
      <-- F.  321:321(0) ack 112 <nop,nop,TS val 8006 ecr 1005>
      --> .   112:112(0) ack 322 <nop,nop,TS val 1007 ecr 8006>
      - +70 -`,
  ],
  [
    'loss, repetition and reordering',
    `${OPENED_WITH_SACK}
      --x P.  101:111(10) ack 301
      --> P.  111:121(10) ack 301
      <-- .   301:301(0) ack 101 <nop,nop,sack 111:121>
      +0.3 --> P.  101:111(10) ack 301
      <-- .   301:301(0) ack 121
      --x F.  121:121(0) ack 301
      +0.3 --> F.  121:121(0) ack 301
      <-- .   301:301(0) ack 122`,
  ],
  [
    'a SYN that opens the tuple anew',
    `${OPENED}
      --> S   5000:5000(0)
      <-- S.  9000:9000(0) ack 5001
      --> .   5001:5001(0) ack 9001`,
  ],
]

/** What the capture point makes of a frame for its second copy. */
type Copy = (frame: Uint8Array) => Uint8Array

const same: Copy = (frame) => frame

/** One hop further, between other cards; the IP checksum is nobody's concern. */
const routed: Copy = (frame) => {
  const copy = Uint8Array.from(frame)
  copy.set([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8])
  const isIpv4 = copy[12] === 0x08 && copy[13] === 0
  const at = isIpv4 ? 22 : 21
  copy[at] = (copy[at] ?? 0) - 1
  return copy
}

const inOtherVlan: Copy = (frame) => concatBytes(frame.slice(0, 12), [0x81, 0, 0, 7], frame.slice(12))

const TCP = 34
const MSS = 56

/** Behind a box that lowers the MSS of SYNs and SYN-ACKs, of IPv4 without VLAN. */
const clamped: Copy = (frame) => {
  const copy = Uint8Array.from(frame)
  const view = new DataView(copy.buffer)
  if ((view.getUint8(TCP + 13) & SYN) === 0) return copy
  const before = view.getUint16(MSS)
  view.setUint16(MSS, 1200)
  const sum = (~view.getUint16(TCP + 16) & 0xffff) + (~before & 0xffff) + 1200
  view.setUint16(TCP + 16, ~((sum & 0xffff) + (sum >>> 16)))
  return copy
}

/** Plays the ladder, each frame `copies` times, `gap` ns apart. */
function play(text: string, copies: number, makeCopy: Copy = same, gap = 30_000, variant = 'as written') {
  const ladder = parseLadder(text)
  const asWritten = ladderVariants(ladder).find(({ name }) => name === variant)
  if (asWritten === undefined) throw new Error('a ladder has at least one variant')
  const finished: ConnectionSummary[] = []
  const tracker = new Tracker({ onConnection: (connection) => finished.push(connection.summary()) })
  const decoder = new FrameDecoder()
  const states: string[] = []
  let end = 0
  for (const { frame, time } of ladderSteps(ladder, asWritten)) {
    end = time
    for (let copy = 0; copy < copies; copy++) {
      if (frame === undefined) tracker.advance(time)
      else tracker.segment(decoder.next(copy === 0 ? frame : makeCopy(frame), time + gap * copy))
    }
    states.push(
      tracker.held
        .summaries()
        .map(({ client, server }) => `${client.state} ${server.state}`)
        .join(),
    )
  }
  tracker.finish(end)
  const { duplicateFrames, routedFrames, otherVlanFrames } = tracker.quality
  return { states, finished, duplicateFrames, routedFrames, otherVlanFrames, frames: decoder.frames }
}

/** What of a connection may not change because its frames were captured twice: all but numbers of frames and times. */
function essence({ client, server, packets, outcome, closedFirst, zeek, handshake }: ConnectionSummary) {
  return { packets, outcome, closedFirst, zeek, handshake, client: without(client), server: without(server) }
}

function without({ stateSince, statePacket, transitions, retracted, rtt, ...rest }: EndpointSummary) {
  const steps = (list: EndpointSummary['transitions']) => list.map(({ state, basis }) => [state, basis])
  return { ...rest, transitions: steps(transitions), retracted: steps(retracted), samples: rtt?.samples }
}

describe('frames that a capture holds twice change nothing and are counted', () => {
  it.each(LADDERS)('in %s', (_name, ladder) => {
    const once = play(ladder, 1)
    const twice = play(ladder, 2)
    expect(twice.states).toEqual(once.states)
    expect(twice.finished.map(essence)).toEqual(once.finished.map(essence))
    expect([once.duplicateFrames, twice.duplicateFrames]).toEqual([0, twice.frames - once.frames])
  })
})

describe('frames that pass again elsewhere change nothing and are told apart', () => {
  const CASES = LADDERS.flatMap(([name, ladder]) =>
    ['as written', 'IPv6'].map((ip) => [name, ip, ladder] as const),
  )

  it.each(CASES)('behind a router, in %s, %s', (_name, variant, ladder) => {
    const once = play(ladder, 1, same, 0, variant)
    const twice = play(ladder, 2, routed, 400_000, variant)
    expect(twice.states).toEqual(once.states)
    expect(twice.finished.map(essence)).toEqual(once.finished.map(essence))
    expect([twice.duplicateFrames, twice.routedFrames]).toEqual([once.frames, once.frames])
  })

  it.each(CASES)('in two VLANs, in %s, %s', (_name, variant, ladder) => {
    const once = play(ladder, 1, same, 0, variant)
    const twice = play(ladder, 2, inOtherVlan, 30_000, variant)
    expect(twice.finished.map(essence)).toEqual(once.finished.map(essence))
    expect(twice.otherVlanFrames).toBe(once.frames)
  })
})

describe('handshakes that a box has changed between two places that are captured', () => {
  const opening = `${OPENED_WITH_TIMESTAMPS}
    --> P.  101:111(10) ack 301 <nop,nop,TS val 1002 ecr 8000>
    <-- .   301:301(0) ack 111 <nop,nop,TS val 8002 ecr 1002>`

  it.each([
    ['on one side of a bridge and the other', clamped, 0],
    ['before a router and behind it', (frame: Uint8Array) => routed(clamped(frame)), 5],
  ])('are no handshakes sent again: %s', (_name, makeCopy, routedFrames) => {
    const once = play(opening, 1)
    const twice = play(opening, 2, makeCopy, 400_000)
    expect(twice.states).toEqual(once.states)
    expect(twice.finished.map(essence)).toEqual(once.finished.map(essence))
    expect(twice).toMatchObject({ duplicateFrames: 5, routedFrames })
  })

  it.each([
    [
      'a SYN later than a box takes',
      '+0.025 --> S  100:100(0) <mss 1400,TS val 1000 ecr 0> ttl 63  -->',
      { synRetries: 1 },
    ],
    [
      'a SYN with a later timestamp',
      '+0.002 --> S  100:100(0) <mss 1400,TS val 1002 ecr 0> ttl 63  -->',
      { synRetries: 1 },
    ],
    [
      'a SYN-ACK with a later timestamp: a second SYN draws one at once',
      `        <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>         <--
       +0.002  <-- S. 300:300(0) ack 101 <mss 1400,TS val 8002 ecr 1000> ttl 63  <--`,
      { synAckRetries: 1 },
    ],
    [
      'a SYN that offers more',
      '+0.002 --> S  100:100(0) <mss 1460,sackOK,TS val 1000 ecr 0>  -->',
      { synRetries: 1 },
    ],
  ])('are told from %s', (_name, repeats, handshake) => {
    const played = play(`--> S  100:100(0) <mss 1460,TS val 1000 ecr 0>  -->\n${repeats}`, 1)
    expect(played).toMatchObject({ duplicateFrames: 0, finished: [{ handshake }] })
  })
})
