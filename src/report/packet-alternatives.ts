import {
  ALTERNATIVES,
  type AlternativeName,
  QUESTIONS,
  type Stage,
  type TrailStep,
} from '../tracker/decision-trail.ts'

/** An alternative that was considered for the packet, with what was asked about it. */
export interface ConsideredAlternative {
  readonly name: AlternativeName
  readonly stage: Stage
  readonly holds: boolean
  readonly steps: readonly TrailStep[]
}

/** What was asked, by alternative, in the order in which they were first thought of. */
export function consideredAlternatives(steps: readonly TrailStep[]): ConsideredAlternative[] {
  const byName = new Map<AlternativeName, TrailStep[]>()
  for (const step of steps) {
    const { about } = QUESTIONS[step.question]
    const known = byName.get(about)
    if (known === undefined) byName.set(about, [step])
    else known.push(step)
  }
  return [...byName].map(([name, asked]) => ({
    name,
    stage: ALTERNATIVES[name].stage,
    holds: asked.at(-1)?.answer === true,
    steps: asked,
  }))
}

/** The steps that say why it holds or not: of a rejected one what spoke against it, of the other all. */
export function decidingSteps({ holds, steps }: ConsideredAlternative): readonly TrailStep[] {
  return steps.filter(({ answer }) => answer === holds)
}

export const ALTERNATIVE_TEXTS: Readonly<Record<AlternativeName, string>> = {
  'capture-duplicate': 'a frame captured twice',
  'syn-repeats': 'its connection’s SYN again',
  'syn-simultaneous': 'simultaneous open',
  'syn-opens': 'opens a new connection',
  'reset-genuine': 'its source’s own',
  'reset-drawn': 'drawn by something',
  delivered: 'reaches TCP',
  'first-seen': 'first of its sender',
  probe: 'keep-alive or window probe',
  'zero-window-probe': 'zero window probe',
  'repeated-ack': 'the last ACK again',
  unacceptable: 'below what was acknowledged',
  'sack-report': 'reports by SACK',
  'probe-answer': 'answer to a probe',
  'zero-window-probe-ack': 'answer to a window probe',
  'opens-window': 'opens its window',
  'challenge-ack': 'challenge ACK',
  'window-update': 'window update',
  'duplicate-ack': 'duplicate ACK',
  'new-data': 'new data',
  'out-of-order': 'out of order',
  'spurious-retransmission': 'resent though acknowledged',
  'syn-again': 'SYN-ACK again',
  'retransmission-fast': 'fast retransmission',
  'tail-loss-probe': 'tail loss probe',
  'answers-syn': 'answers the SYN',
  'completes-handshake': 'completes the handshake',
  'old-timestamp': 'refused: old timestamp',
  'before-window': 'refused: before the window',
  'beyond-window': 'refused: beyond the window',
  'syn-refused': 'refused: a SYN',
  'ack-missing': 'refused: no ACK',
  'ack-of-unsent': 'refused: ACK of unsent data',
  'ack-too-old': 'refused: ACK of long ago',
  'nothing-new': 'nothing that it had not yet',
  'leaves-gap': 'held behind a gap',
  'no-room': 'dropped: no room',
  'reset-acknowledges-syn': 'acknowledges the SYN',
  'reset-exact': 'number exact: obeyed',
  'reset-near': 'in the window: challenged',
  'icmp-outstanding': 'about something outstanding',
  'icmp-opening': 'the end is opening',
  'icmp-ends': 'ends it',
}
