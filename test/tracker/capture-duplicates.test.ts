import { describe, expect, it } from 'vitest'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
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

/** Plays the ladder, each frame `copies` times, 30 us apart. */
function play(text: string, copies: number) {
  const ladder = parseLadder(text)
  const [asWritten] = ladderVariants(ladder)
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
      else tracker.segment(decoder.next(frame, time + 30_000 * copy))
    }
    states.push(
      tracker
        .summaries()
        .map(({ client, server }) => `${client.state} ${server.state}`)
        .join(),
    )
  }
  tracker.finish(end)
  return { states, finished, duplicateFrames: tracker.quality.duplicateFrames, frames: decoder.frames }
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
