import { ASSUMED, type Basis, stateName, type TcpState, TIMER } from '../tracker/tcp-state.ts'

const ASSUMED_MARK = '~'
const TIMER_MARK = '*'

/** `TIME_WAIT`, `TIME_WAIT~` when assumed, `CLOSED*` when a timer put it there. */
export function markedState(state: TcpState, basis: Basis): string {
  const mark = basis === ASSUMED ? ASSUMED_MARK : basis === TIMER ? TIMER_MARK : ''
  return stateName(state) + mark
}

/** What the marks among these states mean, for those that occur. */
export function markLegend(markedStates: readonly string[]): string[] {
  const legend: string[] = []
  if (markedStates.some((text) => text.endsWith(ASSUMED_MARK))) {
    legend.push(`${ASSUMED_MARK} assumed: put there by what it was sent, not yet shown by what it sent`)
  }
  if (markedStates.some((text) => text.endsWith(TIMER_MARK))) {
    legend.push(`${TIMER_MARK} by the passing of time, not by a packet`)
  }
  return legend
}
