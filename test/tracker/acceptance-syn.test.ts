import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** How B came to its state, and the ACK it answers a SYN with. RCV.NXT is about 101. */
const FULL_SOCKETS: readonly (readonly [name: string, state: string, opening: string, challenge: string])[] =
  [
    ['ESTABLISHED', 'ESTABLISHED', OPENED, '.  301:301(0) ack 101'],
    [
      'FIN_WAIT_1',
      'FIN_WAIT_1',
      `${OPENED}
      -  x-- F.  301:301(0) ack 101  x-- FIN_WAIT_1`,
      '.  302:302(0) ack 101',
    ],
    [
      'half-closed FIN_WAIT_2',
      'FIN_WAIT_2',
      `${OPENED}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101   <-- FIN_WAIT_1
      CLOSE_WAIT  --> P.  101:111(10) ack 302  --> FIN_WAIT_2
      CLOSE_WAIT  <-- .   302:302(0) ack 111   <-- FIN_WAIT_2`,
      '.  302:302(0) ack 111',
    ],
    [
      'CLOSE_WAIT',
      'CLOSE_WAIT',
      `${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT`,
      '.  301:301(0) ack 102',
    ],
    [
      'CLOSING',
      'CLOSING',
      `${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
      -           <-- .   302:302(0) ack 102  <-- CLOSING`,
      '.  302:302(0) ack 102',
    ],
    [
      'LAST_ACK',
      'LAST_ACK',
      `${OPENED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
      -           x-- F.  301:301(0) ack 102  x-- LAST_ACK`,
      '.  302:302(0) ack 102',
    ],
  ]

const NUMBERS = [
  ['below the window', 40],
  ['in the window', 5000],
  ['above the window', 900_000],
] as const

describe.each(FULL_SOCKETS)(
  'a SYN in %s (RFC 5961 section 4.2; Linux tcp_validate_incoming)',
  (...receiver) => {
    const [, state, opening, challenge] = receiver

    it.each(NUMBERS)('with a number %s draws a challenge ACK, and nothing changes', async (_name, seq) => {
      const { connections } = await runLadder(`${opening}
      -  --> S  ${seq}:${seq}(0) <mss 1460,wscale 9,sackOK>  --> ${state}
      -  <-- ${challenge}                                    <-- ${state}
    `)
      expect(connections).toMatchObject([
        {
          firstPacket: 1,
          client: { isn: 100, windowScale: null, sackPermitted: false },
          server: { challengeAcks: 1 },
        },
      ])
    })
  },
)

describe('a SYN in a closed FIN_WAIT_2 (Linux tcp_timewait_state_process)', () => {
  const WAITING = `${OPENED}
    CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2`

  it('with a number in the window is answered by RST, and the mini-socket is gone', async () => {
    await runLadder(
      `${WAITING}
      #1 -  --> S   5000:5000(0) <mss 1460>  --> -
      #1 -  <-- R.  0:0(0) ack 5001 win 0    <-- CLOSED
    `,
      { numbersAsWritten: true },
    )
  })

  it('with a number below the window is answered by ACK, and it waits on', async () => {
    const { connections } = await runLadder(`${WAITING}
      -  --> S   40:40(0) <mss 1460>   --> FIN_WAIT_2
      -  <-- .   302:302(0) ack 101    <-- FIN_WAIT_2
    `)
    expect(connections).toHaveLength(1)
  })
})

describe('a SYN in SYN_RCVD (Linux tcp_check_req)', () => {
  const HALF_OPEN = `
    SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
    ESTABLISHED  x-- S.  300:300(0) ack 101 <mss 1460>  x-- SYN_RCVD`

  it('with the same number draws the SYN-ACK again', async () => {
    const { connections } = await runLadder(`${HALF_OPEN}
      +1 SYN_SENT  --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      -            <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301             --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ handshake: { synRetries: 1, synAckRetries: 1 } }])
  })

  it('with another number in the window is answered by RST, and the half-open connection is dropped', async () => {
    const { connections } = await runLadder(
      `${HALF_OPEN}
      #1 -  --> S   5000:5000(0) <mss 1460>  --> -
      #1 -  <-- R.  0:0(0) ack 5001 win 0    <-- CLOSED
    `,
      { numbersAsWritten: true },
    )
    expect(connections[0]?.outcome).not.toBe('open')
  })

  it('with a number outside the window is answered by ACK, and nothing changes', async () => {
    await runLadder(`${HALF_OPEN}
      #1 -  --> S   900000:900000(0) <mss 1460>  --> SYN_RCVD
      #1 -  <-- .   301:301(0) ack 101           <-- SYN_RCVD
      #1 -  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      #1 -  --> .   101:101(0) ack 301           --> ESTABLISHED
    `)
  })
})

describe('a SYN-ACK in an open connection', () => {
  it('sent again draws an ACK, and nothing changes', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  <-- P.  301:311(10) ack 101             <-- ESTABLISHED
      ESTABLISHED  --> .   101:101(0) ack 311              --> ESTABLISHED
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>   <-- -
      ESTABLISHED  --> .   101:101(0) ack 311              --> ESTABLISHED
    `)
    expect(connections).toHaveLength(1)
  })
})

describe('a SYN in TIME_WAIT (Linux tcp_timewait_state_process; RFC 6191)', () => {
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

  it.each([
    ['one after RCV.NXT', 103],
    ['far after RCV.NXT', 5000],
  ])('opens the tuple anew with a number %s', async (_name, seq) => {
    const { connections } = await runLadder(`${WAITING}
      +5 SYN_SENT  --> S   ${seq}:${seq}(0) <mss 1460>                  --> SYN_RCVD
      ESTABLISHED  <-- S.  65839:65839(0) ack ${seq + 1} <mss 1460>     <-- SYN_RCVD
    `)
    expect(connections).toMatchObject([{ firstPacket: 1, outcome: 'closed' }, { firstPacket: 8 }])
  })

  it.each([
    ['exactly RCV.NXT', 102],
    ['before RCV.NXT', 50],
  ])('draws an ACK with a number %s', async (_name, seq) => {
    const { connections } = await runLadder(`${WAITING}
      +5 -  --> S   ${seq}:${seq}(0) <mss 1460>  --> TIME_WAIT
      -     <-- .   302:302(0) ack 102           <-- TIME_WAIT
    `)
    expect(connections).toHaveLength(1)
  })

  it.each([
    ['an earlier number and a later timestamp', 50, 1004],
    ['a later number and the same timestamp', 5000, 1003],
    ['a later number and a later timestamp', 5000, 1004],
  ])('opens the tuple anew with %s', async (_name, seq, timestamp) => {
    const { connections } = await runLadder(`${WAITING_WITH_TIMESTAMPS}
      +5 SYN_SENT  --> S   ${seq}:${seq}(0) <mss 1460,TS val ${timestamp} ecr 0>  --> SYN_RCVD
      ESTABLISHED  <-- S.  65839:65839(0) ack ${seq + 1} <mss 1460,TS val 13000 ecr ${timestamp}>  <-- SYN_RCVD
    `)
    expect(connections).toHaveLength(2)
  })

  it.each([
    ['a later number and an earlier timestamp: PAWS', 5000, 1002],
    ['an earlier number and the same timestamp', 50, 1003],
    ['an earlier number and an earlier timestamp', 50, 1002],
  ])('draws an ACK with %s', async (_name, seq, timestamp) => {
    const { connections } = await runLadder(`${WAITING_WITH_TIMESTAMPS}
      +5 -  --> S   ${seq}:${seq}(0) <mss 1460,TS val ${timestamp} ecr 0>       --> TIME_WAIT
      -     <-- .   302:302(0) ack 102 <nop,nop,TS val 13000 ecr 1003>          <-- TIME_WAIT
    `)
    expect(connections).toHaveLength(1)
  })

  it('opens nothing with the ACK bit', async () => {
    const { connections } = await runLadder(`${WAITING}
      +5 -  --> S.  5000:5000(0) ack 302 <mss 1460>  --> TIME_WAIT
      -     <-- .   302:302(0) ack 102               <-- TIME_WAIT
    `)
    expect(connections).toHaveLength(1)
  })

  it('is an RST if it has the RST bit', async () => {
    const { connections } = await runLadder(`${WAITING}
      +5 -  --> SR  5000:5000(0)  --> TIME_WAIT
      -     --> SR  102:102(0)    --> CLOSED
    `)
    expect(connections).toHaveLength(1)
  })

  it('leaves the old connection as it was if nobody listens', async () => {
    const { connections } = await runLadder(`${WAITING}
      +5 SYN_SENT  --> S   5000:5000(0) <mss 1460>  --> -
      CLOSED       <-- R.  0:0(0) ack 5001 win 0    <-- CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'closed' }, { outcome: 'refused' }])
  })
})

describe('a SYN in SYN_SENT', () => {
  it('that crosses leaves both ends in SYN_RCVD (RFC 9293 figure 7)', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
      SYN_RCVD     <-- S   300:300(0) <mss 1460>          <-- -
      SYN_RCVD     --> S.  100:100(0) ack 301 <mss 1460>  --> -
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- -
      ESTABLISHED  --> P.  101:111(10) ack 301            --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 111             <-- ESTABLISHED
    `)
  })
})
