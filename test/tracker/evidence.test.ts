import { describe, expect, it } from 'vitest'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { basisName, stateName } from '../../src/tracker/tcp-state.ts'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { retractedStates } from '../support/retracted-states.ts'
import { runLadder } from '../support/run-ladder.ts'

/** The end's newest state, what it rests on, and the packet that put it there. */
function newestOf({ connections }: { connections: readonly ConnectionSummary[] }, end: 'client' | 'server') {
  return connections.map((connection) => {
    const { state, stateBasis, statePacket } = connection[end]
    return [stateName(state), basisName(stateBasis), statePacket]
  })[0]
}

describe('what an endpoint sent is certain', () => {
  it('a FIN', async () => {
    const run = await runLadder(`${OPENED}
      FIN_WAIT_1  --x F.  101:101(0) ack 301  --x CLOSE_WAIT
    `)
    expect(newestOf(run, 'client')).toEqual(['FIN_WAIT_1', 'sent', 4])
  })

  it('an RST', async () => {
    const run = await runLadder(`${OPENED}
      CLOSED  --x R.  101:101(0) ack 301  --x CLOSED
    `)
    expect(newestOf(run, 'client')).toEqual(['CLOSED', 'sent', 4])
  })
})

describe('what an endpoint received is assumed until it shows it', () => {
  it('a FIN, and its acknowledgment', async () => {
    const assumed = await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
    `)
    expect(newestOf(assumed, 'server')).toEqual(['CLOSE_WAIT', 'assumed', 4])
    const shown = await runLadder(`${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
    `)
    expect(newestOf(shown, 'server')).toEqual(['CLOSE_WAIT', 'acknowledged', 4])
    expect(newestOf(shown, 'client')).toEqual(['FIN_WAIT_2', 'assumed', 5])
  })

  it('the SYN-ACK, shown by the third segment, which is itself shown by data', async () => {
    const run = await runLadder(`${OPENED}
      ESTABLISHED  <-- P.  301:311(10) ack 101  <-- ESTABLISHED
    `)
    expect(newestOf(run, 'client')).toEqual(['ESTABLISHED', 'acknowledged', 2])
    expect(newestOf(run, 'server')).toEqual(['ESTABLISHED', 'acknowledged', 3])
  })
})

describe('denial: what only the old state could send', () => {
  it('data from a host thought reset', async () => {
    const { connections } = await runLadder(`${OPENED}
      CLOSED       --x R.  101:101(0) ack 301   --x CLOSED
      CLOSED       <-- P.  301:311(10) ack 101  <-- ESTABLISHED
      CLOSED       --> R   101:101(0) win 0     --> CLOSED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ server: ['CLOSED'] }])
  })

  it('a FIN whose acknowledgment does not cover the other FIN is FIN_WAIT_1, not LAST_ACK', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1  --x F.  101:101(0) ack 301  --x CLOSE_WAIT
      CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ server: ['CLOSE_WAIT'] }])
  })

  it('says when and by what', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1  --x F.  101:101(0) ack 301  --x CLOSE_WAIT
      CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    `)
    expect(connections[0]?.server.retracted).toMatchObject([
      { packet: 4, time: 3_000_000, disprovedBy: 5, disprovedAt: 4_000_000 },
    ])
  })
})

describe('late proof of a FIN that was sent again', () => {
  it('a duplicate report (DSACK) dates its receipt to the first copy', async () => {
    const run = await runLadder(`${OPENED_WITH_SACK}
      FIN_WAIT_1       --> F.  101:101(0) ack 301                        --> CLOSE_WAIT
      -                <~~ .   301:301(0) ack 102                        <~~ -
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301                        --> ESTABLISHED
      FIN_WAIT_2       <-- .   301:301(0) ack 102 <nop,nop,sack 101:102> <-- CLOSE_WAIT
    `)
    expect(newestOf(run, 'server')).toEqual(['CLOSE_WAIT', 'acknowledged', 4])
    expect(run.connections.map(retractedStates)).toMatchObject([{ server: [] }])
  })

  it('an acknowledgment without one dates it to the second', async () => {
    const run = await runLadder(`${OPENED_WITH_SACK}
      FIN_WAIT_1       --x F.  101:101(0) ack 301  --x CLOSE_WAIT
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301  --> ESTABLISHED
      FIN_WAIT_2       <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
    `)
    expect(newestOf(run, 'server')).toEqual(['CLOSE_WAIT', 'acknowledged', 5])
    expect(run.connections.map(retractedStates)).toMatchObject([{ server: ['CLOSE_WAIT'] }])
  })

  it('an echo of the first copy’s timestamp dates it to the first', async () => {
    const run = await runLadder(`${OPENED_WITH_TIMESTAMPS}
      FIN_WAIT_1       --> F.  101:101(0) ack 301 <nop,nop,TS val 1010 ecr 8000>  --> CLOSE_WAIT
      -                <~~ .   301:301(0) ack 102 <nop,nop,TS val 8011 ecr 1010>  <~~ -
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301 <nop,nop,TS val 1210 ecr 8000>  --> ESTABLISHED
      FIN_WAIT_2       <-- .   301:301(0) ack 102 <nop,nop,TS val 8211 ecr 1010>  <-- CLOSE_WAIT
    `)
    expect(newestOf(run, 'server')).toEqual(['CLOSE_WAIT', 'acknowledged', 4])
  })

  it('an echo of the second copy’s timestamp dates it to the second', async () => {
    const run = await runLadder(`${OPENED_WITH_TIMESTAMPS}
      FIN_WAIT_1       --x F.  101:101(0) ack 301 <nop,nop,TS val 1010 ecr 8000>  --x CLOSE_WAIT
      +0.2 FIN_WAIT_1  --> F.  101:101(0) ack 301 <nop,nop,TS val 1210 ecr 8000>  --> ESTABLISHED
      FIN_WAIT_2       <-- .   301:301(0) ack 102 <nop,nop,TS val 8211 ecr 1210>  <-- CLOSE_WAIT
    `)
    expect(newestOf(run, 'server')).toEqual(['CLOSE_WAIT', 'acknowledged', 5])
  })
})

describe('a missed slot: a state that would repeat and does not has been answered', () => {
  it('the last ACK had arrived after all', async () => {
    const { connections } = await runLadder(`${OPENED}
      FIN_WAIT_1      --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      TIME_WAIT       <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT       --x .   102:102(0) ack 302  --x CLOSED
      +0.2 TIME_WAIT  <-- F.  301:301(0) ack 102  <-- LAST_ACK
      TIME_WAIT       --> .   102:102(0) ack 302  --> LAST_ACK
      TIME_WAIT       +0.3                            LAST_ACK
      TIME_WAIT       +0.2                            CLOSED
    `)
    expect(connections.map(({ server }) => [basisName(server.stateBasis), server.statePacket])).toEqual([
      ['assumed', 8],
    ])
  })

  it('the third segment had arrived after all', async () => {
    await runLadder(`
      SYN_SENT        --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED     <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --x .   101:101(0) ack 301             --x ESTABLISHED
      +1 ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --> .   101:101(0) ack 301             --> SYN_RCVD
      ESTABLISHED     +1.9                                       SYN_RCVD
      ESTABLISHED     +0.3                                       ESTABLISHED
    `)
  })
})

describe('a server that does not hold a socket yet', () => {
  it('SYN cookies: an ACK of another number opens nothing', async () => {
    await runLadder(`
      SYN_SENT  --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -         <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      -         +2                                         LISTEN
      -         --> .   101:101(0) ack 5000            --> LISTEN
    `)
  })

  it('TCP_DEFER_ACCEPT: the bare ACK is not enough, the SYN-ACK comes late again, data opens', async () => {
    const { connections } = await runLadder(`
      SYN_SENT        --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED     <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --> .   101:101(0) ack 301             --> ESTABLISHED  ; as far as one can know
      +3 ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --> P.  101:111(10) ack 301            --> -
      ESTABLISHED     <-- .   301:301(0) ack 111             <-- ESTABLISHED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: ['ESTABLISHED'] }])
  })

  it('full accept queue: ACK, data and FIN are ignored, and the SYN-ACK is repeated', async () => {
    await runLadder(`
      SYN_SENT         --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED      <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED      --> .   101:101(0) ack 301             --> ESTABLISHED
      ESTABLISHED      --> P.  101:111(10) ack 301            --> ESTABLISHED
      FIN_WAIT_1       --> F.  111:111(0) ack 301             --> CLOSE_WAIT
      +1 FIN_WAIT_1    <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      FIN_WAIT_1       --> .   112:112(0) ack 301             --> SYN_RCVD
      FIN_WAIT_1       --> P.  101:111(10) ack 301            --> SYN_RCVD
      +2 FIN_WAIT_1    <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      FIN_WAIT_1       --> FP. 101:111(10) ack 301            --> SYN_RCVD
      FIN_WAIT_2       <-- .   301:301(0) ack 112             <-- CLOSE_WAIT
    `)
  })
})

describe('Fast Open (RFC 7413)', () => {
  const OPENING = `
      SYN_SENT     --> S   100:110(10) <mss 1460,tfo 0011223344556677>  --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 111 <mss 1460>                <-- SYN_RCVD`

  it('its close gives FIN_WAIT_1', async () => {
    await runLadder(`${OPENING}
      CLOSE_WAIT  <-- F.  301:301(0) ack 111  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   111:111(0) ack 302  --> FIN_WAIT_2
    `)
  })

  it('a request without cookie opens as usual', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460,tfo>                      --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460,tfo 00112233>     <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301                             --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open', handshake: { fastOpen: false } }])
  })
})

describe('an RST that was forged moves nobody but its receiver', () => {
  it('from another distance: its supposed sender goes on, and is told by an RST', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  --> P.  101:111(10) ack 301       --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111        <-- ESTABLISHED
      ESTABLISHED  --> R.  111:111(0) ack 301 ttl 50 --> CLOSED
      ESTABLISHED  --> P.  111:121(10) ack 301       --> CLOSED
      CLOSED       <-- R   301:301(0) win 0          <-- CLOSED
    `)
  })

  it('without ACK and without anything that drew it: its sender is closed until it speaks again', async () => {
    await runLadder(`${OPENED}
      ESTABLISHED  <-- P.  301:311(10) ack 101  <-- ESTABLISHED
      ESTABLISHED  --> .   101:101(0) ack 311   --> ESTABLISHED
      CLOSED       --> R   101:101(0) win 0     --> CLOSED
      ESTABLISHED  --> P.  101:111(10) ack 311  --> CLOSED
      CLOSED       <-- R   311:311(0) win 0     <-- CLOSED
    `)
  })

  it('outside the window it moves nobody at all', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> R   900000:900000(0) win 0 ttl 50  --> ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 301            --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111             <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open' }])
  })
})
