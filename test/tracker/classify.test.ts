import { describe, expect, it } from 'vitest'
import { classifiedLadder } from '../support/ladder-classes.ts'
import { OPENED, OPENED_WITH_SACK, OPENED_WITH_TIMESTAMPS } from '../support/openings.ts'

/** The comment of a line is the class that its segment must have. */
async function check(ladder: string): Promise<void> {
  const { expected, actual } = await classifiedLadder(ladder)
  expect(actual).toBe(expected)
}

describe('new data and ACKs', () => {
  it('are what an undisturbed connection has', async () => {
    await check(`
      - --> S   100:100(0)              --> -  ; new
      - <-- S.  300:300(0) ack 101      <-- -  ; new
      - --> .   101:101(0) ack 301      --> -  ; ack
      - --> P.  101:201(100) ack 301    --> -  ; new
      - <-- .   301:301(0) ack 201      <-- -  ; ack
      - <-- P.  301:401(100) ack 201    <-- -  ; new
      - --> .   201:201(0) ack 401      --> -  ; ack
      - --> F.  201:201(0) ack 401      --> -  ; new
      - <-- .   401:401(0) ack 202      <-- -  ; ack
      - <-- F.  401:401(0) ack 202      <-- -  ; new
      - --> .   202:202(0) ack 402      --> -  ; ack
    `)
  })

  it('are what a simultaneous open has, its SYN-ACKs included (RFC 9293 figure 8)', async () => {
    await check(`
      - --> S   100:100(0)          --> -  ; new
      - <-- S   300:300(0)          <-- -  ; new
      - --> S.  100:100(0) ack 301  --> -  ; new
      - <-- S.  300:300(0) ack 101  <-- -  ; new
    `)
  })

  it('are also what comes in mid-stream first', async () => {
    await check(`
      - --> P.  101:201(100) ack 301  --> -  ; new
      - <-- .   301:301(0) ack 201    <-- -  ; ack
    `)
  })
})

describe('a duplicate ACK', () => {
  it('repeats the acknowledgment while data is outstanding', async () => {
    await check(`${OPENED}
      - ~~> P.  101:201(100) ack 301                        ~~> -
      - --> P.  201:301(100) ack 301                        --> -  ; new
      - <-- .   301:301(0) ack 101                          <-- -  ; duplicate-ack
      - --> P.  301:401(100) ack 301                        --> -  ; new
      - <-- .   301:301(0) ack 101                          <-- -  ; duplicate-ack
    `)
  })

  it('may offer another window when it carries SACK (RFC 6675 section 2)', async () => {
    await check(`${OPENED_WITH_SACK}
      - --> P.  101:201(100) ack 301                                  --> -  ; new
      - <-- .   301:301(0) ack 201 win 60000                          <-- -  ; ack
      - --> P.  301:401(100) ack 301                                  --> -  ; new
      - <-- .   301:301(0) ack 201 win 61000 <nop,nop,sack 301:401>   <-- -  ; duplicate-ack
    `)
  })

  it('is none when nothing is outstanding', async () => {
    await check(`${OPENED}
      +0.5 - --> .  101:101(0) ack 301  --> -  ; ack
    `)
  })

  it('is none when it answers data below the window', async () => {
    await check(
      `${OPENED}
           - --> P.  101:201(100) ack 301  --> -  ; new
           - x-- .   301:301(0) ack 201    x-- -  ; ack
      +0.3 - --> P.  101:201(100) ack 301  --> -  ; spurious-retransmission
           - <-- .   301:301(0) ack 201    <-- -  ; ack
    `,
    )
  })
})

describe('a window update', () => {
  it('changes nothing but the window', async () => {
    await check(`${OPENED}
      - --> P.  101:201(100) ack 301           --> -  ; new
      - <-- .   301:301(0) ack 201 win 1000    <-- -  ; ack
      - <-- .   301:301(0) ack 201 win 20000   <-- -  ; window-update
    `)
  })

  it('opens a closed window', async () => {
    await check(`${OPENED}
           - --> P.  101:201(100) ack 301         --> -  ; new
           - <-- .   301:301(0) ack 201 win 0     <-- -  ; ack
      +0.5 - <-- .   301:301(0) ack 201 win 8000  <-- -  ; window-update
    `)
  })
})

describe('a retransmission', () => {
  it('by timeout comes after RTO.MIN and a round trip, doubling', async () => {
    await check(`${OPENED}
             - --> P.  101:201(100) ack 301  --> -  ; new
             - --> P.  201:301(100) ack 301  --> -  ; new
      +0.21  - --> P.  101:201(100) ack 301  --> -  ; retransmission-timeout
      +0.42  - --> P.  101:201(100) ack 301  --> -  ; retransmission-timeout
    `)
  })

  it('of a SYN or a SYN-ACK is by timeout', async () => {
    await check(`
           - --> S   100:100(0)          --> -  ; new
      +1   - --> S   100:100(0)          --> -  ; retransmission-timeout
           - <-- S.  300:300(0) ack 101  <-- -  ; new
      +1.1 - <-- S.  300:300(0) ack 101  <-- -  ; retransmission-timeout
    `)
  })

  it('of a FIN is by timeout', async () => {
    await check(`${OPENED}
           - --> F.  101:101(0) ack 301  --> -  ; new
      +0.3 - --> F.  101:101(0) ack 301  --> -  ; retransmission-timeout
      +0.6 - --> F.  101:101(0) ack 301  --> -  ; retransmission-timeout
    `)
  })

  it('is fast after three duplicate ACKs', async () => {
    await check(`${OPENED}
      - --> P.  101:201(100) ack 301  --> -  ; new
      - --> P.  201:301(100) ack 301  --> -  ; new
      - --> P.  301:401(100) ack 301  --> -  ; new
      - --> P.  401:501(100) ack 301  --> -  ; new
      - <-- .   301:301(0) ack 101    <-- -  ; duplicate-ack
      - <-- .   301:301(0) ack 101    <-- -  ; duplicate-ack
      - <-- .   301:301(0) ack 101    <-- -  ; duplicate-ack
      - --> P.  101:201(100) ack 301  --> -  ; retransmission-fast
    `)
  })

  it('is fast after SACK of later data (RFC 6675, RACK)', async () => {
    await check(`${OPENED_WITH_SACK}
      - --> P.  101:201(100) ack 301                        --> -  ; new
      - --> P.  201:301(100) ack 301                        --> -  ; new
      - <-- .   301:301(0) ack 101 <nop,nop,sack 201:301>   <-- -  ; duplicate-ack
      - --> P.  101:201(100) ack 301                        --> -  ; retransmission-fast
    `)
  })

  it('by timeout stays one, though SACK came long before', async () => {
    await check(`${OPENED_WITH_SACK}
            - --> P.  101:201(100) ack 301                        --> -  ; new
            - --> P.  201:301(100) ack 301                        --> -  ; new
            - <-- .   301:301(0) ack 101 <nop,nop,sack 201:301>   <-- -  ; duplicate-ack
            - --> P.  101:201(100) ack 301                        --> -  ; retransmission-fast
      +0.21 - --> P.  101:201(100) ack 301                        --> -  ; retransmission-timeout
      +0.42 - --> P.  101:201(100) ack 301                        --> -  ; retransmission-timeout
    `)
  })

  it('of the tail within two round trips is a tail loss probe (RFC 8985 section 7.2)', async () => {
    await check(`
            - --> S   100:100(0) <mss 1460,sackOK>          --> -
            - <-- S.  300:300(0) ack 101 <mss 1460,sackOK>  <-- -
            - --> .   101:101(0) ack 301                    --> -
            - --> P.  101:201(100) ack 301  --> -  ; new
      +0.01 - <-- .   301:301(0) ack 201    <-- -  ; ack
            - --> P.  201:301(100) ack 301  --> -  ; new
            - --> P.  301:401(100) ack 301  --> -  ; new
      +0.03 - --> P.  301:401(100) ack 301  --> -  ; tail-loss-probe
    `)
  })

  it('of the head, as early, is no tail loss probe', async () => {
    await check(`${OPENED}
            - --> P.  101:201(100) ack 301  --> -  ; new
      +0.01 - <-- .   301:301(0) ack 201    <-- -  ; ack
            - --> P.  201:301(100) ack 301  --> -  ; new
            - --> P.  301:401(100) ack 301  --> -  ; new
      +0.3  - --> P.  201:301(100) ack 301  --> -  ; retransmission-timeout
    `)
  })

  it('is spurious if the acknowledgment had passed here', async () => {
    await check(`${OPENED}
            - --> P.  101:201(100) ack 301  --> -  ; new
            - <-- .   301:301(0) ack 201    <-- -  ; ack
      +0.25 - --> P.  101:201(100) ack 301  --> -  ; spurious-retransmission
    `)
  })

  it('that also brings new bytes is one nevertheless', async () => {
    await check(`${OPENED}
            - --> P.  101:201(100) ack 301  --> -  ; new
      +0.25 - --> P.  101:301(200) ack 301  --> -  ; retransmission-timeout
    `)
  })
})

describe('late data sent once', () => {
  it('is out of order within a round trip', async () => {
    await check(`${OPENED}
              - --> P.  201:301(100) ack 301  --> -  ; new
      +0.0002 - --> P.  101:201(100) ack 301  --> -  ; out-of-order
    `)
  })

  it('is a retransmission whose first copy was lost before here, later', async () => {
    await check(`${OPENED}
            - --> P.  201:301(100) ack 301  --> -  ; new
      +0.3  - --> P.  101:201(100) ack 301  --> -  ; retransmission-timeout
    `)
  })

  it('a SYN after its SYN-ACK is out of order', async () => {
    await check(`
              - <-- S.  300:300(0) ack 101  <-- -  ; new
      +0.0002 - --> S   100:100(0)          --> -  ; out-of-order
    `)
  })
})

describe('probes', () => {
  it('a keep-alive and its ACK', async () => {
    await check(`${OPENED}
      +10 - --> .  100:100(0) ack 301  --> -  ; keep-alive
          - <-- .  301:301(0) ack 101  <-- -  ; keep-alive-ack
      +10 - --> .  100:101(1) ack 301  --> -  ; keep-alive
          - <-- .  301:301(0) ack 101  <-- -  ; keep-alive-ack
    `)
  })

  it('a zero window probe of Linux (no byte) and its ACK', async () => {
    await check(`${OPENED}
           - --> P.  101:201(100) ack 301       --> -  ; new
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; ack
      +0.2 - --> .   200:200(0) ack 301         --> -  ; zero-window-probe
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; zero-window-probe-ack
      +0.4 - --> .   200:200(0) ack 301         --> -  ; zero-window-probe
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; zero-window-probe-ack
    `)
  })

  it('a zero window probe with the next byte (BSD, Windows) and its ACK', async () => {
    await check(`${OPENED}
           - --> P.  101:201(100) ack 301       --> -  ; new
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; ack
      +0.2 - --> .   201:202(1) ack 301         --> -  ; zero-window-probe
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; zero-window-probe-ack
      +0.4 - --> .   201:202(1) ack 301         --> -  ; zero-window-probe
           - <-- .   301:301(0) ack 201 win 0   <-- -  ; zero-window-probe-ack
    `)
  })
})

describe('a challenge ACK', () => {
  it('drawn by a SYN', async () => {
    await check(`${OPENED}
      +0.5 - --> S  5000:5000(0)         --> -  ; pending-syn
           - <-- .  301:301(0) ack 101   <-- -  ; challenge-ack syn #4
    `)
  })

  it('drawn by an RST that is not exact', async () => {
    await check(`${OPENED}
      +0.5 - --> R  200:200(0)           --> -
           - <-- .  301:301(0) ack 101   <-- -  ; challenge-ack rst #4
    `)
  })

  it('drawn by an ACK too old', async () => {
    await check(`${OPENED}
           - <-- P.  301:401(100) ack 101         <-- -  ; new
           - --> .   101:101(0) ack 401           --> -  ; ack
      +0.5 - --> P.  101:111(10) ack 4294867296   --> -
           - <-- .   401:401(0) ack 101           <-- -  ; challenge-ack old-ack #6
    `)
  })

  it('drawn by an ACK of what was never sent', async () => {
    await check(`${OPENED}
      +0.5 - --> P.  101:111(10) ack 900   --> -
           - <-- .   301:301(0) ack 101    <-- -  ; challenge-ack future-ack #4
    `)
  })

  it('is none after an old timestamp, which draws a plain duplicate ACK', async () => {
    await check(`${OPENED_WITH_TIMESTAMPS}
      +0.5 - --> P.  101:111(10) ack 301 <nop,nop,TS val 5 ecr 8000>      --> -
           - <-- .   301:301(0) ack 101 <nop,nop,TS val 8500 ecr 1001>    <-- -  ; duplicate-ack
    `)
  })

  it('is none in answer to a repeated SYN-ACK', async () => {
    await check(`${OPENED}
      +1 - <-- S.  300:300(0) ack 101  <-- -
         - --> .   101:101(0) ack 301  --> -  ; ack
    `)
  })

  it('is none when it reports a duplicate of its own (DSACK)', async () => {
    await check(`${OPENED_WITH_SACK}
           - --> P.  101:201(100) ack 301                        --> -  ; new
           - <-- .   301:301(0) ack 201                          <-- -  ; ack
      +0.1 - --> R   205:205(0)                                  --> -
      +0.1 - --> P.  101:201(100) ack 301                        --> -  ; spurious-retransmission
           - <-- .   301:301(0) ack 201 <nop,nop,sack 101:201>   <-- -  ; ack
    `)
  })
})

describe('a frame captured twice', () => {
  it('has the same IP identification, microseconds later', async () => {
    await check(`${OPENED}
                - --> P.  101:201(100) ack 301 id 0x1234  --> -  ; new
      +0.00001  - --> P.  101:201(100) ack 301 id 0x1234  --> -  ; capture-duplicate
      +0.00001  - <-- .   301:301(0) ack 201 id 0x4321    <-- -  ; ack
      +0.00001  - <-- .   301:301(0) ack 201 id 0x4321    <-- -  ; capture-duplicate
    `)
  })

  it('may be the first of its connection', async () => {
    await check(`
               - --> S   100:100(0) id 0x1234  --> -  ; new
      +0.00001 - --> S   100:100(0) id 0x1234  --> -  ; capture-duplicate
    `)
  })

  it('is none with another identification', async () => {
    await check(`${OPENED}
               - --> P.  101:201(100) ack 301 id 0x1234  --> -  ; new
      +0.001   - --> P.  101:201(100) ack 301 id 0x1235  --> -  ; retransmission-timeout
    `)
  })

  it('is none if the other end has spoken in between and the identification is 0', async () => {
    await check(
      `
              - --> S   100:100(0)                  --> -  ; new
              - x-- S.  300:300(0) ack 101 id 0x0000  x-- -  ; new
      +1      - x-- S.  300:300(0) ack 101 id 0x0000  x-- -  ; retransmission-timeout
      +0.0002 - --> S   100:100(0)                  --> -  ; retransmission-timeout
      +0.0001 - <-- S.  300:300(0) ack 101 id 0x0000  <-- -  ; retransmission-timeout
    `,
    )
  })
})
