import { DEFECT_NONE, DEFECTS } from '../decode/defect.ts'
import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_ICMP_ERROR,
  KIND_NON_IP,
  KIND_TCP,
  KIND_UDP,
} from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import type { PassedSegment } from '../tracker/passed-segments.ts'
import { FRAME_OTHER_VLAN, FRAME_ROUTED } from '../tracker/recent-frames.ts'
import {
  CAUSE_NONE,
  CLASS_KEEP_ALIVE,
  CLASS_ZERO_WINDOW_PROBE,
  SEGMENT_CLASS_NAMES,
} from '../tracker/segment-class.ts'
import { SYN_OPENS, SYN_PENDS, SYN_REPEATS, SYN_SIMULTANEOUS } from '../tracker/syn-arrives.ts'
import { CLOSED, LISTEN, stateName } from '../tracker/tcp-state.ts'
import {
  ICMP_ENDS,
  ICMP_SOFT,
  RESET_ACCEPTED,
  RESET_CHALLENGED,
  RESET_DROPPED,
} from '../tracker/tracker-events.ts'
import { endpointText } from './endpoint-text.ts'
import { icmpName } from './icmp-text.ts'
import { countOf, countText, durationText } from './number-text.ts'
import type { PacketView } from './packet-input.ts'
import { packetName } from './packet-name.ts'
import { protocolText } from './packet-protocol.ts'
import { causeText } from './question-text.ts'
import { CLASS_TEXTS, flagsText } from './segment-text.ts'

/** What the packet is, in one sentence: the answer that stands first. */
export function packetAnswer(view: PacketView): string {
  const { facts, traced } = view
  switch (facts.kind) {
    case KIND_TCP:
      return traced === null ? untakenText(view) : segmentAnswer(view)
    case KIND_ICMP_ERROR:
      return icmpAnswer(view)
    case KIND_FRAGMENT:
      return fragmentText(view)
    default:
      return otherText(view)
  }
}

function otherText({ facts }: PacketView): string {
  const { kind, icmp, defect } = facts
  const named = kind === KIND_UDP ? 'UDP' : protocolText(facts)
  const what =
    kind === KIND_ICMP && icmp !== null
      ? `${icmpName(icmp.version, icmp.type, icmp.code)}, about no TCP segment`
      : kind === KIND_NON_IP
        ? 'No IP packet'
        : named === 'IP'
          ? 'IP, whose packet could not be read'
          : `${named}, not TCP`
  return defect === DEFECT_NONE ? what : `${what}: ${defectText(defect)}`
}

export function defectText(defect: number): string {
  return `its ${DEFECTS[defect]?.sentence ?? 'headers could not be read'}`.replace(
    /^its (IP packet|frame|TCP data|TCP options|IP length)/,
    'the $1',
  )
}

function untakenText({ facts }: PacketView): string {
  const captured = facts.tcp?.captured ?? 0
  return `TCP of which too little was captured to follow it: ${countOf(captured, 'byte')} of its header, 16 are needed`
}

function fragmentText({ facts }: PacketView): string {
  const { fragmentOffset, moreFragments } = facts
  const part =
    fragmentOffset === 0 ? 'The first fragment' : moreFragments ? 'A middle fragment' : 'The last fragment'
  return `${part} of a packet (${protocolText(facts)}), from byte ${countText(fragmentOffset)}: a connection sees the packet when all its fragments are there`
}

function icmpAnswer(view: PacketView): string {
  const { facts, traced, snapshot } = view
  const { icmp } = facts
  if (icmp === null) return 'ICMP error'
  const size = icmp.mtu > 0 ? ` (MTU ${icmp.mtu})` : ''
  const named = `${icmpName(icmp.version, icmp.type, icmp.code)}${size}`
  if (traced === null || snapshot === null) return `${named}, about a segment of no connection that is known`
  const whom = `${endpointText(snapshot.sender)}’s segment to ${endpointText(snapshot.receiver)}`
  const effect =
    traced.icmp === ICMP_ENDS
      ? 'ends the attempt to connect'
      : traced.icmp === ICMP_SOFT
        ? 'noted, and ends nothing'
        : 'ignored'
  return `${named}, about ${whom}: ${effect}`
}

function segmentAnswer(view: PacketView): string {
  const { facts, traced, capture } = view
  const { tcp } = facts
  if (tcp === null || traced === null) return ''
  const whole = facts.isReassembled ? ', complete with this fragment' : ''
  const cause =
    traced.cause === CAUSE_NONE || traced.causePacket === null
      ? ''
      : `, drawn by ${packetName(traced.causePacket, capture.origins)}: ${causeText(traced.cause)}`
  if (SEGMENT_CLASS_NAMES[traced.segmentClass] === 'capture-duplicate') return copyAnswer(view)
  if ((tcp.flags & RST) !== 0) return resetAnswer(view) + whole
  if ((tcp.flags & (SYN | ACK)) === SYN) return synAnswer(view) + whole
  return `${classAnswer(view)}${cause}${refusedText(view)}${whole}`
}

/** `#812, 41.2 ms before`. */
function before(view: PacketView, segment: PassedSegment | null): string {
  if (segment === null || view.traced === null) return ''
  return `${packetName(segment.packet, view.capture.origins)}, ${durationText(view.traced.time - segment.time)} before`
}

/** `#812 (41.2 ms before)`. */
function named(view: PacketView, segment: PassedSegment): string {
  const since = view.traced === null ? 0 : view.traced.time - segment.time
  return `${packetName(segment.packet, view.capture.origins)} (${durationText(since)} before)`
}

function copyAnswer(view: PacketView): string {
  const { relations, traced } = view
  const of = relations.copyOf === null ? '' : ` (${before(view, relations.copyOf)})`
  if (traced?.frame === FRAME_ROUTED)
    return `The same packet behind a router${of}: TCP had nothing to do with it`
  if (traced?.frame === FRAME_OTHER_VLAN)
    return `The same packet in another VLAN${of}: TCP had nothing to do with it`
  return `The same frame captured again${of}: TCP had nothing to do with it`
}

function resetAnswer(view: PacketView): string {
  const { traced, snapshot } = view
  if (traced === null || snapshot === null) return 'RST'
  const met = traced.before?.receiver.state ?? snapshot.receiver.state
  const whom = view.from === 'client' ? 'the server' : 'the client'
  const inState = `${whom} in ${stateName(met)}`
  const rst = isForged(view) ? 'Forged RST' : 'RST'
  switch (traced.reset) {
    case RESET_ACCEPTED:
      return `${rst} that ends ${inState}`
    case RESET_CHALLENGED:
      return `${rst} that ${inState} does not obey but challenges: ${resetOffset(view)}`
    case RESET_DROPPED:
      return met === CLOSED || met === LISTEN
        ? `${rst} to ${inState}: it ends nothing`
        : `${rst} that ${inState} drops: ${resetOffset(view)}`
    default:
      return traced.reset === null ? rst : `${rst} of which is not known what ${whom} made`
  }
}

/** A rule found that somebody else sent it. */
function isForged({ findings, facts }: PacketView): boolean {
  return findings.some(
    ({ rule, evidence }) =>
      rule === 'reset-injected' &&
      evidence.some(({ packet, note }) => packet === facts.packet && note === 'reset'),
  )
}

function resetOffset({ traced, facts }: PacketView): string {
  const next = traced?.before?.receiver.rcvNxt ?? null
  if (next === null || facts.tcp === null) return 'its number is not the one expected'
  const above = (facts.tcp.seq - next) | 0
  if (above === 0) return 'its number is RCV.NXT'
  return `its number is ${countText(Math.abs(above))} ${above > 0 ? 'above' : 'below'} RCV.NXT`
}

function synAnswer(view: PacketView): string {
  const { traced, relations, snapshot, facts } = view
  const id = snapshot?.id ?? 0
  const data =
    (facts.tcp?.payloadLength ?? 0) > 0
      ? ` with ${countOf(facts.tcp?.payloadLength ?? 0, 'byte')} of data`
      : ''
  switch (traced?.syn) {
    case SYN_OPENS:
      return `SYN${data}: opens connection ${id}${traced.before === null ? '' : ` in place of ${traced.before.id}`}`
    case SYN_REPEATS:
      return relations.lastCopy === null
        ? `SYN${data} of connection ${id}, captured behind its answer`
        : `SYN${data} again (${before(view, relations.lastCopy)}): repeated by timeout, copy ${relations.copies + 1}`
    case SYN_SIMULTANEOUS:
      return `SYN${data} of the other end: both open at once`
    case SYN_PENDS:
      return `SYN${data} on a live connection: pending until its answer tells whether it opens another`
    default:
      return `SYN${data}`
  }
}

function classAnswer(view: PacketView): string {
  const { traced, relations, facts } = view
  const { tcp } = facts
  if (traced === null || tcp === null) return ''
  const name = SEGMENT_CLASS_NAMES[traced.segmentClass] ?? 'new'
  const what = contentText(tcp.flags, tcp.payloadLength)
  const copy = relations.lastCopy
  const again = copy === null ? what : `${what} of ${named(view, copy)}`
  switch (name) {
    case 'new':
      return newAnswer(view, what)
    case 'ack':
      return ackAnswer(view)
    case 'retransmission-fast': {
      const { duplicates } = relations
      const behind = duplicates.length === 0 ? '' : `, behind ${countOf(duplicates.length, 'duplicate ACK')}`
      return `Fast retransmission: ${again}${behind}`
    }
    case 'retransmission-timeout':
      return `Retransmission by timeout: ${again}${relations.copies > 1 ? `, copy ${relations.copies + 1}` : ''}`
    case 'tail-loss-probe':
      return `Tail loss probe: ${again}`
    case 'spurious-retransmission': {
      const by = relations.acknowledgedBy
      const known = by === null ? '' : `, which ${named(view, by)} acknowledges`
      return `Resent although acknowledged: ${again}${known}`
    }
    case 'out-of-order': {
      const by = relations.overtakenBy
      return `Out of order: ${what}${by === null ? '' : ` that belong before ${named(view, by)}`}`
    }
    case 'duplicate-ack':
      return `Duplicate ACK of ${numberText(view, tcp.ack)}: ${outstandingText(view)}`
    case 'keep-alive-ack':
    case 'zero-window-probe-ack': {
      const { probe } = relations
      const to = probe === null ? '' : ` (${before(view, probe)})`
      return `${name === 'keep-alive-ack' ? 'Answer to a keep-alive' : 'Answer to a zero window probe'}${to}`
    }
    case 'keep-alive':
      return `Keep-alive: ${tcp.payloadLength === 0 ? 'no data' : '1 byte'}, numbered 1 below what was sent last`
    case 'zero-window-probe':
      return 'Zero window probe: asks whether the window is still closed'
    case 'window-update':
      return `Window update: ${windowChange(view)}`
    case 'challenge-ack':
      return 'Challenge ACK'
    case 'unacceptable':
      return 'Below what was acknowledged'
    default: {
      const text = CLASS_TEXTS[name]
      return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
    }
  }
}

/** `1,448 bytes`, `FIN`, `1,448 bytes with FIN`, `SYN-ACK`. */
function contentText(flags: number, payload: number): string {
  const control =
    (flags & SYN) !== 0 ? ((flags & ACK) !== 0 ? 'SYN-ACK' : 'SYN') : (flags & FIN) !== 0 ? 'FIN' : ''
  if (payload === 0) return control === '' ? flagsText(flags) : control
  return control === '' ? countOf(payload, 'byte') : `${countOf(payload, 'byte')} with ${control}`
}

function newAnswer(view: PacketView, what: string): string {
  const { facts, relations, traced } = view
  const flags = facts.tcp?.flags ?? 0
  if ((flags & SYN) !== 0) {
    const of = relations.acknowledges
    return `SYN-ACK${of === null ? '' : ` in answer to the SYN (${before(view, of)})`}`
  }
  if ((flags & FIN) !== 0) return `${what}: the ${view.from ?? 'sender'} sends no more`
  const gap =
    traced?.steps.find(({ question, answer }) => question === 'at-or-beyond-sent' && answer)?.numbers[0] ?? 0
  if (gap > 0) return `New data: ${what}, behind ${countOf(gap, 'byte')} that had not been captured by then`
  return `New data: ${what}, next in order`
}

function ackAnswer(view: PacketView): string {
  const { facts, relations, snapshot, traced } = view
  const flags = facts.tcp?.flags ?? 0
  if ((flags & ACK) === 0) return `${flagsText(flags)}: neither data nor ACK`
  const of = relations.acknowledges
  const una = traced?.before?.receiver.sndUna ?? null
  const ack = facts.tcp?.ack ?? 0
  const more = una === null ? 0 : (ack - una) | 0
  if (of === null || snapshot === null)
    return more > 0 ? `ACK of ${countOf(more, 'byte')}` : 'ACK that tells nothing new'
  if (more <= 0) return 'ACK that tells nothing new'
  const isSyn = (of.flags & SYN) !== 0
  const isFin = (of.flags & FIN) !== 0
  const what = isSyn
    ? 'the SYN-ACK'
    : isFin
      ? more > 1
        ? `${countOf(more - 1, 'byte')} and the FIN`
        : 'the FIN'
      : countOf(more, 'byte')
  return `ACK of ${what} (${isSyn || isFin ? '' : 'up to '}${before(view, of)})`
}

function numberText(view: PacketView, ack: number): string {
  const relative = view.relative(ack, view.receiver)
  return countText(relative ?? ack >>> 0)
}

function outstandingText({ traced }: PacketView): string {
  const step = traced?.steps.find(({ question }) => question === 'data-outstanding')
  return `${countOf(step?.numbers[0] ?? 0, 'byte')} behind it had been sent`
}

function windowChange({ traced }: PacketView): string {
  const step = traced?.steps.find(({ question }) => question === 'other-window')
  const [window, was] = step?.numbers ?? []
  const now = traced?.after?.sender.window ?? 0
  if (window === undefined || was === undefined) return `the window opens to ${countText(now)}`
  return `${countText(was)} to ${countText(window)}`
}

function refusedText({ traced, facts }: PacketView): string {
  if (traced === null || ((facts.tcp?.flags ?? 0) & RST) !== 0) return ''
  // To be refused and answered is what a probe is for.
  if (traced.segmentClass === CLASS_KEEP_ALIVE || traced.segmentClass === CLASS_ZERO_WINDOW_PROBE) return ''
  if (traced.toClosed) return '; its receiver has no socket any more'
  return traced.refused === null ? '' : `; its receiver does not take it: ${causeText(traced.refused)}`
}
