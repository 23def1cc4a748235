import type { Segment } from '../decode/segment.ts'
import { DOUBLED_FRAMES } from './connection-flags.ts'
import type { Machine } from './machine.ts'
import type { FrameVerdict } from './recent-frames.ts'
import { CLASS_CAPTURE_DUPLICATE } from './segment-class.ts'
import { EVENT_DUPLICATE_FRAME } from './tracker-events.ts'

/** The capture holds this frame a second time: TCP had nothing to do with it. */
export function takeFrameAgain(machine: Machine, segment: Segment, copy: FrameVerdict): void {
  const { connection, events } = machine
  events.event.segment = segment
  connection.flags |= DOUBLED_FRAMES
  machine.quality.countCopy(copy)
  machine.segmentClass = CLASS_CAPTURE_DUPLICATE
  if (events.wants(EVENT_DUPLICATE_FRAME)) {
    machine.tellOf(EVENT_DUPLICATE_FRAME, machine.sender, machine.receiver, 0)
  }
}
