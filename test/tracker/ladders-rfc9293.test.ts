import { describe, expect, it } from 'vitest'
import { runLadder } from '../support/run-ladder.ts'

/*
 * The figures of RFC 9293 sections 3.5 and 3.6 as an observer at one point sees them. Where a line differs from its
 * figure it is because
 * - a segment that the figure has in flight (`...`) is seen once, where it passes the capture point;
 * - TIME_WAIT lasts Linux's 60 s instead of 2 MSL;
 * - what the observer cannot know at that moment is not asserted.
 */
describe('RFC 9293 section 3.5, opening', () => {
  it('figure 6: basic three-way handshake', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
      ESTABLISHED  --> .   101:111(10) ack 301 --> ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('figure 7: simultaneous connection synchronization', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> -
      -            <-- S   300:300(0)          <-- -
      SYN_RCVD     --> S.  100:100(0) ack 301  --> -
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- -
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED  ; answers the second SYN-ACK, as Linux does
      ESTABLISHED  <-- .   301:301(0) ack 101  <-- ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('figure 8: recovery from an old duplicate SYN, captured at A', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)                --> SYN_RCVD
      SYN_SENT     <-- S.  300:300(0) ack 91         <-- SYN_RCVD     ; the answer to a SYN of old
      SYN_SENT     --> R   91:91(0) win 0            --> LISTEN
      ESTABLISHED  <-- S.  400:400(0) ack 101        <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 401        --> ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('figure 8: recovery from an old duplicate SYN, captured at B', async () => {
    await runLadder(`
      SYN_SENT     --> S   90:90(0)                  --> SYN_RCVD       ; the duplicate
      -            <-- S.  300:300(0) ack 91         <-- SYN_RCVD
      -            --> R   91:91(0) win 0            --> LISTEN
      SYN_SENT     --> S   100:100(0)                --> SYN_RCVD
      ESTABLISHED  <-- S.  400:400(0) ack 101        <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 401        --> ESTABLISHED
    `)
  })

  it('figure 9: half-open connection discovery', async () => {
    const { connections } = await runLadder(`
      SYN_SENT       --> S   99:99(0)                --> SYN_RCVD
      ESTABLISHED    <-- S.  299:299(0) ack 100      <-- SYN_RCVD
      ESTABLISHED    --> .   100:100(0) ack 300      --> ESTABLISHED
      ; A reboots
      +10 -          --> S   400:400(0)              --> ESTABLISHED
      -              <-- .   300:300(0) ack 100      <-- ESTABLISHED
      #1 -           --> R   100:100(0) win 0        --> CLOSED
      +1 SYN_SENT    --> S   400:400(0)              --> -
      ESTABLISHED    <-- S.  700:700(0) ack 401      <-- SYN_RCVD
      ESTABLISHED    --> .   401:401(0) ack 701      --> ESTABLISHED
    `)
    expect(connections).toHaveLength(2)
  })

  it('figure 10: active side causes half-open connection discovery', async () => {
    const { connections } = await runLadder(`
      SYN_SENT       --> S   99:99(0)                --> SYN_RCVD
      ESTABLISHED    <-- S.  299:299(0) ack 100      <-- SYN_RCVD
      ESTABLISHED    --> .   100:100(0) ack 300      --> ESTABLISHED
      ; A reboots
      +10 -          <-- P.  300:310(10) ack 100     <-- ESTABLISHED
      CLOSED         --> R   100:100(0) win 0        --> CLOSED
    `)
    expect(connections).toHaveLength(1)
  })

  it('figure 11: old duplicate SYN initiates a reset on two passive sockets', async () => {
    await runLadder(`
      -            --> S   90:90(0)                  --> SYN_RCVD
      -            <-- S.  300:300(0) ack 91         <-- SYN_RCVD
      -            --> R   91:91(0) win 0            --> LISTEN
    `)
  })
})

describe('RFC 9293 section 3.6, closing', () => {
  const ESTABLISHED = `
      SYN_SENT     --> S   99:99(0)            --> SYN_RCVD
      ESTABLISHED  <-- S.  299:299(0) ack 100  <-- SYN_RCVD
      ESTABLISHED  --> .   100:100(0) ack 300  --> ESTABLISHED`

  it('figure 12: normal close sequence', async () => {
    const { connections } = await runLadder(`${ESTABLISHED}
      FIN_WAIT_1   --> F.  100:100(0) ack 300  --> CLOSE_WAIT
      FIN_WAIT_2   <-- .   300:300(0) ack 101  <-- CLOSE_WAIT
      TIME_WAIT    <-- F.  300:300(0) ack 101  <-- LAST_ACK
      TIME_WAIT    --> .   101:101(0) ack 301  --> CLOSED
      TIME_WAIT    +59.9                           CLOSED
      CLOSED       +0.2                            CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'closed', closedFirst: 'client' }])
  })

  it('figure 13: simultaneous close sequence', async () => {
    const { connections } = await runLadder(`${ESTABLISHED}
      FIN_WAIT_1   --> F.  100:100(0) ack 300  --> CLOSE_WAIT  ; as far as one can know
      CLOSING      <-- F.  300:300(0) ack 100  <-- FIN_WAIT_1
      CLOSING      --> .   101:101(0) ack 301  --> -
      TIME_WAIT    <-- .   301:301(0) ack 101  <-- TIME_WAIT
      TIME_WAIT    +59.9                           TIME_WAIT
      CLOSED       +0.2                            CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'closed' }])
  })
})
