import type { Stage } from '../tracker/decision-trail.ts'
import { CLASS_CAPTURE_DUPLICATE, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import { SYN_OPENS, SYN_PENDS, SYN_REPEATS, SYN_SIMULTANEOUS } from '../tracker/syn-arrives.ts'
import { CLOSED, stateName } from '../tracker/tcp-state.ts'
import {
  ICMP_ENDS,
  ICMP_SOFT,
  RESET_ACCEPTED,
  RESET_CHALLENGED,
  RESET_DAMAGED,
  RESET_DROPPED,
  RESET_UNSIGNED,
} from '../tracker/tracker-events.ts'
import { countText, durationText } from './number-text.ts'
import type { ConsideredAlternative } from './packet-alternatives.ts'
import type { PacketView } from './packet-input.ts'
import { causeText } from './question-text.ts'
import { CLASS_TEXTS } from './segment-text.ts'

/** Alternatives that are as good as always answered so: they would only be in the way. */
export function isPlainAnswer({ name, holds }: ConsideredAlternative): boolean {
  if (name === 'delivered') return holds
  return (name === 'first-seen' || name === 'syn-again' || name === 'ack-missing') && !holds
}

/** Words for a class where nothing unusual is to be said of it in a ladder. */
const CLASS_ANSWERS: Readonly<Record<(typeof SEGMENT_CLASS_NAMES)[number], string>> = {
  ...CLASS_TEXTS,
  new: 'new: sent for the first time',
  ack: 'an ordinary ACK',
  'retransmission-timeout': 'retransmission by timeout',
  'pending-syn': 'pending SYN on a live connection',
  unacceptable: 'not acceptable',
}

const SYN_ANSWERS: Readonly<Record<number, string>> = {
  [SYN_REPEATS]: 'the connection’s SYN again',
  [SYN_SIMULTANEOUS]: 'both ends open at once',
  [SYN_OPENS]: 'opens a connection',
  [SYN_PENDS]: 'pending: the answer will tell whether it opens another connection',
}

const RESET_ANSWERS: Readonly<Record<number, string>> = {
  [RESET_ACCEPTED]: 'obeyed',
  [RESET_CHALLENGED]: 'not obeyed, but answered by a challenge ACK',
  [RESET_DROPPED]: 'dropped',
  [RESET_UNSIGNED]: 'dropped before TCP: not signed as the connection is',
  [RESET_DAMAGED]: 'dropped before TCP: its checksum is wrong',
}

/** What the questions of these stages come to. */
export function stageAnswer(view: PacketView, stages: readonly Stage[]): string | null {
  const { traced } = view
  if (traced === null) return null
  if (stages.includes('class')) {
    // A copy, a SYN without ACK and an RST are what they are by other questions.
    if (traced.icmp !== null || traced.reset !== null || traced.syn !== null) return null
    if (traced.segmentClass === CLASS_CAPTURE_DUPLICATE) return null
    const name = SEGMENT_CLASS_NAMES[traced.segmentClass] ?? 'new'
    return `${CLASS_ANSWERS[name]}${name === 'retransmission-timeout' ? leftOver(view) : ''}`
  }
  if (stages.includes('frame')) return copyAnswer(view)
  if (stages.includes('opening')) return openingAnswer(view)
  if (stages.includes('origin')) return originAnswer(view)
  return receiptAnswer(view)
}

/** A timeout is what remains; how long it was. */
function leftOver({ traced }: PacketView): string {
  const waited = traced?.steps.find(({ question }) => question === 'peer-heard-lately')?.numbers[0]
  if (waited === undefined) return ''
  return `: what is left, ${durationText(waited)} after its sender last sent new or repeated data`
}

function openingAnswer({ traced }: PacketView): string | null {
  if (traced === null || traced.syn === null) return null
  if (traced.syn === SYN_OPENS && traced.before === null)
    return 'opens a connection: none that is known has these addresses and ports'
  return SYN_ANSWERS[traced.syn] ?? null
}

function copyAnswer({ traced }: PacketView): string | null {
  if (traced?.segmentClass === CLASS_CAPTURE_DUPLICATE) return 'the same frame captured again'
  return traced?.steps.some(({ question }) => question === 'equal-frame') === true ? 'no copy' : null
}

function originAnswer({ traced }: PacketView): string | null {
  if (traced === null || traced.reset === null) return null
  if (traced.transitions.some(({ ofSender, state }) => ofSender && state === CLOSED)) {
    return 'believed of its source, which it takes to CLOSED'
  }
  const was = traced.before?.sender.state
  if (was === undefined || was === CLOSED) return null
  return `not believed of its source, which stays in ${stateName(traced.after?.sender.state ?? was)}`
}

function receiptAnswer(view: PacketView): string | null {
  const { traced, facts } = view
  if (traced === null) return null
  if (traced.icmp !== null) {
    if (traced.icmp === ICMP_ENDS) return 'ends the attempt to connect'
    return traced.icmp === ICMP_SOFT ? 'noted; it ends nothing' : 'ignored'
  }
  if (traced.reset !== null) return RESET_ANSWERS[traced.reset] ?? 'not known: nothing had shown its state'
  const refused = traced.refused === null ? '' : `not taken, answered at once: ${causeText(traced.refused)}`
  if (traced.toClosed) return 'no socket takes it: a host answers by an RST'
  const delivered = traced.steps.findLast(
    ({ question }) => question === 'checksum-right' || question === 'signed-alike',
  )
  if (delivered?.answer === false) return 'it does not reach TCP'
  const before = traced.before?.receiver
  const after = traced.after?.receiver
  if (refused !== '') return refused
  if (before === undefined || after === undefined || traced.syn !== null || facts.tcp === null) return null
  const parts: string[] = []
  const moved = (one: number | null, other: number | null): number =>
    one === null || other === null ? 0 : (other - one) | 0
  const received = moved(before.rcvNxt, after.rcvNxt)
  const acknowledged = moved(before.sndUna, after.sndUna)
  if (received > 0) parts.push(`RCV.NXT + ${countText(received)}`)
  if (acknowledged > 0) parts.push(`SND.UNA + ${countText(acknowledged)}`)
  if (before.state !== after.state) parts.push(`${stateName(before.state)} to ${stateName(after.state)}`)
  if (parts.length === 0)
    return traced.steps.some(({ question }) => question === 'no-ack') ? 'taken; it moves nothing' : null
  return `taken: ${parts.join(', ')}`
}
