import { LENGTH_FROM_FRAGMENTS, type Segment } from '../decode/segment.ts'
import { ACK, FIN, PSH, RST, SYN, URG } from '../decode/tcp-flags.ts'
import { knowsWindow } from './acceptance.ts'
import type { Endpoint } from './endpoint.ts'
import { SEEN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  CLASS_CHALLENGE_ACK,
  CLASS_KEEP_ALIVE,
  CLASS_OUT_OF_ORDER,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_ZERO_WINDOW_PROBE,
  CLASS_ZERO_WINDOW_PROBE_ACK,
  SEGMENT_CLASS_NAMES,
} from './segment-class.ts'
import { isAfter } from './sequence.ts'
import { SYN_OPENS } from './syn-arrives.ts'
import {
  EVENT_CHALLENGE_ACK,
  EVENT_FRAGMENTED,
  EVENT_ODD_FLAGS,
  EVENT_OUT_OF_ORDER,
  EVENT_PROBE,
  EVENT_RESUMED,
  EVENT_RETRANSMISSION,
  EVENT_SEGMENT,
  EVENT_SYN,
  EVENT_SYN_ACK,
  EVENT_WINDOW_EXCEEDED,
} from './tracker-events.ts'

/** One more than the event that tells of a class; 0 for none. */
const CLASS_EVENTS = new Uint8Array(SEGMENT_CLASS_NAMES.length)
CLASS_EVENTS.fill(EVENT_RETRANSMISSION + 1, CLASS_RETRANSMISSION_TIMEOUT, CLASS_SPURIOUS_RETRANSMISSION + 1)
CLASS_EVENTS[CLASS_OUT_OF_ORDER] = EVENT_OUT_OF_ORDER + 1
CLASS_EVENTS.fill(EVENT_PROBE + 1, CLASS_KEEP_ALIVE, CLASS_ZERO_WINDOW_PROBE_ACK + 1)

/** The events of what the segment at hand is, after all that it changed. `synVerdict` is of a SYN alone. */
export function tellSegment(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  synVerdict: number,
): void {
  const { segmentClass, events } = machine
  const { flags } = segment
  if ((flags & (SYN | RST)) === SYN) tellSyn(machine, sender, receiver, flags, synVerdict)
  if (isOdd(flags) && events.wants(EVENT_ODD_FLAGS)) machine.tellOf(EVENT_ODD_FLAGS, sender, receiver, flags)
  const kind = (CLASS_EVENTS[segmentClass] as number) - 1
  // SYNs sent again have an event of their own.
  if (kind >= 0 && events.wants(kind) && (flags & (SYN | ACK)) !== SYN) {
    machine.tellOf(kind, sender, receiver, segmentClass)
  }
  if (segmentClass === CLASS_CHALLENGE_ACK && events.wants(EVENT_CHALLENGE_ACK)) {
    machine.tellOf(EVENT_CHALLENGE_ACK, sender, receiver, machine.cause)
  }
  if (segment.lengthSource === LENGTH_FROM_FRAGMENTS && events.wants(EVENT_FRAGMENTED)) {
    machine.tellOf(EVENT_FRAGMENTED, sender, receiver, 0)
  }
  if (events.wants(EVENT_SEGMENT)) machine.tellOf(EVENT_SEGMENT, sender, receiver, segmentClass)
}

/** Data beyond the window. Before they are recorded: they follow what their sender sent before, or are none of its own. */
export function tellExceeded(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if (segment.payloadLength === 0 || !knowsWindow(receiver)) return
  const beyond = (segment.seq + segment.payloadLength - receiver.windowEdge) | 0
  if (beyond <= 0 || isAfter(segment.seq, sender.sndNxt)) return
  const { segmentClass, events } = machine
  if (segmentClass === CLASS_KEEP_ALIVE || segmentClass === CLASS_ZERO_WINDOW_PROBE) return
  if ((segment.flags & SYN) !== 0 || !events.wants(EVENT_WINDOW_EXCEEDED)) return
  machine.tellOf(EVENT_WINDOW_EXCEEDED, sender, receiver, beyond)
}

/** Its sender has been silent for long; before it counts as sent. */
export function tellResumed(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if ((sender.flags & receiver.flags & SEEN) === 0 || (segment.flags & (SYN | RST)) !== 0) return
  if (!machine.events.wants(EVENT_RESUMED)) return
  machine.events.event.segment = segment
  machine.tellOf(EVENT_RESUMED, sender, receiver, 0)
}

function tellSyn(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  flags: number,
  verdict: number,
): void {
  const { events, connection } = machine
  if ((flags & ACK) !== 0) {
    if (events.wants(EVENT_SYN_ACK)) machine.tellOf(EVENT_SYN_ACK, sender, receiver, connection.synAckCopies)
  } else if (events.wants(EVENT_SYN)) {
    machine.tellOf(EVENT_SYN, sender, receiver, verdict < 0 ? SYN_OPENS : verdict)
  }
}

function isOdd(flags: number): boolean {
  const control = flags & (SYN | FIN | RST)
  if ((flags & ACK) === 0 && (control === 0 || control === FIN)) return true
  if ((flags & (FIN | PSH | URG)) === (FIN | PSH | URG)) return true
  return (control & (control - 1)) !== 0
}
