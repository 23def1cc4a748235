import { QUESTIONS, type QuestionName, type TrailStep } from '../tracker/decision-trail.ts'
import { CAUSE_NAMES } from '../tracker/segment-class.ts'
import { countOf, countText, durationText } from './number-text.ts'
import { CAUSE_TEXTS } from './segment-text.ts'

type Words = (isYes: boolean, a: number, b: number, c: number) => string

/** `1,448 below SND.NXT`, `at SND.NXT`. */
function place(offset: number, what: string): string {
  if (offset === 0) return `at ${what}`
  return `${countText(Math.abs(offset))} ${offset > 0 ? 'above' : 'below'} ${what}`
}

function bytes(count: number): string {
  return countOf(count, 'byte')
}

function either(yes: string, no: string): Words {
  return (isYes) => (isYes ? yes : no)
}

/** The deciding words of each question, by its answer: `a`, `b` and `c` are its numbers (QUESTIONS). */
const WORDS: Readonly<Record<QuestionName, Words>> = {
  'equal-frame': (isYes, age, hops) => {
    const where = hops > 0 ? `, ${countOf(hops, 'hop')} nearer to its source` : ''
    const passed = `an equal frame passed ${durationText(age)} before${where}`
    return isYes
      ? passed
      : `${passed}, but that is no copy: so late, or so alike, segments may rightly follow`
  },

  'same-syn-number': (_, above) =>
    above === 0
      ? 'it has the number of the SYN that opened the connection'
      : `its number is ${place(above, 'that of the connection’s own SYN')}`,
  'no-reopening': either('it reopens no TIME_WAIT', 'it is one that reopens a TIME_WAIT'),
  'old-one-not-over': either('that connection is not over', 'that connection is over'),
  'peer-opens': either('the other end is in SYN_SENT itself', 'the other end is not in SYN_SENT'),
  'nothing-sent-before': either('its sender had sent nothing yet', 'its sender had sent something before'),
  'no-socket-at-peer': either(
    'no socket of the other end has these addresses and ports',
    'the other end has a socket with these addresses and ports',
  ),
  'number-beyond-time-wait': (isYes, above) =>
    `its number is ${place(above, 'RCV.NXT')} of the TIME_WAIT${isYes ? '' : ', not above'}`,
  'later-than-time-wait': (isYes, above, ticks) =>
    `its number is ${place(above, 'RCV.NXT')} of the TIME_WAIT and its timestamp ${place(ticks, 'the last')}${isYes ? '' : ': not later'}`,
  'listener-behind-time-wait': either(
    'somebody may listen behind the TIME_WAIT',
    'nobody listens behind the TIME_WAIT of one who opened actively',
  ),

  'number-it-could-use': (isYes, above) =>
    `its number is ${place(above, 'its source’s SND.NXT')}: ${isYes ? 'one that it could use' : 'none that it could use'}`,
  'fits-what-was-sent': either(
    'it fits what its source was sent',
    'it does not fit what its source was sent',
  ),
  'usual-ttl': (isYes, ttl, usual) =>
    isYes
      ? `TTL ${ttl}, as its source’s last segment had`
      : `TTL ${ttl}, its source’s last segment had ${usual}`,
  'has-a-cause': either(
    'its source was sent something that may have drawn it',
    'its source was sent nothing that would have drawn it',
  ),

  'signed-alike': either(
    'signed or not, as the connection is',
    'signed though the connection is not, or unsigned though it is',
  ),
  'checksum-right': either('its checksum is not known to be wrong', 'its checksum is wrong'),

  'no-numbers-known': either('its sender’s numbers were not known', 'its sender’s numbers are known'),
  'at-most-one-byte': (isYes, length) =>
    isYes ? bytes(length) : `${bytes(length)}; a probe has one at most`,
  'no-syn-or-fin': either('no SYN or FIN', 'it has SYN or FIN'),
  'tries-closed-window': (isYes, above) =>
    isYes ? 'one byte at SND.NXT into a closed window' : `it begins ${place(above, 'SND.NXT')}`,
  'below-last-sent': (isYes, above) =>
    isYes ? 'it begins 1 below SND.NXT' : `it begins ${place(above, 'SND.NXT')}, not 1 below`,
  'below-unacknowledged': (isYes, above) =>
    isYes ? 'it begins 1 below SND.UNA' : `it begins ${place(above, 'SND.UNA')}, not 1 below`,
  'window-is-closed': (isYes, window) =>
    isYes ? 'the other end offers a window of 0' : `the other end offers a window of ${countText(window)}`,
  'has-ack': either('it has an acknowledgment', 'it has no acknowledgment'),
  'acknowledged-before': either(
    'its sender had acknowledged before',
    'its sender had acknowledged nothing before',
  ),
  'same-acknowledgment': (isYes, above) => {
    if (isYes) return 'it acknowledges the same as its sender’s last'
    return `it acknowledges ${bytes(Math.abs(above))} ${above > 0 ? 'more' : 'less'} than its sender’s last`
  },
  'at-end-of-sent': (isYes, above) =>
    isYes ? 'it begins at SND.NXT' : `it begins ${place(above, 'SND.NXT')}, not at it`,
  'below-acknowledged': (_, above) => `it begins ${place(above, 'SND.UNA')}`,
  'bears-sack': (isYes, blocks) => (isYes ? countOf(blocks, 'SACK block') : 'no SACK blocks'),
  'was-probed': either('its sender had been probed', 'its sender had not been probed'),
  'window-zero': (isYes, window) => (isYes ? 'window 0' : `window field ${countText(window)}, not 0`),
  'window-was-closed': either('its window had been 0', 'its window had not been 0'),
  'was-provoked': either(
    'its sender had been sent something that it refuses',
    'its sender had been sent nothing that it would refuse',
  ),
  'answers-in-time': (isYes, waited, most) =>
    `${durationText(waited)} after that${isYes ? '' : `: later than ${durationText(most)}`}`,
  'is-challenge': (isYes, cause) => `that was ${causeText(cause)}${isYes ? '' : ', which draws a plain ACK'}`,
  'window-known': either('its window is known in bytes', 'its window is not known in bytes'),
  'other-window': (isYes, window, before) =>
    isYes
      ? `it offers a window of ${countText(window)}, before that ${countText(before)}`
      : `it offers a window of ${countText(window)}, as before`,
  'data-outstanding': (isYes, outstanding) =>
    isYes
      ? `${bytes(outstanding)} of the other end are beyond what it acknowledges`
      : 'nothing of the other end is beyond what it acknowledges',
  'at-or-beyond-sent': (isYes, above) => {
    if (isYes && above > 0) return `it begins ${place(above, 'SND.NXT')}: what lies between was not captured`
    return `it begins ${place(above, 'SND.NXT')}`
  },
  'fills-gap': either(
    'what it brings had not passed yet, though what follows it had',
    'all that it brings had passed before',
  ),
  'gap-is-young': (isYes, since, most) =>
    `its sender’s last segment passed ${durationText(since)} before: ${isYes ? 'within' : 'longer than'} ${durationText(most)}`,
  'acknowledged-already': (isYes, above) =>
    isYes ? 'an acknowledgment of all of it had passed' : `${bytes(above)} of it had not been acknowledged`,
  'has-syn': either('it has a SYN', 'it has no SYN'),
  'peer-heard-lately': (isYes, waited, silent, most) => {
    const sent = `its sender last sent new or repeated data ${durationText(waited)} before`
    if (!isYes)
      return `${sent} and heard nothing for ${durationText(silent)}: from ${durationText(most)} on it goes by its timer`
    return silent < most ? `the other end spoke ${durationText(silent)} before` : sent
  },
  'duplicate-acks': (_, count, least) =>
    `${countOf(count, 'duplicate ACK')} before it, ${least} make a fast retransmission`,
  'sacked-beyond': (isYes, above) =>
    isYes
      ? `SACK reports data up to ${bytes(above)} above its beginning`
      : 'no SACK reports anything above its beginning',
  'sack-and-rtt-known': (isYes, rtt) =>
    isYes
      ? `SACK in use, mean round trip ${durationText(rtt)}`
      : 'no SACK agreed on, or no round trip measured',
  'last-sent': (isYes, below) =>
    isYes ? 'it ends at SND.NXT' : `it ends ${bytes(below)} below SND.NXT: a probe is the last segment`,
  'first-repeat': (isYes, repeats) =>
    isYes ? 'nothing was repeated before it' : `${countOf(repeats, 'repeat')} in a row before it`,
  'after-rtt': (isYes, waited, least) => {
    const since = `${durationText(waited)} after its sender last sent data`
    return isYes ? `${since}, a round trip or more` : `${since}; a round trip takes ${durationText(least)}`
  },
  'before-timeout': (isYes, waited, most) =>
    isYes
      ? `sooner than ${durationText(most)}`
      : `${durationText(waited)} after its sender last sent data; a probe comes sooner than ${durationText(most)}`,

  'acknowledges-syn': (isYes, above) =>
    isYes ? 'it acknowledges the SYN' : `its acknowledgment is ${place(above, 'the SYN’s number')}`,
  'is-syn-ack': either('it is a SYN-ACK', 'it is no SYN-ACK'),
  'echoes-its-timestamp': either(
    'it echoes a timestamp that was sent, or none',
    'it echoes a timestamp that was never sent',
  ),
  'acknowledges-syn-ack': (isYes, above) =>
    isYes ? 'it acknowledges the SYN-ACK' : `its acknowledgment is ${place(above, 'the SYN-ACK’s number')}`,
  'begins-at-next': (_, above) => `it begins ${place(above, 'RCV.NXT')}`,
  'timestamp-older': (isYes, behind) => {
    if (isYes) return `its timestamp is ${countText(behind)} behind the last one taken`
    return behind === 0
      ? 'its timestamp is that taken last'
      : `its timestamp is ${place(-behind, 'the last one taken')}`
  },
  'echoes-no-syn-ack': either(
    'it echoes a later timestamp than any SYN-ACK had',
    'it echoes no later timestamp than the SYN-ACKs had',
  ),
  'ends-before-window': (_, above) => `it ends ${place(above, 'what was acknowledged')}`,
  'begins-beyond-window': (_, above) => `it begins ${place(above, 'the right edge of the window')}`,
  'ends-beyond-full-queue': (_, above) => `it ends ${place(above, 'the right edge of the window')}`,
  'outside-window': (_, above, window) =>
    `it begins ${place(above, 'RCV.NXT')}, window ${countText(Math.max(0, window))}`,
  'not-the-last-ack': (isYes, above, length) =>
    isYes
      ? `TIME_WAIT expects nothing more; ${length > 0 ? bytes(length) : 'no data'} ${place(above, 'RCV.NXT')}`
      : 'a bare ACK at RCV.NXT, as TIME_WAIT may get',
  'syn-in-window': either('it has a SYN', 'it has no SYN'),
  'no-ack': either('it has no ACK', 'it has an ACK'),
  'acknowledges-unsent': (isYes, above) => {
    if (isYes) return `it acknowledges ${bytes(above)} more than was sent`
    return above === 0
      ? 'it acknowledges all that was sent'
      : `it acknowledges ${bytes(-above)} less than was sent`
  },
  'acknowledges-long-ago': (isYes, above, least) =>
    `it acknowledges ${place(above, 'SND.UNA')}${isYes ? `; ${place(least, 'it')} would be the least` : ''}`,
  'all-received-before': (_, above) => `it ends ${place(above, 'RCV.NXT')}`,
  'begins-behind-gap': (_, above) => `it begins ${place(above, 'RCV.NXT')}`,
  'window-full': (isYes, room) => (isYes ? 'the window is closed' : `room for ${bytes(room)}`),

  'reset-has-ack-of-syn': (isYes, above) =>
    isYes ? 'it acknowledges the SYN' : `its acknowledgment is ${place(above, 'the SYN’s number')}`,
  'reset-at-next': (isYes, above) =>
    isYes ? 'its number is RCV.NXT exactly' : `its number is ${place(above, 'RCV.NXT')}, not exactly there`,
  'reset-at-last-acknowledgment': (isYes, above) =>
    isYes
      ? 'its number is what the receiver acknowledged last'
      : `its number is ${place(above, 'what the receiver acknowledged last')}`,
  'reset-behind-probe': (_, above) =>
    `its number is ${place(above, 'the one bare ACKs have shown')}; 1 above would do, as they may have been keep-alive probes`,
  'reset-at-claimed': (_, above) => `its number is ${place(above, 'what the receiver claims to have')}`,
  'reset-at-fin': (_, above) =>
    `its number is ${place(above, 'RCV.NXT')}; that of the FIN, 1 below, would do`,
  'reset-in-window-of-fin-wait-2': (isYes, above) =>
    `its number is ${place(above, 'RCV.NXT')}, ${isYes ? 'in the window: enough for a closed FIN_WAIT_2' : 'outside the window'}`,
  'reset-at-sack-top': (_, above) => `its number is ${place(above, 'the end of the highest SACK block')}`,
  'reset-not-before': (isYes, above) =>
    `its number is ${place(above, 'what was acknowledged')}${isYes ? '' : ': before the window'}`,
  'reset-not-beyond': (isYes, above) =>
    `its number is ${place(above, 'the right edge of the window')}${isYes ? '' : ': beyond it'}`,

  'quoted-is-out': (isYes, aboveUna, aboveNxt) =>
    isYes
      ? `the quoted number is ${place(aboveUna, 'SND.UNA')}: outstanding`
      : `the quoted number is ${place(aboveUna, 'SND.UNA')} and ${place(aboveNxt, 'SND.NXT')}: not outstanding`,
  'has-a-meaning': either('its type and code mean something', 'its type and code mean nothing to TCP'),
  'target-opens': either('that end is opening', 'that end is not opening: an open connection goes on'),
  'not-about-size': either('it is not about the size of packets', 'it is about the size of packets'),
  'ends-a-request': either('such an error ends a request', 'such an error does not end a request'),
}

export function causeText(cause: number): string {
  return CAUSE_TEXTS[CAUSE_NAMES[cause] ?? 'none']
}

/** Why a question was answered so, with the numbers that decided. */
export function stepText({ question, answer, numbers }: TrailStep): string {
  const [a = 0, b = 0, c = 0] = numbers
  return WORDS[question](answer, a, b, c)
}

/** The numbers of a step by their names, as JSON has them: durations in seconds. */
export function stepNumbers({ question, numbers }: TrailStep): Record<string, number> {
  const names: readonly string[] = QUESTIONS[question].numbers
  return Object.fromEntries(
    names.map((name, index) => {
      const value = numbers[index] ?? 0
      return [name, name.endsWith('Seconds') ? value / 1e9 : value + 0]
    }),
  )
}
