import {
  CLASS_ACK,
  CLASS_CHALLENGE_ACK,
  CLASS_DUPLICATE_ACK,
  CLASS_KEEP_ALIVE,
  CLASS_KEEP_ALIVE_ACK,
  CLASS_NEW,
  CLASS_OUT_OF_ORDER,
  CLASS_RETRANSMISSION_FAST,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_TAIL_LOSS_PROBE,
  CLASS_UNACCEPTABLE,
  CLASS_WINDOW_UPDATE,
  CLASS_ZERO_WINDOW_PROBE,
  CLASS_ZERO_WINDOW_PROBE_ACK,
  type SegmentClass,
} from './segment-class.ts'

/** What the tracker decides about a packet, in this order: whether it is a copy, what a SYN means, and so on. */
export type Stage = 'frame' | 'opening' | 'origin' | 'delivery' | 'class' | 'receipt' | 'reset' | 'icmp'

interface Alternative {
  readonly stage: Stage
  /** Of the stage `class`: the classes it leads to if it holds; and those that it alone leads to. */
  readonly leadsTo?: readonly SegmentClass[]
  readonly alone?: readonly SegmentClass[]
}

const PROBES = [CLASS_KEEP_ALIVE, CLASS_ZERO_WINDOW_PROBE]
const ANSWERS = [CLASS_KEEP_ALIVE_ACK, CLASS_ZERO_WINDOW_PROBE_ACK]

function only(...classes: SegmentClass[]): Alternative {
  return { stage: 'class', leadsTo: classes, alone: classes }
}

/** What a packet may be taken for. An alternative holds if the last question asked about it was answered with yes. */
export const ALTERNATIVES = {
  'capture-duplicate': { stage: 'frame' },
  'syn-repeats': { stage: 'opening' },
  'syn-simultaneous': { stage: 'opening' },
  'syn-opens': { stage: 'opening' },
  'reset-genuine': { stage: 'origin' },
  'reset-drawn': { stage: 'origin' },
  delivered: { stage: 'delivery' },
  'first-seen': { stage: 'class', leadsTo: [CLASS_NEW, CLASS_ACK] },
  probe: { stage: 'class', leadsTo: PROBES, alone: PROBES },
  'zero-window-probe': only(CLASS_ZERO_WINDOW_PROBE),
  'repeated-ack': {
    stage: 'class',
    leadsTo: [CLASS_ACK, CLASS_DUPLICATE_ACK, CLASS_WINDOW_UPDATE, CLASS_CHALLENGE_ACK, ...ANSWERS],
    alone: [CLASS_DUPLICATE_ACK, CLASS_WINDOW_UPDATE, CLASS_CHALLENGE_ACK, ...ANSWERS],
  },
  unacceptable: only(CLASS_UNACCEPTABLE),
  'sack-report': { stage: 'class', leadsTo: [CLASS_ACK, CLASS_DUPLICATE_ACK] },
  'probe-answer': { stage: 'class', leadsTo: [CLASS_WINDOW_UPDATE, ...ANSWERS], alone: ANSWERS },
  'zero-window-probe-ack': only(CLASS_ZERO_WINDOW_PROBE_ACK),
  'opens-window': { stage: 'class', leadsTo: [CLASS_WINDOW_UPDATE] },
  'challenge-ack': only(CLASS_CHALLENGE_ACK),
  'window-update': { stage: 'class', leadsTo: [CLASS_WINDOW_UPDATE] },
  'duplicate-ack': only(CLASS_DUPLICATE_ACK),
  'new-data': { stage: 'class', leadsTo: [CLASS_NEW] },
  'out-of-order': only(CLASS_OUT_OF_ORDER),
  'spurious-retransmission': only(CLASS_SPURIOUS_RETRANSMISSION),
  'syn-again': { stage: 'class', leadsTo: [CLASS_RETRANSMISSION_TIMEOUT] },
  'retransmission-fast': only(CLASS_RETRANSMISSION_FAST),
  'tail-loss-probe': only(CLASS_TAIL_LOSS_PROBE),
  'answers-syn': { stage: 'receipt' },
  'completes-handshake': { stage: 'receipt' },
  'old-timestamp': { stage: 'receipt' },
  'before-window': { stage: 'receipt' },
  'beyond-window': { stage: 'receipt' },
  'syn-refused': { stage: 'receipt' },
  'ack-missing': { stage: 'receipt' },
  'ack-of-unsent': { stage: 'receipt' },
  'ack-too-old': { stage: 'receipt' },
  'nothing-new': { stage: 'receipt' },
  'leaves-gap': { stage: 'receipt' },
  'no-room': { stage: 'receipt' },
  'reset-acknowledges-syn': { stage: 'reset' },
  'reset-exact': { stage: 'reset' },
  'reset-near': { stage: 'reset' },
  'icmp-outstanding': { stage: 'icmp' },
  'icmp-opening': { stage: 'icmp' },
  'icmp-ends': { stage: 'icmp' },
} as const satisfies Record<string, Alternative>

export type AlternativeName = keyof typeof ALTERNATIVES

interface Question {
  readonly about: AlternativeName
  /** Names of the numbers that decide it; `...Seconds` are nanoseconds here. */
  readonly numbers: readonly string[]
}

function about<Name extends AlternativeName>(alternative: Name, ...numbers: string[]) {
  return { about: alternative, numbers } as const
}

/** Every question about a packet that is put on record, each worded so that a yes speaks for its alternative. */
export const QUESTIONS = {
  'equal-frame': about('capture-duplicate', 'ageSeconds', 'routedHops'),
  'same-syn-number': about('syn-repeats', 'seqAboveIsn'),
  'no-reopening': about('syn-repeats'),
  'old-one-not-over': about('syn-repeats'),
  'peer-opens': about('syn-simultaneous'),
  'nothing-sent-before': about('syn-simultaneous'),
  'no-socket-at-peer': about('syn-opens'),
  'number-beyond-time-wait': about('syn-opens', 'seqAboveNext'),
  'later-than-time-wait': about('syn-opens', 'seqAboveNext', 'timestampAbove'),
  'listener-behind-time-wait': about('syn-opens'),

  'number-it-could-use': about('reset-genuine', 'seqAboveSent'),
  'fits-what-was-sent': about('reset-genuine'),
  'usual-ttl': about('reset-genuine', 'ttl', 'usualTtl'),
  'has-a-cause': about('reset-drawn'),

  'signed-alike': about('delivered'),
  'checksum-right': about('delivered'),

  'no-numbers-known': about('first-seen'),
  'at-most-one-byte': about('probe', 'payloadLength'),
  'no-syn-or-fin': about('probe'),
  'tries-closed-window': about('probe', 'seqAboveSent'),
  'below-last-sent': about('probe', 'seqAboveSent'),
  'below-unacknowledged': about('probe', 'seqAboveUnacknowledged'),
  'window-is-closed': about('zero-window-probe', 'window'),
  'has-ack': about('repeated-ack'),
  'acknowledged-before': about('repeated-ack'),
  'same-acknowledgment': about('repeated-ack', 'ackAboveLast'),
  'at-end-of-sent': about('repeated-ack', 'seqAboveSent'),
  'below-acknowledged': about('unacceptable', 'seqAboveUnacknowledged'),
  'bears-sack': about('sack-report', 'blocks'),
  'was-probed': about('probe-answer'),
  'window-zero': about('zero-window-probe-ack', 'window'),
  'window-was-closed': about('opens-window'),
  'was-provoked': about('challenge-ack'),
  'answers-in-time': about('challenge-ack', 'waitedSeconds', 'mostSeconds'),
  'is-challenge': about('challenge-ack', 'cause'),
  'window-known': about('window-update'),
  'other-window': about('window-update', 'window', 'windowBefore'),
  'data-outstanding': about('duplicate-ack', 'outstandingBytes'),
  'at-or-beyond-sent': about('new-data', 'seqAboveSent'),
  'fills-gap': about('out-of-order'),
  'gap-is-young': about('out-of-order', 'sinceLastSeconds', 'mostSeconds'),
  'acknowledged-already': about('spurious-retransmission', 'endAboveAcknowledged'),
  'has-syn': about('syn-again'),
  'peer-heard-lately': about('retransmission-fast', 'waitedSeconds', 'silentSeconds', 'mostSeconds'),
  'duplicate-acks': about('retransmission-fast', 'duplicates', 'least'),
  'sacked-beyond': about('retransmission-fast', 'sackTopAboveSeq'),
  'sack-and-rtt-known': about('tail-loss-probe', 'rttSeconds'),
  'last-sent': about('tail-loss-probe', 'endBelowSent'),
  'first-repeat': about('tail-loss-probe', 'repeatsBefore'),
  'after-rtt': about('tail-loss-probe', 'waitedSeconds', 'leastSeconds'),
  'before-timeout': about('tail-loss-probe', 'waitedSeconds', 'mostSeconds'),

  'acknowledges-syn': about('answers-syn', 'ackAboveIsn'),
  'is-syn-ack': about('answers-syn'),
  'echoes-its-timestamp': about('answers-syn'),
  'acknowledges-syn-ack': about('completes-handshake', 'ackAboveIsn'),
  'begins-at-next': about('completes-handshake', 'seqAboveNext'),
  'timestamp-older': about('old-timestamp', 'timestampBehind', 'tolerance'),
  'echoes-no-syn-ack': about('old-timestamp'),
  'ends-before-window': about('before-window', 'endAboveAcknowledged'),
  'begins-beyond-window': about('beyond-window', 'seqAboveEdge'),
  'ends-beyond-full-queue': about('beyond-window', 'endAboveEdge'),
  'outside-window': about('beyond-window', 'seqAboveNext', 'window'),
  'not-the-last-ack': about('beyond-window', 'seqAboveNext', 'length'),
  'syn-in-window': about('syn-refused'),
  'no-ack': about('ack-missing'),
  'acknowledges-unsent': about('ack-of-unsent', 'ackAboveSent'),
  'acknowledges-long-ago': about('ack-too-old', 'ackAboveUnacknowledged', 'leastAbove'),
  'all-received-before': about('nothing-new', 'endAboveNext'),
  'begins-behind-gap': about('leaves-gap', 'seqAboveNext'),
  'window-full': about('no-room', 'room'),

  'reset-has-ack-of-syn': about('reset-acknowledges-syn', 'ackAboveIsn'),
  'reset-at-next': about('reset-exact', 'seqAboveNext'),
  'reset-at-last-acknowledgment': about('reset-exact', 'seqAboveAcknowledged'),
  'reset-behind-probe': about('reset-exact', 'seqAboveNext'),
  'reset-at-claimed': about('reset-exact', 'seqAboveClaimed'),
  'reset-at-fin': about('reset-exact', 'seqAboveNext'),
  'reset-in-window-of-fin-wait-2': about('reset-exact', 'seqAboveNext'),
  'reset-at-sack-top': about('reset-exact', 'seqAboveSackTop'),
  'reset-not-before': about('reset-near', 'endAboveAcknowledged'),
  'reset-not-beyond': about('reset-near', 'seqAboveEdge'),

  'quoted-is-out': about('icmp-outstanding', 'seqAboveUnacknowledged', 'seqAboveSent'),
  'has-a-meaning': about('icmp-outstanding'),
  'target-opens': about('icmp-opening'),
  'not-about-size': about('icmp-ends'),
  'ends-a-request': about('icmp-ends'),
} as const satisfies Record<string, Question>

export type QuestionName = keyof typeof QUESTIONS

export interface TrailStep {
  readonly question: QuestionName
  readonly answer: boolean
  /** In the order of the question's `numbers`. */
  readonly numbers: readonly number[]
}

/** What was asked about one packet, and answered, in order. */
export class DecisionTrail {
  readonly steps: TrailStep[] = []

  note(question: QuestionName, answer: boolean, ...numbers: number[]): void {
    const { length } = QUESTIONS[question].numbers
    this.steps.push({ question, answer, numbers: numbers.slice(0, length) })
  }
}

/**
 * Puts a question that decides something about the packet at hand on record if it is the one to be explained, and
 * returns the answer, which is what the tracker goes on by: the explanation cannot say anything else. Of any other
 * packet nothing is kept.
 */
export function ask(
  { trail }: { readonly trail: DecisionTrail | undefined },
  question: QuestionName,
  answer: boolean,
  a = 0,
  b = 0,
  c = 0,
): boolean {
  if (trail !== undefined) trail.note(question, answer, a, b, c)
  return answer
}
