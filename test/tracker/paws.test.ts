import { describe, expect, it } from 'vitest'
import { OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** B's TS.Recent is 2000. */
const RECENT_2000 = `${OPENED_WITH_TIMESTAMPS}
      ESTABLISHED  --> P.  101:111(10) ack 301 <nop,nop,TS val 2000 ecr 8000>  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111 <nop,nop,TS val 8010 ecr 2000>   <-- ESTABLISHED`

/** A FIN shows whether its segment was taken: it moves B if it was. */
describe('PAWS (RFC 7323 section 5; Linux tcp_paws_discard)', () => {
  it.each([
    ['later', 2001],
    ['the same', 2000],
    ['one tick earlier', 1999],
    ['later by nearly 2^31', 2_147_485_000],
  ])('takes a segment whose timestamp is %s', async (_name, timestamp) => {
    await runLadder(`${RECENT_2000}
      FIN_WAIT_1  --> FP. 111:121(10) ack 301 <nop,nop,TS val ${timestamp} ecr 8010>  --> CLOSE_WAIT
    `)
  })

  it.each([
    ['two ticks earlier', 1998],
    ['much earlier', 5],
    ['behind a wrap', 4_294_960_000],
  ])('drops a segment whose timestamp is %s', async (_name, timestamp) => {
    await runLadder(`${RECENT_2000}
      -  --> FP. 111:121(10) ack 301 <nop,nop,TS val ${timestamp} ecr 8010>   --> ESTABLISHED
      -  <-- .   301:301(0) ack 111 <nop,nop,TS val 8020 ecr 2000>            <-- ESTABLISHED
    `)
  })

  it('answers with a duplicate ACK, not a challenge ACK', async () => {
    const { connections } = await runLadder(`${RECENT_2000}
      -  --> P.  111:121(10) ack 301 <nop,nop,TS val 5 ecr 8010>   --> ESTABLISHED
      -  <-- .   301:301(0) ack 111 <nop,nop,TS val 8020 ecr 2000> <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ server: { duplicateAcks: 1, challengeAcks: 0 } }])
  })

  it('takes a segment without timestamps', async () => {
    await runLadder(`${RECENT_2000}
      FIN_WAIT_1  --> FP. 111:121(10) ack 301  --> CLOSE_WAIT
    `)
  })

  it('does not keep an exact RST from ending the connection', async () => {
    await runLadder(`${RECENT_2000}
      -  --> R.  111:111(0) ack 301 <nop,nop,TS val 5 ecr 8010>  --> CLOSED
    `)
  })
})

describe('TS.Recent (Linux tcp_replace_ts_recent)', () => {
  it('is not moved by a segment out of order', async () => {
    await runLadder(`${RECENT_2000}
      -           ~~> P.  111:121(10) ack 301 <nop,nop,TS val 2100 ecr 8010>  ~~> -
      -           --> P.  121:131(10) ack 301 <nop,nop,TS val 2500 ecr 8010>  --> ESTABLISHED
      -           <-- .   301:301(0) ack 111 <nop,nop,TS val 8020 ecr 2000>   <-- ESTABLISHED
      FIN_WAIT_1  --> F.  131:131(0) ack 301 <nop,nop,TS val 2600 ecr 8010>   --> ESTABLISHED
      FIN_WAIT_1  --> P.  111:121(10) ack 301 <nop,nop,TS val 2300 ecr 8010>  --> CLOSE_WAIT
    `)
  })

  it('is not moved by a segment that PAWS drops', async () => {
    await runLadder(`${RECENT_2000}
      -           --> P.  111:121(10) ack 301 <nop,nop,TS val 5 ecr 8010>     --> ESTABLISHED
      -           <-- .   301:301(0) ack 111 <nop,nop,TS val 8020 ecr 2000>   <-- ESTABLISHED
      -           --> FP. 111:121(10) ack 301 <nop,nop,TS val 100 ecr 8010>   --> ESTABLISHED
      FIN_WAIT_1  --> FP. 111:121(10) ack 301 <nop,nop,TS val 2001 ecr 8010>  --> CLOSE_WAIT
    `)
  })
})

describe('PAWS in SYN_RCVD (Linux tcp_check_req)', () => {
  it('drops a third segment with an earlier timestamp than the SYN’s', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460,TS val 1000 ecr 0>             --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301 <nop,nop,TS val 500 ecr 8000>    --> SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>   --> ESTABLISHED
    `)
  })
})

describe('PAWS in a closed FIN_WAIT_2 and in TIME_WAIT (Linux tcp_timewait_state_process)', () => {
  const WAITING = `${OPENED_WITH_TIMESTAMPS}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101 <nop,nop,TS val 8001 ecr 1001>  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302 <nop,nop,TS val 1002 ecr 8001>  --> FIN_WAIT_2`

  it('does not take an old FIN', async () => {
    await runLadder(`${WAITING}
      -         --> F.  101:101(0) ack 302 <nop,nop,TS val 500 ecr 8001>   --> FIN_WAIT_2
      -         <-- .   302:302(0) ack 101 <nop,nop,TS val 8020 ecr 1002>  <-- FIN_WAIT_2
      LAST_ACK  --> F.  101:101(0) ack 302 <nop,nop,TS val 1003 ecr 8001>  --> TIME_WAIT
    `)
  })

  it('answers an old segment in TIME_WAIT, and the 60 s begin anew', async () => {
    await runLadder(`${WAITING}
      LAST_ACK  --> F.  101:101(0) ack 302 <nop,nop,TS val 1003 ecr 8001>  --> TIME_WAIT
      CLOSED    <-- .   302:302(0) ack 102 <nop,nop,TS val 8003 ecr 1003>  <-- TIME_WAIT
      +30 -     --> .   102:102(0) ack 302 <nop,nop,TS val 500 ecr 8003>   --> TIME_WAIT
      -         +59.9                                                          TIME_WAIT
      -         +0.2                                                           CLOSED
    `)
  })
})
