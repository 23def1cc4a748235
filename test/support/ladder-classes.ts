import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'
import { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../../src/tracker/segment-class.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { parseLadder, printLadder } from './ladder.ts'
import { openFrameFeed } from './ladder-feed.ts'
import { ladderSteps } from './ladder-steps.ts'
import { ladderVariants } from './ladder-variants.ts'

/**
 * Plays the ladder and returns it twice: as given, and with the comments that it has replaced by what the tracker took
 * their segments for: a class, and for a challenge ACK also its cause and the packet that drew it.
 */
export async function classifiedLadder(text: string): Promise<{ expected: string; actual: string }> {
  const ladder = parseLadder(text)
  const [variant] = ladderVariants(ladder)
  if (variant === undefined) throw new Error('a ladder has at least one variant')
  const verdicts = new Map<number, string>()
  let verdict = ''
  const tracker = new Tracker({ onConnection: () => {} })
  tracker.events.subscribe('segment', ({ detail }) => {
    const name = SEGMENT_CLASS_NAMES[detail] ?? ''
    verdict = verdict.startsWith(name) ? verdict : name
  })
  tracker.events.subscribe('challengeAck', ({ detail, causePacket }) => {
    verdict = `challenge-ack ${CAUSE_NAMES[detail]} #${causePacket}`
  })
  tracker.events.subscribe('duplicateFrame', () => {
    verdict = 'capture-duplicate'
  })
  const steps = ladderSteps(ladder, variant)
  const feed = await openFrameFeed(steps, variant.file)
  const segment = new Segment()
  for (const { frame, time, lineIndex } of steps) {
    if (frame === undefined) tracker.advance(time)
    else {
      verdict = ''
      const record = await feed.next()
      if (decodePacket(record, segment) === KIND_TCP) tracker.segment(segment)
      verdicts.set(lineIndex, verdict)
    }
  }
  await feed.close()
  const lines = ladder.lines.map((line, index) =>
    line.kind === 'segment' && line.comment !== undefined
      ? { ...line, comment: verdicts.get(index) ?? 'not captured' }
      : line,
  )
  return { expected: printLadder(ladder), actual: printLadder({ ...ladder, lines }) }
}
