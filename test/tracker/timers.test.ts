import { describe, expect, it } from 'vitest'
import { basisName, stateName } from '../../src/tracker/tcp-state.ts'
import { OPENED } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** The same segment again and again, after these pauses in seconds. */
function repeats(pauses: readonly number[], line: (pause: number) => string): string {
  return pauses.map(line).join('\n')
}

describe('SYN_SENT gives up (Linux tcp_syn_retries = 6)', () => {
  const SYN = (pause: number) => `+${pause} SYN_SENT  --> S  100:100(0) <mss 1460>  --> -`

  it.each([
    ['after 127 s, before Linux 6.5', [1, 2, 4, 8, 16, 32]],
    ['after 131 s, with tcp_syn_linear_timeouts = 4', [1, 1, 1, 1, 1, 2, 4, 8, 16, 32]],
  ])('%s', async (_name, pauses) => {
    const { connections } = await runLadder(`
      SYN_SENT  --> S  100:100(0) <mss 1460>  --> SYN_RCVD
      ${repeats(pauses, SYN)}
      SYN_SENT  +63                               LISTEN
      CLOSED    +6                                LISTEN
    `)
    expect(connections).toMatchObject([{ outcome: 'unanswered', handshake: { synRetries: pauses.length } }])
    expect(connections.map(({ client }) => basisName(client.stateBasis))).toEqual(['timer'])
  })

  it('with repeats that come 6 % late', async () => {
    await runLadder(`
      SYN_SENT  --> S  100:100(0) <mss 1460>  --> SYN_RCVD
      ${repeats([1.06, 2.12, 4.24, 8.48, 16.96, 33.92], SYN)}
    `)
  })

  it('when the application does: the repeat that was due does not come', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S  100:100(0) <mss 1460>  --> SYN_RCVD
      +1 SYN_SENT  --> S  100:100(0) <mss 1460>  --> LISTEN
      SYN_SENT     +1.9                              LISTEN
      CLOSED       +0.5                              LISTEN
    `)
    expect(connections).toMatchObject([{ outcome: 'unanswered' }])
  })
})

describe('SYN_RCVD gives up (Linux tcp_synack_retries = 5)', () => {
  it('counted anew from a SYN-ACK that a repeated SYN drew, and as long as before', async () => {
    await runLadder(`
      SYN_SENT  --> S   100:100(0)          --> SYN_RCVD
      -         x-- S.  300:300(0) ack 101  x-- SYN_RCVD
      +1 -      x-- S.  300:300(0) ack 101  x-- SYN_RCVD
      -         --> S   100:100(0)          --> SYN_RCVD
      -         x-- S.  300:300(0) ack 101  x-- SYN_RCVD
      -         +1.9                            SYN_RCVD
      -         +0.5                            LISTEN
    `)
  })

  it('after 63 s, and the listener remains', async () => {
    await runLadder(`
      SYN_SENT  --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -         <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ${repeats([1, 2, 4, 8, 16], (pause) => `+${pause} -  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD`)}
      -         +31                                        SYN_RCVD
      -         +4                                         LISTEN
    `)
  })
})

const BACKING_OFF = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6]

describe('a FIN that nobody acknowledges (Linux tcp_orphan_retries: 8)', () => {
  it('ends LAST_ACK', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      -           x-- F.  301:301(0) ack 102  x-- LAST_ACK
      ${repeats(BACKING_OFF, (pause) => `+${pause} -  x-- F.  301:301(0) ack 102  x-- LAST_ACK`)}
      -           +51                             LAST_ACK
      -           +6                              CLOSED
    `)
  })

  it('ends CLOSING', async () => {
    await runLadder(`${OPENED}
      -           x-- F.  301:301(0) ack 101  x-- FIN_WAIT_1
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSING
      -           x-- .   302:302(0) ack 102  x-- CLOSING
      ${repeats(BACKING_OFF, (pause) => `+${pause} -  x-- F.  301:301(0) ack 102  x-- CLOSING`)}
      -           +51                             CLOSING
      -           +6                              CLOSED
    `)
  })
})

describe('data that nobody acknowledges (Linux tcp_retries2 = 15)', () => {
  const PAUSES = [...BACKING_OFF, 51.2, 102.4, 120, 120, 120, 120, 120]

  it.each([
    ['ESTABLISHED', OPENED, 101, 301],
    [
      'CLOSE_WAIT',
      `${OPENED}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2`,
      101,
      302,
    ],
  ])('ends %s after some 924 s', async (state, opening, seq, ack) => {
    const data = `--x P.  ${seq}:${seq + 10}(10) ack ${ack}  --x -`
    const { connections } = await runLadder(`${opening}
      ${state}  ${data}
      ${repeats(PAUSES, (pause) => `+${pause} ${state}  ${data}`)}
      ${state}  +119  -
      CLOSED    +10   -
    `)
    expect(connections).toMatchObject([{ outcome: 'timed-out', client: { retransmissions: 15 } }])
  })

  it('is no end once a repeat is acknowledged', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED       --x P.  101:111(10) ack 301  --x ESTABLISHED
      +0.2 ESTABLISHED  --x P.  101:111(10) ack 301  --x ESTABLISHED
      +0.4 ESTABLISHED  --x P.  101:111(10) ack 301  --x ESTABLISHED
      +0.8 ESTABLISHED  --x P.  101:111(10) ack 301  --x ESTABLISHED
      +1.6 ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111   <-- ESTABLISHED
      ESTABLISHED       +3600                            ESTABLISHED
    `)
  })
})

describe('TIME_WAIT (Linux TCP_TIMEWAIT_LEN)', () => {
  it('is counted from the last segment that begins it anew, on both ends if both wait', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      CLOSING     --> .   102:102(0) ack 302  --> -
      TIME_WAIT   <-- .   302:302(0) ack 102  <-- TIME_WAIT
      TIME_WAIT   +59.9                           TIME_WAIT
      CLOSED      +0.2                            CLOSED
    `)
  })
})

describe('FIN_WAIT_2 (Linux tcp_fin_timeout)', () => {
  it('ends 60 s after it began, on the timer', async () => {
    const { connections } = await runLadder(`${OPENED}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2
      CLOSE_WAIT  +59.9                           FIN_WAIT_2
      CLOSE_WAIT  +0.2                            CLOSED
    `)
    expect(connections.map(({ server }) => [stateName(server.state), basisName(server.stateBasis)])).toEqual([
      ['CLOSED', 'timer'],
    ])
  })

  it('never ends by itself once data to it was acknowledged', async () => {
    await runLadder(`${OPENED}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101   <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302   --> FIN_WAIT_2
      CLOSE_WAIT  --> P.  101:111(10) ack 302  --> FIN_WAIT_2
      CLOSE_WAIT  <-- .   302:302(0) ack 111   <-- FIN_WAIT_2
      CLOSE_WAIT  +86400                           FIN_WAIT_2
    `)
  })

  it('is taken back up if it shows that it had not ended', async () => {
    await runLadder(`${OPENED}
      CLOSE_WAIT       <-- F.  301:301(0) ack 101   <-- FIN_WAIT_1
      CLOSE_WAIT       --> .   101:101(0) ack 302   --> FIN_WAIT_2
      CLOSE_WAIT       +100                             CLOSED
      CLOSE_WAIT       --> P.  101:111(10) ack 302  --> -
      CLOSE_WAIT       <-- .   302:302(0) ack 111   <-- FIN_WAIT_2
      CLOSE_WAIT       +100                             FIN_WAIT_2
    `)
  })
})
