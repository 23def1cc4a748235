import { describe, expect, it } from 'vitest'
import { runLadder } from '../support/run-ladder.ts'

const MD5 = 'option 19 00112233445566778899aabbccddeeff'
const AO = 'option 29 0101000102030405060708090a0b'

describe.each([
  ['TCP-MD5 (RFC 2385)', MD5],
  ['TCP-AO (RFC 5925)', AO],
])('a connection signed with %s', (_name, signature) => {
  const SIGNED = `
    SYN_SENT     --> S   100:100(0) <mss 1460,${signature}>          --> SYN_RCVD
    ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460,${signature}>  <-- SYN_RCVD
    ESTABLISHED  --> .   101:101(0) ack 301 <${signature}>           --> ESTABLISHED`

  it('does not hear an unsigned RST', async () => {
    const { connections } = await runLadder(`${SIGNED}
      ESTABLISHED  --> P.  101:111(10) ack 301 <${signature}>  --> ESTABLISHED
      ESTABLISHED  <-- R.  301:301(0) ack 111                  <-- -
      ESTABLISHED  <-- .   301:301(0) ack 111 <${signature}>   <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ outcome: 'open' }])
  })

  it('does not hear an unsigned FIN', async () => {
    await runLadder(`${SIGNED}
      -  --> F.  101:101(0) ack 301  --> ESTABLISHED
    `)
  })

  it('hears a signed RST', async () => {
    await runLadder(`${SIGNED}
      CLOSED  --> R.  101:101(0) ack 301 <${signature}>  --> CLOSED
    `)
  })

  it('closes as any other', async () => {
    await runLadder(`${SIGNED}
      FIN_WAIT_1  --> F.  101:101(0) ack 301 <${signature}>  --> CLOSE_WAIT
      FIN_WAIT_2  <-- .   301:301(0) ack 102 <${signature}>  <-- CLOSE_WAIT
      TIME_WAIT   <-- F.  301:301(0) ack 102 <${signature}>  <-- LAST_ACK
      TIME_WAIT   --> .   102:102(0) ack 302 <${signature}>  --> CLOSED
    `)
  })
})

describe('a connection that is not signed', () => {
  it('does not hear a signed RST', async () => {
    await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460>                    --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>            <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301                       --> ESTABLISHED
      -            --> R.  101:101(0) ack 301 <${MD5}>              --> ESTABLISHED
    `)
  })
})

describe('a bad checksum (RFC 9293 section 3.1): the segment was never received', () => {
  const OPENING = 'SYN_SENT  --> S  100:100(0) <mss 1460>  --> SYN_RCVD'

  it('on a SYN-ACK: the SYN is repeated', async () => {
    await runLadder(`${OPENING}
      SYN_SENT     <-- S.  300:300(0) ack 101 <mss 1460> badsum  <-- SYN_RCVD
      +1 SYN_SENT  --> S   100:100(0) <mss 1460>                 --> SYN_RCVD
      -            <-- S.  300:300(0) ack 101 <mss 1460>         <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301                    --> ESTABLISHED
    `)
  })

  it('on the third segment: the SYN-ACK is repeated', async () => {
    await runLadder(`${OPENING}
      ESTABLISHED     <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --> .   101:101(0) ack 301 badsum      --> SYN_RCVD
      +1 ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
    `)
  })

  it('on the last ACK: the FIN is repeated', async () => {
    await runLadder(`${OPENING}
      ESTABLISHED     <-- S.  300:300(0) ack 101 <mss 1460>  <-- SYN_RCVD
      ESTABLISHED     --> .   101:101(0) ack 301             --> ESTABLISHED
      FIN_WAIT_1      --> F.  101:101(0) ack 301             --> CLOSE_WAIT
      TIME_WAIT       <-- F.  301:301(0) ack 102             <-- LAST_ACK
      TIME_WAIT       --> .   102:102(0) ack 302 badsum      --> LAST_ACK
      +0.2 TIME_WAIT  <-- F.  301:301(0) ack 102             <-- LAST_ACK
    `)
  })
})
