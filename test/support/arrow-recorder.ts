import { STATE_EVENT_NAMES } from '../../src/tracker/state-events.ts'
import { ACKNOWLEDGED, ASSUMED, type Basis, SENT, STATE_NAMES, TIMER } from '../../src/tracker/tcp-state.ts'
import type { Tracker } from '../../src/tracker/tracker.ts'
import { TRANSITIONS, type TransitionRule } from '../../src/tracker/transitions.ts'

interface Step {
  readonly from: number
  readonly to: number
  readonly basis: Basis
  readonly packet: number
  /** Whose step it is, and who sent the segment that made it. */
  readonly end: number
  readonly sender?: number
}

/** What the segment was that moved the endpoints: one that opens the tuple anew, an RST that arrived, or another. */
type Occasion = 'replaced' | 'reset' | 'other'

/**
 * Which lines of TRANSITIONS a tracker takes. A `state` event does not say what moved the endpoint; where several lines
 * join the same two states, the basis and the segment tell which it was.
 */
export class ArrowRecorder {
  readonly taken = new Set<string>()

  watch(tracker: Tracker): void {
    let steps: Step[] = []
    const settle = (occasion: Occasion, sender?: number) => {
      for (const step of steps) {
        const rule = ruleOf(sender === undefined ? step : { ...step, sender }, occasion)
        if (rule !== undefined) this.taken.add(arrowName(rule))
      }
      steps = []
    }
    tracker.events.subscribe('state', ({ from, to, basis, packet, endpoint }) => {
      if (steps.some((step) => step.packet !== packet)) settle('other')
      steps.push({ from, to, basis, packet, end: endpoint.index })
    })
    // Each of these is told behind the states of its packet.
    tracker.events.subscribe('replaced', () => settle('replaced'))
    tracker.events.subscribe('reset', ({ endpoint }) => settle('reset', endpoint.index))
    tracker.events.subscribe('icmpError', () => settle('other'))
    tracker.events.subscribe('segment', () => settle('other'))
    tracker.events.subscribe('closed', () => settle('other'))
  }
}

export function arrowName([from, event]: TransitionRule): string {
  return `${STATE_NAMES[from]} ${STATE_EVENT_NAMES[event]}`
}

const BASES: Readonly<Record<string, readonly Basis[]>> = {
  SEND: [SENT, ACKNOWLEDGED],
  RCV: [ASSUMED, ACKNOWLEDGED],
  SEEN: [SENT, ACKNOWLEDGED],
  GAVE: [TIMER],
  TIME: [TIMER],
  FIN: [TIMER],
}

function ruleOf({ from, to, basis, end, sender }: Step, occasion: Occasion): TransitionRule | undefined {
  const rules = TRANSITIONS.filter(([source, , target]) => source === from && target === to)
  const fitting = rules.filter(([, event]) => {
    const name = STATE_EVENT_NAMES[event] ?? ''
    if (occasion === 'replaced' || name === 'REPLACED') return occasion === 'replaced' && name === 'REPLACED'
    if (occasion === 'reset') return end === sender ? name === 'SEND_RST' : name.startsWith('RCV_RST')
    if (name.startsWith('RCV_RST')) return false
    return rules.length === 1 || BASES[name.split('_')[0] ?? '']?.includes(basis) === true
  })
  // The ACK of a SYN is assumed when it passes; a later word of the endpoint's own is no assumption.
  return fitting.length === 2 && basis === ACKNOWLEDGED
    ? fitting.find(([, event]) => STATE_EVENT_NAMES[event] === 'SEEN_OPEN')
    : fitting[0]
}
