import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_SACK } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** B has sent 100 bytes, acknowledged by A: B's SND.UNA and SND.NXT are 401. */
const HEARD = `${OPENED}
      ESTABLISHED  <-- P.  301:401(100) ack 101  <-- ESTABLISHED
      ESTABLISHED  --> .   101:101(0) ack 401    --> ESTABLISHED`

/** A FIN shows whether the rest of its segment was processed: it moves B if it was. */
describe('the acknowledgment number of a segment (RFC 5961 section 5.2; Linux tcp_ack)', () => {
  it.each([
    ['the newest', 401],
    ['an old one within what was acknowledged', 350],
    ['the oldest within what was acknowledged', 301],
  ])('is accepted if it is %s', async (_name, ack) => {
    await runLadder(`${HEARD}
      FIN_WAIT_1  --> F.  101:101(0) ack ${ack}  --> CLOSE_WAIT
      -           <-- .   401:401(0) ack 102     <-- CLOSE_WAIT
    `)
  })

  it.each([
    ['below all that was acknowledged', 200],
    ['one above all that was sent', 402],
    ['far above all that was sent', 5000],
  ])('is not accepted if it is %s: a challenge ACK, and the FIN is not taken', async (_name, ack) => {
    const { connections } = await runLadder(`${HEARD}
      -  --> F.  101:101(0) ack ${ack}  --> ESTABLISHED
      -  <-- .   401:401(0) ack 101     <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ server: { challengeAcks: 1 } }])
  })

  it('is not looked at by a closed FIN_WAIT_2 (Linux tcp_timewait_state_process)', async () => {
    await runLadder(`${HEARD}
      CLOSE_WAIT  <-- F.  401:401(0) ack 101   <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 402   --> FIN_WAIT_2
      -           --> F.  101:101(0) ack 5000  --> TIME_WAIT
      -           <-- .   402:402(0) ack 102   <-- TIME_WAIT
    `)
  })

  it('of the FIN can come with the other FIN', async () => {
    await runLadder(`${HEARD}
      CLOSE_WAIT  <-- F.  401:401(0) ack 101  <-- FIN_WAIT_1
      LAST_ACK    --> F.  101:101(0) ack 402  --> TIME_WAIT
      CLOSED      <-- .   402:402(0) ack 102  <-- TIME_WAIT
    `)
  })

  it('of data only leaves FIN_WAIT_1 as it is', async () => {
    await runLadder(`${HEARD}
      -           <-- P.  401:411(10) ack 101  <-- ESTABLISHED
      CLOSE_WAIT  <-- F.  411:411(0) ack 101   <-- FIN_WAIT_1
      -           --> .   101:101(0) ack 411   --> FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 412   --> FIN_WAIT_2
    `)
  })
})

describe('an ACK in SYN_RCVD', () => {
  const HALF_OPEN = `
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD`

  it.each([
    ['the SYN-ACK’s number', 300],
    ['one above it', 302],
    ['anything', 70_000],
  ])('that acknowledges %s draws an RST with that number, and the wait goes on', async (_name, ack) => {
    await runLadder(`${HALF_OPEN}
      -            --> .   101:101(0) ack ${ack}         --> SYN_RCVD
      -            <-- R   ${ack}:${ack}(0) win 0        <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301            --> ESTABLISHED
      ESTABLISHED  <-- P.  301:311(10) ack 101           <-- ESTABLISHED
    `)
  })

  it('brings data and FIN along', async () => {
    await runLadder(`${HALF_OPEN}
      FIN_WAIT_1  --> FP. 101:111(10) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 112   <-- CLOSE_WAIT
    `)
  })
})

describe('a FIN in SYN_RCVD', () => {
  it('follows the data that was sent before it, all at once', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED
      FIN_WAIT_1   --> F.  101:101(0) ack 301             --> CLOSE_WAIT
    `)
  })
})

describe('a FIN out of order (RFC 9293 section 3.10.7.4 eighth)', () => {
  it('waits for the data before it', async () => {
    await runLadder(`${OPENED_WITH_SACK}
      -           ~~> P.  101:111(10) ack 301                        ~~> -
      FIN_WAIT_1  --> FP. 111:121(10) ack 301                        --> ESTABLISHED
      FIN_WAIT_1  <-- .   301:301(0) ack 101 <nop,nop,sack 111:122>  <-- ESTABLISHED
      FIN_WAIT_1  --> P.  101:111(10) ack 301                        --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 122                         <-- CLOSE_WAIT
    `)
  })

  it('waits for two holes to be filled, in any order', async () => {
    await runLadder(`${OPENED_WITH_SACK}
      ESTABLISHED  --> P.  121:131(10) ack 301  --> ESTABLISHED
      FIN_WAIT_1   --> F.  141:141(0) ack 301   --> ESTABLISHED
      FIN_WAIT_1   --> P.  131:141(10) ack 301  --> ESTABLISHED
      FIN_WAIT_1   --> P.  111:121(10) ack 301  --> ESTABLISHED
      FIN_WAIT_1   --> P.  101:111(10) ack 301  --> CLOSE_WAIT
    `)
  })

  it('that the receiver’s window does not reach is never taken', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  <-- .   301:301(0) ack 101 win 100  <-- ESTABLISHED
      -            --> F.  66101:66101(0) ack 301      --> ESTABLISHED
    `)
  })
})
