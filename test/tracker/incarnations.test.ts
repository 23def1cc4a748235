import { describe, expect, it } from 'vitest'
import { OPENED } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

describe('a SYN on a live tuple waits for the answer that tells what it was', () => {
  it('a challenge ACK: the old connection goes on, and the SYN’s options touch nothing', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> S   5000:5000(0) <mss 536,wscale 9,sackOK>  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 101                      <-- ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301                     --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111                      <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { id: 1, packets: 7, client: { isn: 100, mss: 1460, windowScale: null, sackPermitted: false } },
    ])
  })

  it('a SYN-ACK: the new connection began with the SYN', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED      --> S   5000:5000(0) <mss 536,sackOK>           --> ESTABLISHED
      +0.5 ESTABLISHED <-- S.  9000:9000(0) ack 5001 <mss 1460,sackOK> <-- SYN_RCVD
      ESTABLISHED      --> .   5001:5001(0) ack 9001                   --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { id: 1, firstPacket: 1, start: 0, client: { isn: 100, mss: 1460 } },
      {
        id: 4,
        firstPacket: 4,
        start: 3_000_000,
        packets: 3,
        client: { isn: 5000, mss: 536, sackPermitted: true, packets: 2 },
        server: { isn: 9000 },
        handshake: { serverRtt: 500_000_000, synRetries: 0 },
      },
    ])
  })

  it('an RST, and then the same SYN: the new connection began with the first copy', async () => {
    const { connections } = await runLadder(`${OPENED}
      #1 -             --> S   5000:5000(0) <mss 1460>          --> ESTABLISHED
      #1 -             <-- .   301:301(0) ack 101               <-- ESTABLISHED
      #1 -             --> R   101:101(0) win 0                 --> CLOSED
      +1 SYN_SENT      --> S   5000:5000(0) <mss 1460>          --> -
      ESTABLISHED      <-- S.  9000:9000(0) ack 5001 <mss 1460> <-- SYN_RCVD
      ESTABLISHED      --> .   5001:5001(0) ack 9001            --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { id: 1, server: { challengeAcks: 1 } },
      { id: 4, firstPacket: 4, client: { isn: 5000 } },
    ])
  })

  it('repeated, it is one and the same', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED     --> S   5000:5000(0) <mss 1460>          --> ESTABLISHED
      +1 ESTABLISHED  --> S   5000:5000(0) <mss 1460>          --> ESTABLISHED
      ESTABLISHED     <-- S.  9000:9000(0) ack 5001 <mss 1460> <-- SYN_RCVD
    `)
    expect(connections).toMatchObject([{ id: 1 }, { id: 4, handshake: { synRetries: 1 } }])
  })

  it('a SYN-ACK to another number opens nothing', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> S   5000:5000(0) <mss 1460>           --> ESTABLISHED
      ESTABLISHED  <-- S.  9000:9000(0) ack 7001 <mss 1460>  <-- -
      ESTABLISHED  --> P.  101:111(10) ack 301               --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111                <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ id: 1, outcome: 'open' }])
  })

  it('from the server’s side, the roles change', async () => {
    const { connections } = await runLadder(`${OPENED}
      -            <-- S   7000:7000(0) <mss 1460>           <-- -
      SYN_RCVD     --> S.  8000:8000(0) ack 7001 <mss 1460>  --> ESTABLISHED
      ESTABLISHED  <-- .   7001:7001(0) ack 8001             <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { id: 1, client: { isn: 100 } },
      { id: 4, client: { isn: 7000 }, server: { isn: 8000 } },
    ])
  })
})

describe('a SYN with the number of the live connection', () => {
  it('is a repetition, however late', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED       --> P.  101:111(10) ack 301     --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111      <-- ESTABLISHED
      +10 ESTABLISHED   --> S   100:100(0) <mss 1460>   --> ESTABLISHED
      ESTABLISHED       <-- .   301:301(0) ack 111      <-- ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('opens anew when both ends are gone', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> P.  101:111(10) ack 301               --> ESTABLISHED
      CLOSED       <-- R   301:301(0) win 0                  <-- CLOSED
      +1 SYN_SENT  --> S   100:100(0) <mss 1460>             --> SYN_RCVD
      ESTABLISHED  <-- S.  9000:9000(0) ack 101 <mss 1460>   <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 9001               --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { id: 1, outcome: 'reset' },
      { id: 6, outcome: 'open' },
    ])
  })
})

describe('a tuple that is free', () => {
  it('opens anew after a refusal, with any number', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      CLOSED       <-- R.  0:0(0) ack 101 win 0           <-- CLOSED
      +1 SYN_SENT  --> S   200:200(0) <mss 1460>          --> -
      ESTABLISHED  <-- S.  300:300(0) ack 201 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED  --> .   201:201(0) ack 301             --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'refused' }, { outcome: 'open' }])
  })

  it('forgets the old connection 120 s after its last segment', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1   --> F.  101:101(0) ack 301   --> CLOSE_WAIT
      TIME_WAIT    <-- F.  301:301(0) ack 102   <-- LAST_ACK
      TIME_WAIT    --> .   102:102(0) ack 302   --> CLOSED
      +121 -       --> .   102:102(0) ack 302   --> -
    `)
    expect(connections).toMatchObject([
      { id: 1, midstream: false },
      { id: 7, midstream: true },
    ])
  })
})
