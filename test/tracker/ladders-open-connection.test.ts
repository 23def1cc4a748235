import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_SACK } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

describe('an open connection stays as it is', () => {
  it('through keep-alives', async () => {
    const { connections } = await runLadder(`${OPENED}
      +7200 ESTABLISHED  --> .   100:100(0) ack 301  --> ESTABLISHED
      ESTABLISHED        <-- .   301:301(0) ack 101  <-- ESTABLISHED
      +7200 ESTABLISHED  --> .   100:100(0) ack 301  --> ESTABLISHED
      ESTABLISHED        <-- .   301:301(0) ack 101  <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { client: { keepAlives: 2, retransmissions: 0 }, server: { duplicateAcks: 0, challengeAcks: 0 } },
    ])
  })

  it('through keep-alives with one byte', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED        --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED        <-- .   301:301(0) ack 111   <-- ESTABLISHED
      +7200 ESTABLISHED  --> .   110:111(1) ack 301   --> ESTABLISHED
      ESTABLISHED        <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
  })

  it('through a zero window and its probes', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED       --> P.  101:111(10) ack 301       --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111 win 0  <-- ESTABLISHED
      +0.2 ESTABLISHED  --> .   110:110(0) ack 301        --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111 win 0  <-- ESTABLISHED
      +0.4 ESTABLISHED  --> .   110:110(0) ack 301        --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111 win 0  <-- ESTABLISHED
      +0.5 ESTABLISHED  <-- .   301:301(0) ack 111        <-- ESTABLISHED
      ESTABLISHED       --> P.  111:121(10) ack 301       --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { client: { zeroWindowProbes: 2, keepAlives: 0 }, server: { zeroWindows: 3, windowUpdates: 1 } },
    ])
  })

  it('through loss and repetition', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED       --x P.  101:111(10) ack 301  --x ESTABLISHED
      +0.2 ESTABLISHED  --x P.  101:111(10) ack 301  --x ESTABLISHED
      +0.4 ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ client: { retransmissions: 2, payloadBytes: 30, uniqueBytes: 10 } }])
  })

  it('through reordering', async () => {
    const { connections } = await runLadder(`${OPENED_WITH_SACK}
      ESTABLISHED  --> P.  111:121(10) ack 301                        --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101 <nop,nop,sack 111:121>  <-- ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301                        --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 121                         <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ client: { uniqueBytes: 20 } }])
  })

  it('through an ACK of what was not sent', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  --> .   101:101(0) ack 5000  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101   <-- ESTABLISHED
    `)
  })

  it('through a day of silence', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  +86400  ESTABLISHED
    `)
  })
})

describe('a capture that begins in mid-stream', () => {
  it('finds both ends open once both have spoken', async () => {
    const { connections } = await runLadder(`
      -            --> P.  1000:1010(10) ack 5000  --> -
      ESTABLISHED  <-- .   5000:5000(0) ack 1010   <-- ESTABLISHED
      ESTABLISHED  --> P.  1010:1020(10) ack 5000  --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ midstream: true, handshake: null, roleBasis: 'port' }])
  })

  it('follows the close', async () => {
    await runLadder(`
      -           --> P.  1000:1010(10) ack 5000  --> -
      -           <-- .   5000:5000(0) ack 1010   <-- -
      FIN_WAIT_1  --> F.  1010:1010(0) ack 5000   --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   5000:5000(0) ack 1011   <-- CLOSE_WAIT
      TIME_WAIT   <-- F.  5000:5000(0) ack 1011   <-- LAST_ACK
      TIME_WAIT   --> .   1011:1011(0) ack 5001   --> CLOSED
    `)
  })
})
