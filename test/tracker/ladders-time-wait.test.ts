import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** B closes first and waits: RCV.NXT is 102, SND.NXT 302. */
const WAITING = `${OPENED}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2
      LAST_ACK    --> F.  101:101(0) ack 302  --> TIME_WAIT
      CLOSED      <-- .   302:302(0) ack 102  <-- TIME_WAIT`

const WAITING_WITH_TIMESTAMPS = `${OPENED_WITH_TIMESTAMPS}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101 <nop,nop,TS val 8001 ecr 1001>  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302 <nop,nop,TS val 1002 ecr 8001>  --> FIN_WAIT_2
      LAST_ACK    --> F.  101:101(0) ack 302 <nop,nop,TS val 1003 ecr 8001>  --> TIME_WAIT
      CLOSED      <-- .   302:302(0) ack 102 <nop,nop,TS val 8003 ecr 1003>  <-- TIME_WAIT`

describe('TIME_WAIT', () => {
  it('lasts 60 s', async () => {
    const { connections } = await runLadder(`${WAITING}
      CLOSED  +59.9  TIME_WAIT
      CLOSED  +0.2   CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'closed', closedFirst: 'server' }])
  })

  it.each([
    ['a bare ACK', '.   102:102(0) ack 302'],
    ['a repeated FIN', 'F.  101:101(0) ack 302'],
    ['data', 'P.  102:112(10) ack 302'],
  ])('begins anew with %s', async (_name, segment) => {
    await runLadder(`${WAITING}
      #1 +30 -  --> ${segment}  --> TIME_WAIT
      #1 -      +59.9               TIME_WAIT
      #1 -      +0.2                CLOSED
    `)
  })

  it('does not begin anew with an RST outside the window', async () => {
    await runLadder(`${WAITING}
      #1 +30 -  --> R   50:50(0) win 0  --> TIME_WAIT
      #1 -      +29.9                       TIME_WAIT
      #1 -      +0.2                        CLOSED
    `)
  })

  it('is ended by an exact RST only', async () => {
    await runLadder(`${WAITING}
      CLOSED  --> R   150:150(0) win 0  --> TIME_WAIT
      CLOSED  --> R   102:102(0) win 0  --> CLOSED
    `)
  })

  it('is ended by SYN and FIN in one segment, without an answer', async () => {
    await runLadder(`${WAITING}
      #1 -  --> FS  5000:5000(0)  --> CLOSED
    `)
  })
})

describe('a SYN in TIME_WAIT', () => {
  it('with a number after RCV.NXT opens the tuple anew', async () => {
    const { connections } = await runLadder(`${WAITING}
      +5 SYN_SENT  --> S   5000:5000(0)            --> -
      ESTABLISHED  <-- S.  65839:65839(0) ack 5001 <-- SYN_RCVD
      ESTABLISHED  --> .   5001:5001(0) ack 65840  --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { client: { isn: 100 }, server: { isn: 300 } },
      { client: { isn: 5000 }, server: { isn: 65839 } },
    ])
  })

  it('with a timestamp after the last one opens the tuple anew, whatever its number', async () => {
    const { connections } = await runLadder(`${WAITING_WITH_TIMESTAMPS}
      +5 SYN_SENT  --> S   50:50(0) <mss 1460,TS val 6000 ecr 0>                    --> -
      ESTABLISHED  <-- S.  65839:65839(0) ack 51 <mss 1460,TS val 13000 ecr 6000>   <-- SYN_RCVD
      ESTABLISHED  --> .   51:51(0) ack 65840 <nop,nop,TS val 6001 ecr 13000>       --> ESTABLISHED
    `)
    expect(connections).toHaveLength(2)
  })

  it('with an old number draws an ACK, whose RST ends the wait, and the next SYN succeeds', async () => {
    const { connections } = await runLadder(`${WAITING}
      #1 +5 -      --> S   50:50(0)            --> TIME_WAIT
      #1 -         <-- .   302:302(0) ack 102  <-- TIME_WAIT
      #1 -         --> R   102:102(0) win 0    --> CLOSED
      +1 SYN_SENT  --> S   50:50(0)            --> -
      ESTABLISHED  <-- S.  700:700(0) ack 51   <-- SYN_RCVD
      ESTABLISHED  --> .   51:51(0) ack 701    --> ESTABLISHED
    `)
    expect(connections).toHaveLength(2)
  })

  it('with an old number does not begin the wait anew', async () => {
    await runLadder(`${WAITING}
      #1 +30 -  --> S   50:50(0)            --> TIME_WAIT
      #1 -      <-- .   302:302(0) ack 102  <-- TIME_WAIT
      #1 -      +29.8                           TIME_WAIT
      #1 -      +0.3                            CLOSED
    `)
  })
})

describe('a SYN after both ends closed', () => {
  it('opens the tuple anew', async () => {
    const { connections } = await runLadder(`${WAITING}
      CLOSED       +61                         CLOSED
      SYN_SENT     --> S   50:50(0)            --> SYN_RCVD
      ESTABLISHED  <-- S.  700:700(0) ack 51   <-- SYN_RCVD
      ESTABLISHED  --> .   51:51(0) ack 701    --> ESTABLISHED
    `)
    expect(connections).toHaveLength(2)
  })
})
