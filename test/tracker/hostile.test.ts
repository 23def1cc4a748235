import { describe, expect, it } from 'vitest'
import { runLadder } from '../support/run-ladder.ts'

describe('what a capture may not make grow without end', () => {
  it('the transitions of a listener that is opened and reset in turn', async () => {
    const turn = `
      -  <-- S.  300:300(0) ack 101  <-- -
      -  --> R   101:101(0) win 0    --> LISTEN`
    const { connections } = await runLadder(`-  --> S  100:100(0)  --> -${turn.repeat(60)}`)
    const [connection] = connections
    expect(connection?.server.transitions.length).toBeLessThan(40)
    expect(connection?.server.state).toBe(connections[0]?.server.transitions.at(-1)?.state)
  })

  it('the retractions of an end that repeats its SYN-ACK behind every ACK', async () => {
    const turn = `
      +1 -  <-- S.  300:300(0) ack 101  <-- -
            --> .   101:101(0) ack 301  --> -
      -     <-- .   301:301(0) ack 101  <-- -`
    const { connections } = await runLadder(`-  --> S  100:100(0)  --> -${turn.repeat(60)}`)
    expect(connections[0]?.server.retracted.length).toBeLessThanOrEqual(32)
  })
})
