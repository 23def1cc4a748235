import { describe, expect, it } from 'vitest'
import { runLadder } from '../support/run-ladder.ts'

/** The window is one RST wide: inside it draws a challenge ACK, outside nothing. B's RCV.NXT is 101. */
async function challengesAt(offset: number, client: string, server: string, window: number): Promise<number> {
  const seq = 101 + offset
  const { connections } = await runLadder(`
    SYN_SENT     --> S   100:100(0) <mss 1460${client}>                   --> SYN_RCVD
    ESTABLISHED  <-- S.  300:300(0) ack 101 win 1000 <mss 1460${server}>  <-- SYN_RCVD
    ESTABLISHED  --> .   101:101(0) ack 301                               --> ESTABLISHED
    ESTABLISHED  <-- P.  301:311(10) ack 101 win ${window}                <-- ESTABLISHED
    -            --> R   ${seq}:${seq}(0) win 0                           --> ESTABLISHED
    -            <-- .   311:311(0) ack 101 win ${window}                 <-- ESTABLISHED
  `)
  return connections[0]?.server.challengeAcks ?? -1
}

describe('window scaling (RFC 7323 section 2)', () => {
  it.each([
    [12_800, 1],
    [12_801, 0],
  ])('applies if both ends offered it: an RST at %d', async (offset, challenges) => {
    expect(await challengesAt(offset, ',wscale 3', ',wscale 7', 100)).toBe(challenges)
  })

  it.each([
    ['only the client offered it', ',wscale 7', ''],
    ['only the server offered it', '', ',wscale 7'],
    ['neither offered it', '', ''],
  ])('does not apply if %s', async (_name, client, server) => {
    expect(await challengesAt(2000, client, server, 2000)).toBe(1)
    expect(await challengesAt(2001, client, server, 2000)).toBe(0)
  })

  it('applies with a shift of 0', async () => {
    expect(await challengesAt(2000, ',wscale 7', ',wscale 0', 2000)).toBe(1)
    expect(await challengesAt(2001, ',wscale 7', ',wscale 0', 2000)).toBe(0)
  })

  it('shifts by 14 at most', async () => {
    expect(await challengesAt(16_384, ',wscale 15', ',wscale 15', 1)).toBe(1)
    expect(await challengesAt(16_385, ',wscale 15', ',wscale 15', 1)).toBe(0)
  })
})

describe('the window of a SYN-ACK', () => {
  it.each([
    [1000, 1],
    [1001, 0],
  ])('is not scaled: an RST at %d', async (offset, challengeAcks) => {
    const seq = 101 + offset
    const { connections } = await runLadder(`
      SYN_SENT     --> S   100:100(0) <mss 1460,wscale 7>                   --> SYN_RCVD
      ESTABLISHED  <-- S.  300:300(0) ack 101 win 1000 <mss 1460,wscale 7>  <-- SYN_RCVD
      ESTABLISHED  --> .   101:101(0) ack 301                               --> ESTABLISHED
      -            --> R   ${seq}:${seq}(0) win 0                           --> ESTABLISHED
      -            <-- .   301:301(0) ack 101 win 8                         <-- ESTABLISHED
    `)
    expect(connections).toMatchObject([{ server: { challengeAcks } }])
  })
})
