import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { retractedStates } from '../support/retracted-states.ts'
import { runLadder } from '../support/run-ladder.ts'

describe('an RST is accepted', () => {
  it('at exactly RCV.NXT', async () => {
    const { connections } = await runLadder(`${OPENED}
      CLOSED  --> R.  101:101(0) ack 301  --> CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'reset', client: { resets: 1 } }])
  })

  it('from an end without a socket, as the answer to data', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      CLOSED       <-- R   301:301(0) win 0     <-- CLOSED
    `)
  })

  it('one below RCV.NXT in CLOSE_WAIT', async () => {
    await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      CLOSED      --> R   101:101(0)          --> CLOSED
    `)
  })

  it('at the right edge of the highest SACK block', async () => {
    await runLadder(`${OPENED_WITH_SACK}
      -            ~~> P.  101:111(10) ack 301                        ~~> -
      ESTABLISHED  --> P.  111:121(10) ack 301                        --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101 <nop,nop,sack 111:121>  <-- ESTABLISHED
      -            --> R   121:121(0) win 0                           --> CLOSED
    `)
  })

  it('whatever its timestamp', async () => {
    await runLadder(`${OPENED_WITH_TIMESTAMPS}
      -  --> R.  101:101(0) ack 301 <nop,nop,TS val 5 ecr 8000>  --> CLOSED
    `)
  })
})

describe('an RST in the window that is not exact', () => {
  it('draws a challenge ACK, and the connection lives', async () => {
    const { connections } = await runLadder(`${OPENED}
      -            --> R   200:200(0)           --> ESTABLISHED
      -            <-- .   301:301(0) ack 101   <-- ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open', server: { challengeAcks: 1 } }])
  })

  it('draws a challenge ACK, and its true sender confirms with an exact one', async () => {
    await runLadder(`${OPENED}
      -            --> R   200:200(0)           --> ESTABLISHED
      -            <-- .   301:301(0) ack 101   <-- ESTABLISHED
      CLOSED       --> R   101:101(0) win 0     --> CLOSED
    `)
  })

  it('may stay unanswered within 500 ms of another', async () => {
    await runLadder(`${OPENED}
      -            --> R   200:200(0)           --> ESTABLISHED
      -            <-- .   301:301(0) ack 101   <-- ESTABLISHED
      -            --> R   300:300(0)           --> ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
  })
})

describe('an RST outside the window', () => {
  it.each([
    ['behind it', '200000:200000(0)'],
    ['before it', '50:50(0)'],
    ['one below RCV.NXT in ESTABLISHED', '100:100(0)'],
  ])('is met with silence: %s', async (_name, numbers) => {
    await runLadder(`${OPENED}
      -            --> R   ${numbers}           --> ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
  })
})

describe('a SYN on a live connection', () => {
  it('draws a challenge ACK, and the connection lives', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> S   5000:5000(0) <mss 1460,wscale 9>  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101                <-- ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301               --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111                <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { outcome: 'open', client: { windowScale: null, isn: 100 }, server: { challengeAcks: 1 } },
    ])
  })

  it('opens a new incarnation once a SYN-ACK acknowledges it', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> S   5000:5000(0) <mss 1460,sackOK>          --> ESTABLISHED
      ESTABLISHED  <-- S.  9000:9000(0) ack 5001 <mss 1460,sackOK> <-- SYN_RCVD
      ESTABLISHED  --> .   5001:5001(0) ack 9001                   --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { firstPacket: 1, client: { isn: 100 } },
      { firstPacket: 4, client: { isn: 5000, sackPermitted: true } },
    ])
  })

  it('is a repetition if it has the old number', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> S   100:100(0) <mss 1460>  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101     <-- ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('draws a challenge ACK in CLOSE_WAIT too', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      FIN_WAIT_2  --> S   5000:5000(0)        --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
    `)
    expect(connections).toMatchObject([{ server: { challengeAcks: 1 } }])
  })
})

describe('a closed end', () => {
  it('is not brought back by a segment without ACK: no stack sends one', async () => {
    const { connections } = await runLadder(`${OPENED}
      CLOSED       --> R.  101:101(0) ack 301  --> CLOSED
      +0.3 CLOSED  --> FPU 101:102(1)          --> CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
  })
})
