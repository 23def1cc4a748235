import { describe, expect, it } from 'vitest'
import { stateName } from '../../src/tracker/tcp-state.ts'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { retractedStates } from '../support/retracted-states.ts'
import { runLadder } from '../support/run-ladder.ts'

describe('loss during the close', () => {
  it('lost FIN: repeated, so it did not arrive, and no copy is thought to arrive before it is acknowledged', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1       --x F.  101:101(0) ack 301  --x CLOSE_WAIT
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301  --> ESTABLISHED
      FIN_WAIT_2       <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: ['CLOSE_WAIT'] }])
  })

  it('lost ACK of the FIN: the FIN is repeated, so its sender stayed in FIN_WAIT_1', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1       --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2       x-- .   301:301(0) ack 102  x-- CLOSE_WAIT
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      -                <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      -                <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT        --> .   102:102(0) ack 302  --> CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: ['FIN_WAIT_2'] }])
  })

  it('lost last ACK: the FIN of LAST_ACK is repeated', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1      --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2      <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      TIME_WAIT       <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT       --x .   102:102(0) ack 302  --x CLOSED
      +0.2 TIME_WAIT  <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT       --> .   102:102(0) ack 302  --> -
      TIME_WAIT       +59.9                           CLOSED  ; the next repeat was due and did not come
      CLOSED          +0.2                            CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: ['CLOSED'] }])
  })

  it('FIN that is never answered: gone after its repeats', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1        --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      +0.2 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +0.4 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +0.8 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +1.6 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +3.2 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +6.4 FIN_WAIT_1   --> F.  101:101(0) ack 301  --> ESTABLISHED
      +12.8 FIN_WAIT_1  --> F.  101:101(0) ack 301  --> ESTABLISHED
      +25.6 FIN_WAIT_1  --> F.  101:101(0) ack 301  --> ESTABLISHED
      FIN_WAIT_1        +50                             ESTABLISHED
      CLOSED            +70                             ESTABLISHED
    `)
  })
})

describe('a FIN is received', () => {
  it('together with the ACK of the other one', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      TIME_WAIT   <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT   --> .   102:102(0) ack 302  --> CLOSED
    `)
  })

  it('with data before it in the same segment', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> FP. 101:111(10) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 112   <-- CLOSE_WAIT
      TIME_WAIT   <-- FP. 301:321(20) ack 112  <-- LAST_ACK
      TIME_WAIT   --> .   112:112(0) ack 322   --> CLOSED
    `)
  })

  it('only when all bytes before it were', async () => {
    await runLadder(`${OPENED_WITH_SACK}
      -                ~~> P.  101:111(10) ack 301                                ~~> -
      FIN_WAIT_1       --> F.  111:111(0) ack 301                                 --> ESTABLISHED
      FIN_WAIT_1       <-- .   301:301(0) ack 101 <nop,nop,sack 111:112>          <-- ESTABLISHED
      +0.2 FIN_WAIT_1  --> P.  101:111(10) ack 301                                --> CLOSE_WAIT
      FIN_WAIT_2       <-- .   301:301(0) ack 112                                 <-- CLOSE_WAIT
    `)
  })

  it('only with the ACK flag', async () => {
    await runLadder(`${OPENED}
      -  --> F   101:101(0)  --> ESTABLISHED
    `)
  })

  it('only in the window', async () => {
    await runLadder(`${OPENED}
      -            --> F.  200101:200101(0) ack 301  --> ESTABLISHED
    `)
  })

  it('only with a good checksum', async () => {
    await runLadder(`${OPENED}
      -            --> F.  101:101(0) ack 301 badsum  --> ESTABLISHED
    `)
  })

  it('only if its timestamp is not old', async () => {
    await runLadder(`${OPENED_WITH_TIMESTAMPS}
      ESTABLISHED  --> P.  101:111(10) ack 301 <nop,nop,TS val 2000 ecr 8000>  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111 <nop,nop,TS val 8010 ecr 2000>   <-- ESTABLISHED
      -            --> F.  111:111(0) ack 301 <nop,nop,TS val 1500 ecr 8010>   --> ESTABLISHED
      -            <-- .   301:301(0) ack 111 <nop,nop,TS val 8020 ecr 2000>   <-- ESTABLISHED
    `)
  })
})

describe('half-closed', () => {
  it('reads on for as long as the other end likes, once data to it was acknowledged', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301   --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102   <-- CLOSE_WAIT
      FIN_WAIT_2  <-- P.  301:311(10) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2  --> .   102:102(0) ack 311   --> CLOSE_WAIT
      FIN_WAIT_2  +70                              CLOSE_WAIT
      FIN_WAIT_2  <-- P.  311:321(10) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2  --> .   102:102(0) ack 321   --> CLOSE_WAIT
      TIME_WAIT   <-- F.  321:321(0) ack 102   <-- LAST_ACK
      TIME_WAIT   --> .   102:102(0) ack 322   --> CLOSED
    `)
    expect(connections).toMatchObject([{ closedFirst: 'client', outcome: 'closed' }])
  })

  it('can send on from CLOSE_WAIT before it acknowledges', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301   --> CLOSE_WAIT
      FIN_WAIT_2  <-- P.  301:311(10) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2  --> .   102:102(0) ack 311   --> CLOSE_WAIT
    `)
  })
})

describe('closed', () => {
  it('FIN_WAIT_2 ends after 60 s of silence', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2  +59                             CLOSE_WAIT
      CLOSED      +2                              CLOSE_WAIT
    `)
  })

  it('FIN_WAIT_2 answers data with RST and is gone', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301   --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102   <-- CLOSE_WAIT
      -           <-- P.  301:311(10) ack 102  <-- CLOSE_WAIT
      CLOSED      --> R   102:102(0) win 0     --> CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'reset' }])
  })

  it('FIN_WAIT_1 answers data with RST and is gone', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301   --> CLOSE_WAIT
      -           <-- P.  301:311(10) ack 101  <-- -
      CLOSED      --> R   101:101(0) win 0     --> -
    `)
  })
})

describe('segments that come late', () => {
  const CLOSED_ORDERLY = `${OPENED_WITH_TIMESTAMPS}
      -            --> P.  101:111(10) ack 301 <TS val 1001 ecr 9001>  --> -
      -            <-- .   301:301(0) ack 111 <TS val 9002 ecr 1001>   <-- -
      FIN_WAIT_1   --> F.  111:111(0) ack 301 <TS val 1100 ecr 9002>   --> CLOSE_WAIT
      FIN_WAIT_2   <-- .   301:301(0) ack 112 <TS val 9101 ecr 1100>   <-- CLOSE_WAIT
      TIME_WAIT    <-- F.  301:301(0) ack 112 <TS val 9102 ecr 1100>   <-- LAST_ACK
      -            --> .   112:112(0) ack 302 <TS val 1103 ecr 9102>   --> CLOSED`

  it('do not say that the FIN was not acknowledged: their timestamp is from before', async () => {
    const { connections } = await runLadder(`${CLOSED_ORDERLY}
      +0.1 TIME_WAIT  --> P.  101:111(10) ack 301 <TS val 1001 ecr 9001>  --> CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
  })

  it('nor that an end which was closed by an RST lives', async () => {
    const { connections } = await runLadder(`${OPENED_WITH_TIMESTAMPS}
      -            --> P.  101:111(10) ack 301 <TS val 1001 ecr 9001>  --> -
      -            <-- .   301:301(0) ack 111 <TS val 9002 ecr 1001>   <-- -
      -            --> P.  111:121(10) ack 301 <TS val 1050 ecr 9002>  --> -
      CLOSED       <-- R.  301:301(0) ack 121 win 9 <TS val 9051 ecr 1050> <-- CLOSED
      +0.1 CLOSED  --> P.  101:111(10) ack 301 <TS val 1001 ecr 9001>  --> CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
  })

  it('nor that one in LAST_ACK still waits: it crosses the acknowledgment of its FIN', async () => {
    const { connections } = await runLadder(`${OPENED}
      -                --> P.  101:111(10) ack 301  --> -
      +0.0003 -        <-- .   301:301(0) ack 111   <-- -
      +1 CLOSE_WAIT    <-- F.  301:301(0) ack 111   <-- -
      +0.0002 -        --> F.  111:111(0) ack 302   --> -
      +0.0001 -        <-- .   302:302(0) ack 112   <-- TIME_WAIT
      +0.00002 CLOSED  --> .   112:112(0) ack 302   --> -
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [] }])
  })
})

describe('a FIN that was not captured', () => {
  it('had the first word on the peer’s, if a segment that came twice draws what is seen of its sender', async () => {
    const { connections } = await runLadder(`${OPENED_WITH_SACK}
      -               <-- P.  301:311(10) ack 101                  <-- -
      -               --> .   101:101(0) ack 311                   --> -
      -               <-- F.  311:311(0) ack 101                   <-- FIN_WAIT_1
      +0.01 -         --> .   102:102(0) ack 312 <sack 301:311>    --> FIN_WAIT_2
      +0.2 LAST_ACK   --> F.  101:101(0) ack 312                   --> TIME_WAIT
      CLOSED          <-- .   312:312(0) ack 102                   <-- TIME_WAIT
    `)
    expect(connections).toHaveLength(1)
  })
})

describe('both ends close at once', () => {
  it('and both FINs cross', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      CLOSING     --> .   102:102(0) ack 302  --> -
      TIME_WAIT   <-- .   302:302(0) ack 102  <-- TIME_WAIT
      CLOSED      +61                             CLOSED
    `)
  })

  // The end that is captured second has sent its FIN before the other reached it, however soon behind that it passes.
  it('and both FINs cross far from the capture point', async () => {
    const { connections } = await runLadder(`
      SYN_SENT          --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      +0.1 ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      +0.1 -            --> .   101:101(0) ack 301             --> ESTABLISHED
      +0.1 -            --> P.  101:111(10) ack 301            --> -
      +0.1 -            <-- .   301:301(0) ack 111             <-- -
      +5 FIN_WAIT_1     --> F.  111:111(0) ack 301             --> CLOSE_WAIT
      +0.05 CLOSING     <-- F.  301:301(0) ack 111             <-- CLOSING
      +0.05 TIME_WAIT   <-- .   302:302(0) ack 112             <-- CLOSING
      +0.05 -           --> .   112:112(0) ack 302             --> TIME_WAIT
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
    expect(connections.map(({ server }) => server.transitions.map(({ state }) => stateName(state)))).toEqual([
      ['LISTEN', 'SYN_RCVD', 'ESTABLISHED', 'FIN_WAIT_1', 'CLOSING', 'TIME_WAIT'],
    ])
  })

  it('and the FIN that comes is captured microseconds before the own one is sent', async () => {
    await runLadder(`${OPENED}
      +1 ESTABLISHED        <-- P.  301:311(10) ack 101  <-- -
      +0.0001 -             --> .   101:101(0) ack 311   --> -
      +1 CLOSE_WAIT         <-- F.  311:311(0) ack 101   <-- FIN_WAIT_1
      +0.000003 CLOSING     --> F.  101:101(0) ack 311   --> CLOSING
      +0.000007 CLOSING     --> .   102:102(0) ack 312   --> TIME_WAIT
      +0.0001 TIME_WAIT     <-- .   312:312(0) ack 102   <-- -
    `)
  })
})

describe('a FIN that somebody else sent in the name of an end', () => {
  it('is none without ACK, and the one that waits for data stays', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  <-- F.  304:304(0) ack 101  <-- FIN_WAIT_1   ; ahead of data
      -            <-- FPU 304:305(1)          <-- -
      CLOSE_WAIT   <-- P.  301:304(3) ack 101  <-- FIN_WAIT_1
      CLOSE_WAIT   --> .   101:101(0) ack 305  --> FIN_WAIT_2
      LAST_ACK     --> F.  101:101(0) ack 305  --> TIME_WAIT
    `)
  })

  it('is denied by an ACK from its own number, in answer to its acknowledgment', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1         --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      +0.04 FIN_WAIT_2   <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      +0.002 ESTABLISHED --> .   101:101(0) ack 301  --> CLOSE_WAIT
    `)
    expect(connections).toMatchObject([{ closedFirst: null }])
  })

  it('is not denied by a keep-alive of a half-closed end', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1      --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      +0.04 FIN_WAIT_2 <-- .  301:301(0) ack 102  <-- CLOSE_WAIT
      +5 FIN_WAIT_2   --> .   101:101(0) ack 301  --> CLOSE_WAIT
    `)
  })

  it('nor by a late copy, whose acknowledgment or timestamp is from before', async () => {
    await runLadder(`${OPENED}
      -               <-- P.  301:311(10) ack 101  <-- -
      -               --> .   101:101(0) ack 311   --> -
      +1 FIN_WAIT_1   --> F.  101:101(0) ack 311   --> CLOSE_WAIT
      +0.04 FIN_WAIT_2 <-- .  311:311(0) ack 102   <-- CLOSE_WAIT
      +0.01 FIN_WAIT_2 --> .  101:101(0) ack 301   --> CLOSE_WAIT
    `)
    await runLadder(`${OPENED_WITH_TIMESTAMPS}
      -               <-- P.  301:311(10) ack 101 <TS val 8100 ecr 1001> <-- -
      -               --> .   101:101(0) ack 311 <TS val 1100 ecr 8100>  --> -
      -               --> .   101:101(0) ack 311 <TS val 1150 ecr 8100>  --> -
      +1 FIN_WAIT_1   --> F.  101:101(0) ack 311 <TS val 2100 ecr 8100>  --> CLOSE_WAIT
      +0.04 FIN_WAIT_2 <-- .  311:311(0) ack 102 <TS val 9100 ecr 2100>  <-- CLOSE_WAIT
      +0.01 FIN_WAIT_2 --> .  101:101(0) ack 311 <TS val 1150 ecr 8100>  --> CLOSE_WAIT
    `)
  })

  it('nor by an ACK that the FIN has overtaken', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1      --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2      <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2      --> .   101:101(0) ack 301  --> CLOSE_WAIT
    `)
  })
})
