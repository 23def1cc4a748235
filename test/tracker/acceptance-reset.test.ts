import { describe, expect, it } from 'vitest'
import { stateName } from '../../src/tracker/tcp-state.ts'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

/** How B came to the state in which it is sent the RST, its RCV.NXT then, and the ACK it answers with. */
interface Receiver {
  readonly state: string
  readonly opening: string
  readonly next: number
  readonly challenge: string
}

const HALF_OPEN: Receiver = {
  state: 'SYN_RCVD',
  opening: `
    SYN_SENT     --> S   100:100(0) <mss 1460>          --> SYN_RCVD
    ESTABLISHED  x-- S.  300:300(0) ack 101 <mss 1460>  x-- SYN_RCVD`,
  next: 101,
  challenge: '.  301:301(0) ack 101',
}
const OPEN: Receiver = {
  state: 'ESTABLISHED',
  opening: OPENED,
  next: 101,
  challenge: '.  301:301(0) ack 101',
}
const CLOSING_FIRST: Receiver = {
  state: 'FIN_WAIT_1',
  opening: `${OPENED}
    -  x-- F.  301:301(0) ack 101  x-- FIN_WAIT_1`,
  next: 101,
  challenge: '.  302:302(0) ack 101',
}
const HALF_CLOSED: Receiver = {
  state: 'FIN_WAIT_2',
  opening: `${OPENED}
    CLOSE_WAIT  <-- F.  301:301(0) ack 101   <-- FIN_WAIT_1
    CLOSE_WAIT  --> P.  101:111(10) ack 302  --> FIN_WAIT_2
    CLOSE_WAIT  <-- .   302:302(0) ack 111   <-- FIN_WAIT_2`,
  next: 111,
  challenge: '.  302:302(0) ack 111',
}
const CLOSED_WAITING: Receiver = {
  state: 'FIN_WAIT_2',
  opening: `${OPENED}
    CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2`,
  next: 101,
  challenge: '.  302:302(0) ack 101',
}
const PASSIVE_CLOSE: Receiver = {
  state: 'CLOSE_WAIT',
  opening: `${OPENED}
    FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
    FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT`,
  next: 102,
  challenge: '.  301:301(0) ack 102',
}
const CROSSING: Receiver = {
  state: 'CLOSING',
  opening: `${OPENED}
    FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
    CLOSING     <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    -           <-- .   302:302(0) ack 102  <-- CLOSING`,
  next: 102,
  challenge: '.  302:302(0) ack 102',
}
const LAST: Receiver = {
  state: 'LAST_ACK',
  opening: `${OPENED}
    FIN_WAIT_1  --> F.  101:101(0) ack 301  --> CLOSE_WAIT
    FIN_WAIT_2  <-- .   301:301(0) ack 102  <-- CLOSE_WAIT
    -           x-- F.  301:301(0) ack 102  x-- LAST_ACK`,
  next: 102,
  challenge: '.  302:302(0) ack 102',
}
const WAITING: Receiver = {
  state: 'TIME_WAIT',
  opening: `${OPENED}
    CLOSE_WAIT  <-- F.  301:301(0) ack 101  <-- FIN_WAIT_1
    CLOSE_WAIT  --> .   101:101(0) ack 302  --> FIN_WAIT_2
    LAST_ACK    --> F.  101:101(0) ack 302  --> TIME_WAIT
    CLOSED      <-- .   302:302(0) ack 102  <-- TIME_WAIT`,
  next: 102,
  challenge: '.  302:302(0) ack 102',
}

const FULL_SOCKETS = [OPEN, CLOSING_FIRST, HALF_CLOSED, PASSIVE_CLOSE, CROSSING, LAST]
const ALL = [HALF_OPEN, ...FULL_SOCKETS, CLOSED_WAITING, WAITING]
const nameOf = (receiver: Receiver) =>
  receiver === CLOSED_WAITING
    ? 'closed FIN_WAIT_2'
    : receiver === HALF_CLOSED
      ? 'half-closed FIN_WAIT_2'
      : receiver.state
const cases = (receivers: readonly Receiver[]) =>
  receivers.map((receiver) => [nameOf(receiver), receiver] as const)

function resetAt(seq: number): string {
  return `R   ${seq}:${seq}(0) win 0`
}

describe('an RST at exactly RCV.NXT (RFC 5961 section 3.2; Linux tcp_validate_incoming)', () => {
  it.each(cases(ALL))('is accepted in %s', async (_name, { opening, next, state }) => {
    const end = state === 'SYN_RCVD' ? 'LISTEN' : 'CLOSED'
    const { connections } = await runLadder(`${opening}
      -  --> ${resetAt(next)}  --> ${end}
    `)
    expect(connections).toHaveLength(1)
  })
})

describe('an RST one below RCV.NXT', () => {
  it.each(cases([PASSIVE_CLOSE, CROSSING, LAST]))(
    'is accepted in %s: it may have been sent before the FIN (Linux tcp_reset_check)',
    async (_name, { opening, next }) => {
      await runLadder(`${opening}
        -  --> ${resetAt(next - 1)}  --> CLOSED
      `)
    },
  )

  it.each(cases([HALF_OPEN, OPEN, CLOSING_FIRST, HALF_CLOSED, CLOSED_WAITING, WAITING]))(
    'means nothing in %s',
    async (_name, { opening, next, state }) => {
      await runLadder(`${opening}
        -  --> ${resetAt(next - 1)}  --> ${state}
      `)
    },
  )
})

describe('an RST in the window that is not exact', () => {
  it.each(cases([HALF_OPEN, ...FULL_SOCKETS]))(
    'draws a challenge ACK in %s, and nothing changes',
    async (_name, { opening, next, state, challenge }) => {
      const { connections } = await runLadder(`${opening}
        -  --> ${resetAt(next + 99)}  --> ${state}
        -  <-- ${challenge}           <-- ${state}
      `)
      expect(connections).toMatchObject([{ server: { challengeAcks: 1 } }])
    },
  )

  it('ends a closed FIN_WAIT_2, which is a mini-socket (Linux tcp_timewait_state_process)', async () => {
    await runLadder(`${CLOSED_WAITING.opening}
      -  --> ${resetAt(CLOSED_WAITING.next + 99)}  --> CLOSED
    `)
  })

  it('means nothing in TIME_WAIT, not even the 60 s anew', async () => {
    await runLadder(`${WAITING.opening}
      +30 -  --> ${resetAt(WAITING.next + 99)}  --> TIME_WAIT
      -      +29.9                                  TIME_WAIT
      -      +0.2                                   CLOSED
    `)
  })
})

describe('an RST outside the window', () => {
  it.each(cases(ALL))('means nothing in %s, above and below', async (_name, { opening, next, state }) => {
    const { connections } = await runLadder(`${opening}
      -  --> ${resetAt(next + 200_000)}  --> ${state}
      -  --> ${resetAt(next - 60)}       --> ${state}
    `)
    expect(connections).toMatchObject([{ server: { challengeAcks: 0 } }])
  })

  it.each([
    ['on its last number', 65_636, 1],
    ['one behind it', 65_637, 0],
  ])('is told from one inside by the right edge: %s', async (_name, seq, challengeAcks) => {
    const { connections } = await runLadder(`${OPENED}
      -  --> ${resetAt(seq)}         --> ESTABLISHED
      -  <-- ${OPEN.challenge}       <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ server: { challengeAcks } }])
  })
})

describe('an RST at a SACK block that its receiver holds (Linux tcp_validate_incoming)', () => {
  const HOLDING = `${OPENED_WITH_SACK}
    -            ~~> P.  101:111(10) ack 301                                ~~> -
    ESTABLISHED  --> P.  111:121(10) ack 301                                --> ESTABLISHED
    ESTABLISHED  <-- .   301:301(0) ack 101 <nop,nop,sack 111:121>          <-- ESTABLISHED
    ESTABLISHED  --> P.  131:141(10) ack 301                                --> ESTABLISHED
    ESTABLISHED  <-- .   301:301(0) ack 101 <nop,nop,sack 131:141 111:121>  <-- ESTABLISHED`

  it('is accepted at the right edge of the highest block', async () => {
    await runLadder(`${HOLDING}
      -  --> ${resetAt(141)}  --> CLOSED
    `)
  })

  it.each([
    ['the right edge of a lower block', 121],
    ['the left edge of the highest block', 131],
    ['one behind the highest block', 142],
  ])('is challenged at %s', async (_name, seq) => {
    await runLadder(`${HOLDING}
      -  --> ${resetAt(seq)}  --> ESTABLISHED
    `)
  })

  it('is challenged once the hole is filled', async () => {
    await runLadder(`${HOLDING}
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      ESTABLISHED  --> P.  121:131(10) ack 301  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 141   <-- ESTABLISHED
      ESTABLISHED  --> P.  141:151(10) ack 301  --> ESTABLISHED
      ESTABLISHED  <-- .   301:301(0) ack 151   <-- ESTABLISHED
      -            --> ${resetAt(161)}          --> ESTABLISHED
    `)
  })
})

describe('an RST in SYN_SENT (RFC 9293 section 3.10.7.3)', () => {
  const SENT = 'SYN_SENT  --> S  100:100(0) <mss 1460>  --> SYN_RCVD'

  it('is believed if it acknowledges the SYN', async () => {
    const { connections } = await runLadder(`${SENT}
      CLOSED  <-- R.  0:0(0) ack 101 win 0  <-- CLOSED
    `)
    expect(connections).toMatchObject([{ outcome: 'refused' }])
  })

  it.each([
    ['more than the SYN', 'R.  0:0(0) ack 102 win 0'],
    ['less than the SYN', 'R.  0:0(0) ack 100 win 0'],
    ['nothing', 'R  0:0(0) win 0'],
  ])('is not believed if it acknowledges %s', async (_name, reset) => {
    const { connections } = await runLadder(`${SENT}
      SYN_SENT     <-- ${reset}                            <-- -
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>   <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301              --> ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open' }])
  })
})

describe('an RST that did not reach TCP', () => {
  it('with a bad checksum moves nobody', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> P.  101:111(10) ack 301           --> ESTABLISHED
      ESTABLISHED  <-- R   301:301(0) win 0 badsum       <-- -
      ESTABLISHED  --> P.  111:121(10) ack 301           --> -
      ESTABLISHED  <-- .   301:301(0) ack 121            <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open' }])
  })
})

describe('an RST while the connection opens (Linux tcp_check_req)', () => {
  it('with an old timestamp is ignored in SYN_RCVD', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460,TS val 1000 ecr 0>             --> SYN_RCVD
      ESTABLISHED  x-- S.  300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  x-- SYN_RCVD
      -            --> R.  101:101(0) ack 301 <nop,nop,TS val 500 ecr 8000>    --> SYN_RCVD
    `)
  })
})

describe('an RST in TIME_WAIT (Linux tcp_timewait_state_process)', () => {
  it('with an old timestamp is ignored: PAWS protects this state', async () => {
    await runLadder(`${OPENED_WITH_TIMESTAMPS}
      CLOSE_WAIT  <-- F.  301:301(0) ack 101 <nop,nop,TS val 8001 ecr 1001>  <-- FIN_WAIT_1
      CLOSE_WAIT  --> .   101:101(0) ack 302 <nop,nop,TS val 1002 ecr 8001>  --> FIN_WAIT_2
      LAST_ACK    --> F.  101:101(0) ack 302 <nop,nop,TS val 1003 ecr 8001>  --> TIME_WAIT
      CLOSED      <-- .   302:302(0) ack 102 <nop,nop,TS val 8003 ecr 1003>  <-- TIME_WAIT
      -           --> R.  102:102(0) ack 302 <nop,nop,TS val 500 ecr 8003>   --> TIME_WAIT
      -           --> R.  102:102(0) ack 302 <nop,nop,TS val 1004 ecr 8003>  --> CLOSED
    `)
  })
})

describe('whom an RST moves', () => {
  it('its sender too, whatever becomes of it', async () => {
    const { connections } = await runLadder(`${OPENED}
      ESTABLISHED  --> P.  101:111(10) ack 301  --> ESTABLISHED
      CLOSED       --x R.  111:111(0) ack 301   --x CLOSED
    `)
    expect(connections.map(({ client }) => stateName(client.state))).toEqual(['CLOSED'])
  })
})
