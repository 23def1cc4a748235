import { describe, expect, it } from 'vitest'
import { runLadder } from './run-ladder.ts'

describe('runLadder', () => {
  it('shows the ladder and the line at which a state differs', async () => {
    const wrong = `
      SYN_SENT     --> S   100:100(0)          --> SYN_RCVD
      ; the server's answer
      SYN_SENT     <-- R.  0:0(0) ack 101      <-- CLOSED
    `
    await expect(runLadder(wrong)).rejects.toThrow(`as written
A: expected SYN_SENT, got CLOSED (assumed)

  SYN_SENT  --> S   100:100(0)      --> SYN_RCVD
  ; the server's answer
> SYN_SENT  <-- R.  0:0(0) ack 101  <-- CLOSED
`)
  })

  it('counts the line of a self-connect', async () => {
    await expect(runLadder('A = B\nCLOSED --> S 100:100(0) --> -')).rejects.toThrow(`
  A = B
> CLOSED  --> S   100:100(0)  --> -`)
  })

  it('fails where a connection is asserted that does not exist', async () => {
    await expect(runLadder('#2 SYN_SENT --> S 100:100(0) --> -')).rejects.toThrow(
      'A: expected SYN_SENT, got no connection',
    )
  })

  it('returns the connections in the order of their first packets', async () => {
    const { connections } = await runLadder(`
      SYN_SENT  --> S   100:100(0)            --> SYN_RCVD
      CLOSED    <-- R.  0:0(0) ack 101 win 0  <-- CLOSED
      SYN_SENT  --> S   900:900(0)            --> SYN_RCVD
    `)
    expect(connections.map(({ firstPacket }) => firstPacket)).toEqual([1, 3])
  })
})
