import { describe, expect, it } from 'vitest'
import { STATE_EVENT_NAMES } from '../../src/tracker/state-events.ts'
import { STATE_NAMES } from '../../src/tracker/tcp-state.ts'
import { compile, NO_TRANSITION, nextState, TRANSITIONS } from '../../src/tracker/transitions.ts'

/*
 * The arrows of the state diagram, RFC 9293 section 3.3.2 figure 5, typed from the figure: from, label, to, and the
 * event by which an observer sees it. Not here, because nothing is sent: CLOSED to LISTEN by a passive OPEN, and CLOSE
 * in LISTEN and SYN_SENT.
 */
const DIAGRAM = [
  ['CLOSED', 'active OPEN / snd SYN', 'SYN_SENT', 'SEND_SYN'],
  ['LISTEN', 'SEND / snd SYN', 'SYN_SENT', 'SEND_SYN'],
  ['LISTEN', 'rcv SYN / snd SYN,ACK', 'SYN_RCVD', 'SEND_SYN_ACK'],
  ['SYN_SENT', 'rcv SYN / snd SYN,ACK', 'SYN_RCVD', 'SEND_SYN_ACK'],
  ['SYN_SENT', 'rcv SYN,ACK / snd ACK', 'ESTABLISHED', 'RCV_SYN_ACK'],
  ['SYN_RCVD', 'rcv ACK of SYN', 'ESTABLISHED', 'RCV_ACK_OF_SYN'],
  ['SYN_RCVD', 'rcv RST (note 1)', 'LISTEN', 'RCV_RST_PASSIVE'],
  ['SYN_RCVD', 'CLOSE / snd FIN', 'FIN_WAIT_1', 'SEND_FIN'],
  ['ESTABLISHED', 'CLOSE / snd FIN', 'FIN_WAIT_1', 'SEND_FIN'],
  ['ESTABLISHED', 'rcv FIN / snd ACK', 'CLOSE_WAIT', 'RCV_FIN'],
  ['FIN_WAIT_1', 'rcv ACK of FIN', 'FIN_WAIT_2', 'RCV_ACK_OF_FIN'],
  ['FIN_WAIT_1', 'rcv FIN / snd ACK', 'CLOSING', 'RCV_FIN'],
  ['FIN_WAIT_2', 'rcv FIN / snd ACK', 'TIME_WAIT', 'RCV_FIN'],
  ['CLOSE_WAIT', 'CLOSE / snd FIN', 'LAST_ACK', 'SEND_FIN'],
  ['CLOSING', 'rcv ACK of FIN', 'TIME_WAIT', 'RCV_ACK_OF_FIN'],
  ['LAST_ACK', 'rcv ACK of FIN', 'CLOSED', 'RCV_ACK_OF_FIN'],
  ['TIME_WAIT', 'timeout = 2 MSL', 'CLOSED', 'TIME_WAIT_ELAPSED'],
] as const

function targetOf(
  from: (typeof STATE_NAMES)[number],
  event: (typeof STATE_EVENT_NAMES)[number],
): string | undefined {
  return STATE_NAMES[nextState(STATE_NAMES.indexOf(from), STATE_EVENT_NAMES.indexOf(event))]
}

describe('the diagram of RFC 9293', () => {
  it.each(DIAGRAM)('%s, %s: %s', (from, _label, to, event) => {
    expect(targetOf(from, event)).toBe(to)
  })

  it('has no other arrow for SYN, FIN and their ACKs between the states of an open connection', () => {
    const opening = ['LISTEN', 'SYN_SENT', 'UNKNOWN']
    const events = [
      'SEND_SYN',
      'SEND_SYN_ACK',
      'SEND_FIN',
      'RCV_SYN_ACK',
      'RCV_ACK_OF_SYN',
      'RCV_FIN',
      'RCV_ACK_OF_FIN',
    ]
    const arrows = TRANSITIONS.map(([from, event, to]) => {
      return [STATE_NAMES[from] ?? '', STATE_EVENT_NAMES[event] ?? '', STATE_NAMES[to]] as const
    }).filter(([from, event]) => !opening.includes(from) && from !== 'CLOSED' && events.includes(event))
    const drawn = DIAGRAM.map(([from, , to, event]) => `${from} ${event} ${to}`)
    expect(arrows.map((arrow) => arrow.join(' ')).filter((arrow) => !drawn.includes(arrow))).toEqual([
      // Fast Open hands data and the FIN behind them to the application before the SYN is acknowledged (RFC 7413 4.2.2).
      'SYN_RCVD RCV_FIN CLOSE_WAIT',
    ])
  })
})

describe('nextState', () => {
  it('answers for every state and event as the list does', () => {
    for (const [state] of STATE_NAMES.entries()) {
      for (const [event] of STATE_EVENT_NAMES.entries()) {
        const rule = TRANSITIONS.find(([from, on]) => from === state && on === event)
        expect(nextState(state, event)).toBe(rule === undefined ? NO_TRANSITION : rule[2])
      }
    }
  })

  it('leaves every open state on RCV_RST', () => {
    for (const state of STATE_NAMES) {
      if (state === 'LISTEN' || state === 'CLOSED') expect(targetOf(state, 'RCV_RST')).toBeUndefined()
      else expect(targetOf(state, 'RCV_RST')).toBe('CLOSED')
    }
  })
})

describe('compile', () => {
  it('rejects two transitions from one state on one event', () => {
    expect(() => compile([...TRANSITIONS, TRANSITIONS[0] ?? [0, 0, 0, '']])).toThrow(
      'two transitions from UNKNOWN on SEND_SYN',
    )
  })

  it('rejects a state that nothing leads to', () => {
    const closing = STATE_NAMES.indexOf('CLOSING')
    expect(() => compile(TRANSITIONS.filter(([, , to]) => to !== closing))).toThrow(
      'CLOSING can never be entered',
    )
  })
})
