import { describe, expect, it } from 'vitest'
import { retractedStates } from '../support/retracted-states.ts'
import { runLadder } from '../support/run-ladder.ts'

describe('loss during the handshake', () => {
  it('lost SYN', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --x S   100:100(0)          --x SYN_RCVD
      +1 SYN_SENT  --> S   100:100(0)          --> LISTEN
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ handshake: { synRetries: 1, synAckRetries: 0, rtt: null } }])
  })

  it('lost SYN-ACK: the client repeats its SYN, so it never was ESTABLISHED', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      ESTABLISHED  x-- S.  300:300(0) ack 101  x-- SYN_RCVD
      +1 SYN_SENT  --> S   100:100(0)          --> SYN_RCVD
      -            <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
    expect(connections.map(retractedStates)).toMatchObject([{ client: ['ESTABLISHED'] }])
  })

  it('lost SYN-ACK, and a FIN behind it: neither came, and the FIN that comes later is a new one', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0)               --> SYN_RCVD
      -            x-- S.  300:300(0) ack 101       x-- SYN_RCVD
      -            x-- FP. 301:311(10) ack 101      x-- -
      +1 SYN_SENT  --> S   100:100(0)               --> -
      -            <-- S.  300:300(0) ack 101       <-- -
      ESTABLISHED  --> .   101:101(0) ack 301       --> -
      -            <-- FP. 301:311(10) ack 101      <-- FIN_WAIT_1
      LAST_ACK     --> F.  101:101(0) ack 312       --> TIME_WAIT
      CLOSED       <-- .   312:312(0) ack 102       <-- TIME_WAIT
    `)
  })

  it('lost third segment: the server repeats its SYN-ACK, so it never was ESTABLISHED', async () => {
    const { connections } = await runLadder(`
      SYN_SENT        --> S   100:100(0)           --> SYN_RCVD
      ESTABLISHED     <-- S.  300:300(0) ack 101   <-- SYN_RCVD
      ESTABLISHED     --x .   101:101(0) ack 301   --x ESTABLISHED
      +1 ESTABLISHED  <-- S.  300:300(0) ack 101   <-- SYN_RCVD
      ESTABLISHED     --> .   101:101(0) ack 301   --> -
      ESTABLISHED     <-- P.  301:311(10) ack 101  <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ handshake: { synAckRetries: 1 } }])
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: ['ESTABLISHED'] }])
  })

  it('SYN-ACK that its repeat overtook: it disproves nothing', async () => {
    const { connections } = await runLadder(`
      SYN_SENT          --> S   100:100(0) <TS val 1000 ecr 0>              --> SYN_RCVD
      ESTABLISHED       <-- S.  300:300(0) ack 101 <TS val 10000 ecr 1000>  <-- SYN_RCVD
      ESTABLISHED       --> .   101:101(0) ack 301 <TS val 1001 ecr 10000>  --> ESTABLISHED
      +0.9 ESTABLISHED  <-- S.  300:300(0) ack 101 <TS val 9000 ecr 1000>   <-- ESTABLISHED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
  })

  it('SYN-ACKs of the server’s timer and of a repeated SYN, one behind the other: the ACK of the first is on its way', async () => {
    const { connections } = await runLadder(`
      SYN_SENT             --> S   100:100(0)          --> SYN_RCVD
      +1 SYN_SENT          --> S   100:100(0)          --> LISTEN
      ESTABLISHED          <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED          --> .   101:101(0) ack 301  --> ESTABLISHED
      +0.0001 ESTABLISHED  <-- S.  300:300(0) ack 101  <-- ESTABLISHED
      ESTABLISHED          --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ client: [], server: [] }])
  })

  it('SYN that was sent again: its answer measures no round trip', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --x S   100:100(0)          --x SYN_RCVD
      +1 SYN_SENT  --> S   100:100(0)          --> LISTEN
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ client: { rtt: null } }])
  })

  it('third segment that takes its time', async () => {
    await runLadder(`
      SYN_SENT          --> S   100:100(0)          --> SYN_RCVD
      +0.3 ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED       +0.1                            SYN_RCVD
      SYN_SENT          +0.3                            SYN_RCVD
      +0.3 ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
  })

  it('SYN whose answer takes its time', async () => {
    await runLadder(`
      SYN_SENT          --> S   100:100(0)          --> SYN_RCVD
      SYN_SENT          +0.3                            LISTEN
      +0.3 ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
    `)
  })

  it('lost third segment, healed by data', async () => {
    await runLadder(`
      SYN_SENT        --> S   100:100(0)           --> SYN_RCVD
      ESTABLISHED     <-- S.  300:300(0) ack 101   <-- SYN_RCVD
      ESTABLISHED     --x .   101:101(0) ack 301   --x ESTABLISHED
      ESTABLISHED     --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED     <-- .   301:301(0) ack 111   <-- ESTABLISHED
    `)
  })

  it('SYN that was not captured', async () => {
    const { connections } = await runLadder(`
      -            ~~> S   100:100(0)          ~~> -
      -            <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('SYN-ACK that was not captured', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)           --> SYN_RCVD
      -            <~~ S.  300:300(0) ack 101   <~~ -
      ESTABLISHED  --> .   101:101(0) ack 301   --> ESTABLISHED
      ESTABLISHED  <-- P.  301:311(10) ack 101  <-- ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })

  it('of which only the server’s direction was captured', async () => {
    const { connections } = await runLadder(`
      -            ~~> S   100:100(0)           ~~> -
      ESTABLISHED  <-- S.  300:300(0) ack 101   <-- SYN_RCVD
      -            ~~> P.  101:107(6) ack 301   ~~> -
      ESTABLISHED  <-- .   301:301(0) ack 107   <-- ESTABLISHED
      ESTABLISHED  <-- P.  301:310(9) ack 107   <-- ESTABLISHED
      ESTABLISHED  +1                               ESTABLISHED  ; a server that is open has heard from its client
    `)
    expect(connections).toHaveLength(1)
  })
})

describe('giving up', () => {
  it('SYN_SENT after its ladder of repeats', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)  --> SYN_RCVD
      +1 SYN_SENT  --> S   100:100(0)  --> LISTEN
      +2 SYN_SENT  --> S   100:100(0)  --> LISTEN
      +4 SYN_SENT  --> S   100:100(0)  --> LISTEN
      +8 SYN_SENT  --> S   100:100(0)  --> LISTEN
      +16 SYN_SENT --> S   100:100(0)  --> LISTEN
      +32 SYN_SENT --> S   100:100(0)  --> LISTEN
      SYN_SENT     +60                     LISTEN
      CLOSED       +15                     LISTEN
    `)
    expect(connections).toMatchObject([{ outcome: 'unanswered', handshake: { synRetries: 6 } }])
  })

  it('SYN_RCVD after its ladder of repeats', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      -            <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      +1           <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      +2           <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      +4           <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      +8           <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      +16          <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      -            +30                             SYN_RCVD
      -            +6                              LISTEN
    `)
    expect(connections).toMatchObject([{ outcome: 'half-open', handshake: { synAckRetries: 5 } }])
  })
})

describe('SYN_SENT', () => {
  it('refused', async () => {
    const { connections } = await runLadder(`
      SYN_SENT  --> S   100:100(0)              --> SYN_RCVD
      CLOSED    <-- R.  0:0(0) ack 101 win 0    <-- CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'refused' }])
  })

  it('rejects an RST that acknowledges something else', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0)            --> SYN_RCVD
      SYN_SENT     <-- R.  0:0(0) ack 150 win 0  <-- -
      ESTABLISHED  <-- S.  300:300(0) ack 101    <-- SYN_RCVD
    `)
  })

  it('rejects an RST that acknowledges nothing', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0)            --> SYN_RCVD
      SYN_SENT     <-- R   0:0(0) win 0          <-- -
      ESTABLISHED  <-- S.  300:300(0) ack 101    <-- SYN_RCVD
    `)
  })

  // RFC 9293 would have CLOSE_WAIT; Linux 6.18 frees the segment behind its SYN-ACK (tcp_rcv_synsent_state_process).
  it('opens on a SYN-ACK with FIN and does not take the FIN, as Linux has it', async () => {
    await runLadder(`
      SYN_SENT     --> S    100:100(0)          --> SYN_RCVD
      ESTABLISHED  <-- FS.  300:300(0) ack 101  <-- -
      ESTABLISHED  --> .    101:101(0) ack 301  --> -
    `)
  })
})

describe('SYN_RCVD', () => {
  it('falls back to LISTEN on an RST, at a passive end', async () => {
    await runLadder(`
      SYN_SENT  --> S   100:100(0)          --> SYN_RCVD
      -         <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      -         --> R   101:101(0) win 0    --> LISTEN
    `)
  })

  it('ends in CLOSED on an RST, at an active end', async () => {
    await runLadder(`
      SYN_SENT  --> S   100:100(0)          --> SYN_RCVD
      -         <-- S   300:300(0)          <-- -
      SYN_RCVD  --> S.  100:100(0) ack 301  --> -
      CLOSED    <-- R   301:301(0) win 0    <-- -
    `)
  })

  it('survives an RST in the window that is not exact', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      -            --> R   150:150(0) win 0    --> SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
  })

  it('answers a wrong third segment with RST and stays', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101  <-- SYN_RCVD
      -            --> .   101:101(0) ack 250  --> SYN_RCVD
      -            <-- R   250:250(0) win 0    <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301  --> ESTABLISHED
    `)
  })

  it('closes at once under Fast Open', async () => {
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:110(10) <mss 1460,tfo 0011223344556677>  --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 111 <mss 1460>                <-- SYN_RCVD
      ESTABLISHED  <-- P.  301:311(10) ack 111                          <-- SYN_RCVD
      CLOSE_WAIT   <-- F.  311:311(0) ack 111                           <-- FIN_WAIT_1
      CLOSE_WAIT   --> .   111:111(0) ack 312                           --> FIN_WAIT_2
      LAST_ACK     --> F.  111:111(0) ack 312                           --> TIME_WAIT
      CLOSED       <-- .   312:312(0) ack 112                           <-- TIME_WAIT
    `)
    expect(connections).toMatchObject([{ handshake: { fastOpen: true } }])
  })
})

describe('one socket connected to itself', () => {
  it('has one state', async () => {
    const { connections } = await runLadder(`
      A = B
      -            --> S   100:100(0)          --> -
      -            --> S.  100:100(0) ack 101  --> -
      ESTABLISHED  --> .   101:101(0) ack 101  --> ESTABLISHED
      ESTABLISHED  --> P.  101:111(10) ack 101 --> ESTABLISHED
      ESTABLISHED  --> .   111:111(0) ack 111  --> ESTABLISHED
      -            --> F.  111:111(0) ack 111  --> -
      TIME_WAIT    --> .   112:112(0) ack 112  --> TIME_WAIT
      TIME_WAIT    +59.9                           TIME_WAIT
      CLOSED       +0.2                            CLOSED
    `)
    expect(connections).toHaveLength(1)
  })

  it('is counted once, with the client', async () => {
    const { connections } = await runLadder(`
      A = B
      -  --> S   100:100(0)          --> -
      -  --> S.  100:100(0) ack 101  --> -
      -  --> .   101:101(0) ack 101  --> -
    `)
    expect(connections).toMatchObject([
      { packets: 3, client: { packets: 3 }, server: { packets: 0, bytes: 0 } },
    ])
  })
})

describe('a second SYN-ACK of another number', () => {
  it('brings its own options, which hold: another server behind the address, or a cookie', async () => {
    const { connections } = await runLadder(`
      SYN_SENT  --> S   100:100(0) <mss 1460,wscale 7>          --> SYN_RCVD
      -         <-- S.  9000:9000(0) ack 5000                    <-- SYN_RCVD
      -         <-- S.  300:300(0) ack 101 <mss 1400,wscale 10>  <-- -
      -         --> .   101:101(0) ack 301                       --> -
    `)
    expect(connections).toMatchObject([{ server: { isn: 300, mss: 1400, windowScale: 10 } }])
  })
})

describe('a handshake that waits for data or for room', () => {
  const WAITING = `
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      -            --> .   101:101(0) ack 301             --> ESTABLISHED  ; it dropped this`

  it('refuses a wrong acknowledgment by an RST, and waits on: no socket would have sent that', async () => {
    const { connections } = await runLadder(`${WAITING}
      +0.01 -      --> .   101:101(0) ack 4000000         --> -
      -            <-- R   4000000:4000000(0)             <-- SYN_RCVD
      +7 -         <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      -            --> .   101:101(0) ack 301             --> -
      -            --> P.  101:111(10) ack 301            --> -
      -            <-- .   301:301(0) ack 111             <-- ESTABLISHED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ server: ['ESTABLISHED'] }])
  })

  it('and has given up when all its repeats would be over', async () => {
    await runLadder(`${WAITING}
      +0.01 -    --> .   101:101(0) ack 4000000  --> -
      -          <-- R   4000000:4000000(0)   <-- SYN_RCVD
      -          +60                              SYN_RCVD
      -          +10                              LISTEN
    `)
  })

  it('answers a foreign SYN by a bare ACK of no more than its own: that proves no socket', async () => {
    const { connections } = await runLadder(`${WAITING}
      +0.3 -  --> S   7000:7000(0)                   --> -
      -       <-- .   301:301(0) ack 101             <-- ESTABLISHED
      +7 -    <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ server: ['ESTABLISHED'] }])
  })

  it('but what acknowledges data does', async () => {
    const { connections } = await runLadder(`${WAITING}
      -       --> P.  101:111(10) ack 301            --> -
      -       <-- .   301:301(0) ack 111             <-- ESTABLISHED
      +7 -    <-- S.  300:300(0) ack 101 <mss 1460>  <-- ESTABLISHED
    `)
    expect(connections.map(retractedStates)).toMatchObject([{ server: [] }])
  })

  it('is given up behind its last repeat, though the ACK of that one passed, if the client’s FIN goes unanswered', async () => {
    const repeat = '-            <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD'
    const answer = '-            --> .   102:102(0) ack 301             --> -'
    await runLadder(`${WAITING}
      +1 ${repeat}
      -            --> .   101:101(0) ack 301             --> -
      +1 -         --> F.  101:101(0) ack 301             --> -
      +0.2 -       --> F.  101:101(0) ack 301             --> -
      +1 ${repeat}
      ${answer}
      +1 -         --> F.  101:101(0) ack 301             --> -
      +3 ${repeat}
      ${answer}
      +3 -         --> F.  101:101(0) ack 301             --> -
      +5 ${repeat}
      ${answer}
      +2 -         --> F.  101:101(0) ack 301             --> -
      +14 ${repeat}
      ${answer}
      +10 -        --> F.  101:101(0) ack 301             --> -
      -            +20                                       SYN_RCVD
      -            +10                                       LISTEN
    `)
  })
})
