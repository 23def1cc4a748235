import { describe, expect, it } from 'vitest'
import { runLadder } from '../support/run-ladder.ts'

describe('a capture that shows only the client', () => {
  it('has both ends open from its third segment on', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -            <~~ S.  300:300(0) ack 101 <mss 1460>  <~~ -
      ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301            --> ESTABLISHED
      -            <~~ P.  301:351(50) ack 111            <~~ -
      ESTABLISHED  --> .   111:111(0) ack 351             --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { oneSided: true, midstream: false, roleBasis: 'handshake', server: { packets: 0, isn: null } },
    ])
  })

  it('follows its close', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -            <~~ S.  300:300(0) ack 101 <mss 1460>  <~~ -
      ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED
      FIN_WAIT_1   --> F.  101:101(0) ack 301             --> CLOSE_WAIT
    `)
  })

  it('follows its abort', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -            <~~ S.  300:300(0) ack 101 <mss 1460>  <~~ -
      ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED
      CLOSED       --> R.  101:101(0) ack 301             --> CLOSED
    `)
    expect(connections).toMatchObject([{ oneSided: true, outcome: 'reset' }])
  })
})

describe('a capture that shows only the server', () => {
  it('knows who opened from the SYN-ACK, and has both ends open once the server goes on', async () => {
    const { connections } = await runLadder(`
      -            ~~> S   100:100(0) <mss 1460>          ~~> -
      -            <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      -            ~~> .   101:101(0) ack 301             ~~> -
      ESTABLISHED  <-- P.  301:311(10) ack 101            <-- ESTABLISHED
      ESTABLISHED  <-- P.  311:321(10) ack 101            <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([
      { oneSided: true, roleBasis: 'handshake', client: { packets: 0 }, server: { isn: 300 } },
    ])
  })

  it('follows its close', async () => {
    await runLadder(`
      -            <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED  <-- P.  301:311(10) ack 101            <-- ESTABLISHED
      CLOSE_WAIT   <-- F.  311:311(0) ack 101             <-- FIN_WAIT_1
    `)
  })
})

describe('a capture that begins in the middle', () => {
  it.each([
    ['data', 'P.  1000:1010(10) ack 5000'],
    ['an ACK', '.   1000:1000(0) ack 5000'],
  ])('with %s takes both ends for open', async (_name, segment) => {
    const { connections } = await runLadder(`
      ESTABLISHED  --> ${segment}  --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ midstream: true, handshake: null, client: { isn: null } }])
  })

  it('with a FIN knows what its sender is in', async () => {
    await runLadder(`
      FIN_WAIT_1  --> F.  1000:1000(0) ack 5000  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   5000:5000(0) ack 1001  <-- CLOSE_WAIT
      TIME_WAIT   <-- F.  5000:5000(0) ack 1001  <-- LAST_ACK
      TIME_WAIT   --> .   1001:1001(0) ack 5001  --> CLOSED
    `)
  })

  it('with an RST knows that both ends are gone', async () => {
    await runLadder(`
      CLOSED  --> R.  1000:1000(0) ack 5000  --> CLOSED
    `)
  })

  it('takes the lower port for the server', async () => {
    const { connections } = await runLadder(`
      -  <-- P.  5000:5010(10) ack 1000  <-- -
      -  --> .   1000:1000(0) ack 5010   --> -
    `)
    expect(connections).toMatchObject([{ roleBasis: 'port', server: { port: 80 }, client: { port: 40_001 } }])
  })
})

describe('a SYN-ACK that stands before its SYN in the capture', () => {
  it('is one connection with it', async () => {
    const { connections } = await runLadder(`
      -                    <-- S.  300:300(0) ack 101 <mss 1460>         <-- SYN_RCVD
      +0.00001 ESTABLISHED --> S   100:100(0) <mss 1460,sackOK>          --> SYN_RCVD
      ESTABLISHED          --> .   101:101(0) ack 301                    --> ESTABLISHED
    `)
    expect(connections).toMatchObject([
      {
        id: 1,
        midstream: false,
        packets: 3,
        client: { isn: 100, sackPermitted: true },
        server: { isn: 300 },
      },
    ])
    expect(connections).toMatchObject([{ handshake: { synRetries: 0 }, client: { retransmissions: 0 } }])
  })
})

describe('a capture that begins with keep-alive probes, which bear the number before the next', () => {
  const PROBES = `
        -  <-- .  300:300(0) ack 101  <-- ESTABLISHED
    +1  -  <-- .  300:300(0) ack 101  <-- ESTABLISHED`

  it('has their receiver take an RST with the number behind them', async () => {
    const { connections } = await runLadder(`${PROBES}
      +1  CLOSED  <-- R.  301:301(0) ack 101  <-- CLOSED`)
    expect(connections).toMatchObject([{ outcome: 'reset' }])
  })

  it('but not with one further', async () => {
    await runLadder(`${PROBES}
      +1  ESTABLISHED  <-- R.  302:302(0) ack 101  <-- ESTABLISHED`)
  })

  it('nor behind a FIN, which tells the number', async () => {
    await runLadder(`${PROBES}
      CLOSE_WAIT  <-- F.  300:300(0) ack 101  <-- FIN_WAIT_1
      CLOSE_WAIT  <-- R.  302:302(0) ack 101  <-- FIN_WAIT_1`)
  })

  it('nor where the receiver has spoken', async () => {
    await runLadder(`
      ESTABLISHED  <-- .   300:300(0) ack 101  <-- ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 300 --> ESTABLISHED
      ESTABLISHED  <-- R.  301:301(0) ack 111  <-- ESTABLISHED`)
  })
})
