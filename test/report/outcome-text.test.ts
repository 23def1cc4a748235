import { describe, expect, it } from 'vitest'
import { outcomeText } from '../../src/report/outcome-text.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SENT,
  SYN_SENT,
  TIMER,
} from '../../src/tracker/tcp-state.ts'
import { connectionSummary, endpointSummary, steps } from '../support/summary-builder.ts'

const SECOND = 1e9
const END = 100 * SECOND

function said(given: Partial<ConnectionSummary>): string {
  return outcomeText(connectionSummary(given), END)
}

function end(state: number, given: Partial<EndpointSummary> = {}): EndpointSummary {
  return endpointSummary({ state, ...given })
}

function retries(syn: number, synAck: number): ConnectionSummary['handshake'] {
  return {
    rtt: null,
    serverRtt: null,
    clientRtt: null,
    synRetries: syn,
    synAckRetries: synAck,
    fastOpen: false,
  }
}

describe('outcomeText', () => {
  it('counts the SYNs that were never answered', () => {
    expect(said({ outcome: 'unanswered', handshake: retries(3, 0) })).toBe('SYN sent 4 times, never answered')
    expect(said({ outcome: 'unanswered', handshake: null })).toBe('SYN sent once, never answered')
    expect(
      said({ outcome: 'unanswered', handshake: retries(6, 0), client: end(CLOSED, { stateBasis: TIMER }) }),
    ).toBe('SYN sent 7 times, never answered, given up')
  })

  it('tells a refusal by the server from one by others', () => {
    expect(said({ outcome: 'refused', server: end(CLOSED, { resets: 1 }) })).toBe('refused by server')
    expect(said({ outcome: 'refused', client: end(CLOSED, { resets: 1 }) })).toBe(
      'reset by client before it was open',
    )
    expect(said({ outcome: 'refused' })).toBe('refused on the way')
  })

  it('counts the SYN-ACKs of a handshake that was not completed', () => {
    expect(said({ outcome: 'half-open', handshake: retries(0, 1) })).toBe(
      'SYN-ACK sent twice, never completed',
    )
  })

  it('names who closed', () => {
    expect(said({ outcome: 'closed', closedFirst: 'server' })).toBe('closed by server, orderly')
    expect(said({ outcome: 'closed', closedFirst: 'both' })).toBe('closed by both at once')
    expect(said({ outcome: 'closed' })).toBe('closed')
  })

  it('names who reset, and when', () => {
    expect(said({ outcome: 'reset', end: 3.2 * SECOND, server: end(CLOSED, { resets: 1 }) })).toBe(
      'reset by server after 3.20 s',
    )
    expect(said({ outcome: 'reset', closedFirst: 'server', client: end(CLOSED, { resets: 2 }) })).toBe(
      'reset by client after 1.20 s, server had closed',
    )
    expect(said({ outcome: 'reset' })).toBe('reset after 1.20 s')
  })

  it('does not name an end that is still open', () => {
    const client = end(ESTABLISHED, { resets: 1 })
    expect(said({ outcome: 'reset', client })).toBe("reset in client's name after 1.20 s, client still open")
  })

  it('dates a reset by the end it put out, not by what still came', () => {
    const client = end(CLOSED, { resets: 1, transitions: steps([CLOSED, SENT, 0.07 * SECOND, 10]) })
    const server = end(CLOSED, { transitions: steps([CLOSED, ASSUMED, 0.07 * SECOND, 10]) })
    expect(said({ outcome: 'reset', client, server })).toBe('reset by client after 70.0 ms')
  })

  it('names who gave up, if its reset came later', () => {
    const client = end(CLOSED, { resets: 1, stateBasis: TIMER, stateSince: 7 * SECOND })
    const server = end(CLOSED, { transitions: steps([CLOSED, ASSUMED, 11 * SECOND, 15]) })
    expect(said({ outcome: 'reset', client, server })).toBe('client gave up after 7.00 s, reset server later')
  })

  it('takes the first of two resets', () => {
    const client = end(CLOSED, { resets: 1, transitions: steps([CLOSED, ASSUMED, 4 * SECOND, 8]) })
    const server = end(CLOSED, { resets: 1, transitions: steps([CLOSED, SENT, 4 * SECOND, 8]) })
    expect(said({ outcome: 'reset', client, server })).toBe('reset by server after 4.00 s')
  })

  it('names who gave up, and after how long', () => {
    expect(
      said({ outcome: 'timed-out', server: end(CLOSED, { stateBasis: TIMER, stateSince: 65 * SECOND }) }),
    ).toBe('server gave up after 65.0 s')
    expect(said({ outcome: 'timed-out' })).toBe('timed out')
  })

  it('says how long an open connection has been idle', () => {
    expect(said({ end: 88 * SECOND })).toBe('open, idle 12.0 s')
    expect(said({ end: 99.5 * SECOND })).toBe('open')
  })

  it('says who did not close', () => {
    expect(
      said({
        client: end(FIN_WAIT_2, { stateSince: 60 * SECOND, stateBasis: ACKNOWLEDGED }),
        server: end(CLOSE_WAIT, { stateSince: 60 * SECOND }),
      }),
    ).toBe('server has not closed: CLOSE_WAIT for 40.0 s')
    expect(said({ client: end(CLOSE_WAIT), server: end(CLOSED) })).toBe(
      'client has not closed: CLOSE_WAIT for 100 s',
    )
  })

  it('accuses nobody of not closing who may not know of the FIN', () => {
    const waiting = end(CLOSE_WAIT, { stateBasis: ASSUMED, stateSince: 99 * SECOND })
    expect(said({ client: waiting, server: end(FIN_WAIT_1) })).toBe(
      "server's FIN not acknowledged for 1.00 s",
    )
    const justNow = end(CLOSE_WAIT, { stateBasis: ASSUMED, stateSince: END })
    expect(said({ client: justNow, server: end(FIN_WAIT_1) })).toBe("server's FIN not yet acknowledged")
    const unseen = end(CLOSE_WAIT, { packets: 0 })
    expect(said({ client: unseen, server: end(CLOSED) })).toBe('closed by server, client not captured')
  })

  it.each([
    ['a last FIN without its ACK', FIN_WAIT_2, LAST_ACK, "server's FIN not acknowledged for 10.0 s"],
    ['a first FIN without its ACK', FIN_WAIT_1, ESTABLISHED, "client's FIN not acknowledged for 10.0 s"],
    ['both closing at once', CLOSING, CLOSING, "closed by both, client's FIN not acknowledged for 10.0 s"],
    ['an end that waits for the other', FIN_WAIT_2, CLOSED, "client waits for server's FIN for 10.0 s"],
    ['a handshake under way', SYN_SENT, ESTABLISHED, 'opening for 100 s'],
    ['one end gone', ESTABLISHED, CLOSED, 'open at one end'],
  ])('speaks of %s', (_name, client, server, text) => {
    const since = { stateSince: 90 * SECOND }
    expect(said({ client: end(client, since), server: end(server, since) })).toBe(text)
  })

  it('adds what went wrong on the way', () => {
    const client = end(ESTABLISHED, { retransmissions: 1, zeroWindows: 2 })
    const server = end(ESTABLISHED, { challengeAcks: 1, retransmissions: 2 })
    expect(said({ client, server, end: END, midstream: true })).toBe(
      'open, 3 retransmissions, 2 zero windows, 1 challenge ACK, start not seen',
    )
  })

  it('does not count the retries of an opening twice', () => {
    const client = end(SYN_SENT, { retransmissions: 3 })
    expect(said({ outcome: 'unanswered', handshake: retries(3, 0), client })).toBe(
      'SYN sent 4 times, never answered',
    )
  })

  it('admits what was not seen', () => {
    expect(said({ outcome: 'unknown', midstream: true })).toBe('too little seen')
    expect(said({ outcome: 'unknown', oneSided: true })).toBe('one direction captured, too little seen')
  })
})
