import { describe, expect, it } from 'vitest'
import { SYN } from '../../src/decode/tcp-flags.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { TRANSITIONS } from '../../src/tracker/transitions.ts'
import { ArrowRecorder, arrowName } from '../support/arrow-recorder.ts'
import { FrameDecoder } from '../support/frame-decoder.ts'
import { CLIENT_SYN, opening, SYN_ACK } from '../support/icmp-dialogue.ts'
import { parseLadder } from '../support/ladder.ts'
import { ladderSteps } from '../support/ladder-steps.ts'
import { ladderVariants } from '../support/ladder-variants.ts'
import { OPENED } from '../support/openings.ts'
import { RecordedCrowd } from '../support/recorded-crowd.ts'

const PASSIVE_CLOSE = `${OPENED}
  --> F.  101:101(0) ack 301
  <-- .   301:301(0) ack 102`
const LAST = `${PASSIVE_CLOSE}
  x-- F.  301:301(0) ack 102`
const CROSSING = `${OPENED}
  --> F.  101:101(0) ack 301
  x-- F.  301:301(0) ack 101
  x-- .   302:302(0) ack 102`
const CROSSED_SYNS = `
  --> S   100:100(0)
  <-- S   300:300(0)
  --> S.  100:100(0) ack 301`
const OPENS_ANEW = `
  --> S   5000:5000(0)
  <-- S.  9000:9000(0) ack 5001`
const PAUSES = [0.2, 0.4, 0.8, 1.6, 3.2]

/** What no recorded capture shows: the lines a ladder takes, by name. */
const RARE: readonly (readonly [ladder: string, takes: readonly string[]])[] = [
  // A capture that begins later than the connection.
  ['<-- S.  300:300(0) ack 101', ['UNKNOWN SEND_SYN_ACK']],
  ['--> P.  101:111(10) ack 301', ['UNKNOWN SEEN_OPEN']],
  ['--> R.  101:101(0) ack 301', ['UNKNOWN SEND_RST', 'UNKNOWN RCV_RST']],
  [
    `--> S  100:100(0)
     +0.5 <-- .  301:301(0) ack 101`,
    ['LISTEN SEEN_OPEN'],
  ],
  // The other SYN of a simultaneous open was not captured.
  ['--> S  100:100(0)\n--> S.  100:100(0) ack 301', ['SYN_SENT SEND_SYN_ACK']],
  // Aborts (RFC 9293 section 3.10.5) and what they do to the other end.
  [
    `--> S   100:100(0)
     <-- S.  300:300(0) ack 101
     <-- R.  301:301(0) ack 101`,
    ['SYN_RCVD SEND_RST'],
  ],
  [`${CROSSED_SYNS}\n<-- R  301:301(0) win 0`, ['SYN_RCVD RCV_RST']],
  [`${OPENED}\n--> F. 101:101(0) ack 301\n<-- R.  301:301(0) ack 101`, ['FIN_WAIT_1 RCV_RST']],
  [`${OPENED}\n--x F. 101:101(0) ack 301\n--> R.  102:102(0) ack 301`, ['FIN_WAIT_1 SEND_RST']],
  [`${PASSIVE_CLOSE}\n<-- R.  301:301(0) ack 102`, ['CLOSE_WAIT SEND_RST', 'FIN_WAIT_2 RCV_RST']],
  [`${CROSSING}\n--> R.  102:102(0) ack 302`, ['CLOSING RCV_RST']],
  [`${CROSSING}\n<-- R.  302:302(0) ack 102`, ['CLOSING SEND_RST']],
  [`${LAST}\n--> R   102:102(0) win 0`, ['LAST_ACK RCV_RST']],
  [`${LAST}\n<-- R.  302:302(0) ack 102`, ['LAST_ACK SEND_RST']],
  [
    `${PASSIVE_CLOSE}
     <-- F.  301:301(0) ack 102
     --> .   102:102(0) ack 302
     --> R.  102:102(0) ack 302`,
    ['TIME_WAIT SEND_RST'],
  ],
  [
    `--> S   100:100(0)
     <-- S.  300:300(0) ack 101
     --> R   101:101(0) win 0`,
    ['SYN_SENT SEND_RST'],
  ],
  ['<-- R. 0:0(0) ack 101 win 0 badsum\n<-- S. 300:300(0) ack 101', ['CLOSED SEND_SYN_ACK']],
  // Silence.
  [
    `${CROSSED_SYNS}
     +1 --> S.  100:100(0) ack 301
     - +10 -`,
    ['SYN_RCVD GAVE_UP'],
  ],
  [
    `${PASSIVE_CLOSE}
     x-- P.  301:311(10) ack 102
     ${PAUSES.map((pause) => `+${pause} x-- P.  301:311(10) ack 102`).join('\n')}
     - +300 -`,
    ['CLOSE_WAIT GAVE_UP'],
  ],
  [
    `${CROSSING}
     ${PAUSES.map((pause) => `+${pause} x-- F.  301:301(0) ack 102`).join('\n')}
     - +300 -`,
    ['CLOSING GAVE_UP'],
  ],
  [
    `${OPENED}
     ${[0, ...PAUSES].map((pause) => `+${pause} --x F.  101:101(0) ack 301`).join('\n')}
     - +300 -`,
    ['FIN_WAIT_1 GAVE_UP'],
  ],
  [
    `${LAST}
     ${PAUSES.map((pause) => `+${pause} x-- F.  301:301(0) ack 102`).join('\n')}
     - +300 -`,
    ['LAST_ACK GAVE_UP'],
  ],
  // A host that has forgotten the connection opens the tuple anew (section 3.5.1).
  [`--> S 100:100(0)\n${OPENS_ANEW}`, ['SYN_SENT REPLACED', 'SYN_RCVD REPLACED']],
  [`--> S 100:100(0)\n- +0.5 -\n--> S  5000:5000(0)`, ['LISTEN REPLACED']],
  [`${OPENED}${OPENS_ANEW}`, ['ESTABLISHED REPLACED']],
  [`${OPENED}\n--> F. 101:101(0) ack 301${OPENS_ANEW}`, ['FIN_WAIT_1 REPLACED', 'CLOSE_WAIT REPLACED']],
  [`${PASSIVE_CLOSE}${OPENS_ANEW}`, ['FIN_WAIT_2 REPLACED']],
  [`${CROSSING}${OPENS_ANEW}`, ['CLOSING REPLACED']],
  [`${LAST}${OPENS_ANEW}`, ['LAST_ACK REPLACED']],
]

/** Lines of the RFC, and one for the sake of completeness, that an observer has no occasion to take. */
const NEVER = [
  // A FIN has the ACK bit, and what acknowledges the SYN leaves SYN_RCVD before the FIN is looked at.
  'SYN_RCVD RCV_FIN',
  // Its own timer ends it first.
  'FIN_WAIT_2 GAVE_UP',
  // A SYN from a closed end begins a new connection, which knows nothing yet.
  'CLOSED SEND_SYN',
]

/** ICMP errors have no line in a ladder; test/tracker/icmp-arrives.test.ts says more of them. */
function takenByIcmp(): string[] {
  const error = { type: 3, code: 1 }
  const crossing = opening(4).fromServer({ flags: SYN, seq: 300 }).toClient(CLIENT_SYN, error)
  const request = opening(4).fromServer(SYN_ACK).toServer(SYN_ACK, error)
  return [crossing, request].flatMap((dialogue) => {
    dialogue.end()
    return [...dialogue.arrows.taken]
  })
}

async function takenByRecordings(): Promise<ReadonlySet<string>> {
  const crowd = await RecordedCrowd.load()
  const recorder = new ArrowRecorder()
  const tracker = new Tracker({ onConnection: () => {} })
  recorder.watch(tracker)
  crowd.play(
    (segment) => tracker.segment(segment),
    (segment, error) => tracker.icmpError(segment, error),
  )
  tracker.finish(crowd.end)
  return recorder.taken
}

function takenBy(text: string): ReadonlySet<string> {
  const ladder = parseLadder(text)
  const [asWritten] = ladderVariants(ladder)
  if (asWritten === undefined) throw new Error('a ladder has at least one variant')
  const recorder = new ArrowRecorder()
  const tracker = new Tracker({ onConnection: () => {} })
  recorder.watch(tracker)
  const decoder = new FrameDecoder()
  let now = 0
  for (const { frame, time } of ladderSteps(ladder, asWritten)) {
    now = time
    if (frame === undefined) tracker.advance(time)
    else tracker.segment(decoder.next(frame, time))
  }
  tracker.finish(now)
  return recorder.taken
}

describe('every line of TRANSITIONS is taken', () => {
  it.each(RARE)('by a ladder: %s', (ladder, takes) => {
    const taken = takenBy(ladder)
    expect(takes.filter((name) => !taken.has(name))).toEqual([])
  })

  it('by recorded captures or one of these ladders, but for those that cannot be', async () => {
    const taken = new Set(await takenByRecordings())
    for (const name of takenByIcmp()) taken.add(name)
    for (const [ladder] of RARE) for (const name of takenBy(ladder)) taken.add(name)
    expect(TRANSITIONS.map(arrowName).filter((name) => !taken.has(name))).toEqual(NEVER)
  })
})
