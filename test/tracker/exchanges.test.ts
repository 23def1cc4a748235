import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NetworkTable } from '../../src/decode/network-table.ts'
import { Segment } from '../../src/decode/segment.ts'
import { Connection, ROW_WORDS } from '../../src/tracker/connection.ts'
import { ENDPOINT_AT, ENDPOINT_STRIDE, Endpoint } from '../../src/tracker/endpoint.ts'
import { exchangesOf, noteTurn } from '../../src/tracker/exchanges.ts'
import { Machine } from '../../src/tracker/machine.ts'
import { Pauses } from '../../src/tracker/pauses.ts'
import { RowStore } from '../../src/tracker/row-store.ts'
import { exchanges, serverCloses } from '../support/exchanges.ts'
import { OPEN } from '../support/openings.ts'
import { ROOT } from '../support/project-root.ts'
import { runLadder } from '../support/run-ladder.ts'
import { trackCapture } from '../support/track-capture.ts'

const exchangesIn = async (ladder: string): Promise<number | undefined> =>
  (await runLadder(ladder)).connections.at(-1)?.exchanges

/** So many turns of a connection whose client is endpoint 0. */
function turns(count: number): number {
  const machine = new Machine(new NetworkTable())
  const rows = new RowStore(ROW_WORDS)
  const row = rows.allocate()
  const connection = new Connection()
  const client = new Endpoint()
  const server = new Endpoint()
  rows.place(connection, row, 0)
  rows.place(client, row, ENDPOINT_AT)
  rows.place(server, row, ENDPOINT_AT + ENDPOINT_STRIDE)
  client.index = 0
  server.index = 1
  connection.clear()
  const segment = new Segment()
  for (let turn = 0; turn < count; turn++) {
    noteTurn(machine, connection, client, server, segment)
    noteTurn(machine, connection, server, client, segment)
  }
  return exchangesOf(connection)
}

const recorded = async (name: string): Promise<number[]> => {
  const { connections } = await trackCapture(join(ROOT, 'fixtures/kernel', `${name}.pcap`))
  return connections.map((connection) => connection.exchanges)
}

describe('exchanges', () => {
  it.each([0, 1, 5])('are counted: %i', async (count) => {
    expect(await exchangesIn(`${OPEN}${exchanges(count)}${serverCloses(count)}`)).toBe(count)
  })

  it('are one for a request in several segments, sent twice, or sent in two parts', async () => {
    expect(
      await exchangesIn(`${OPEN}
        --> P. 101:201(100) ack 301  -->
        --> P. 201:301(100) ack 301  -->
        +0.3 --> P. 201:301(100) ack 301  -->
        <-- .  301:301(0) ack 301    <--
        --> P. 301:401(100) ack 301  -->
        <-- P. 301:401(100) ack 401  <--`),
    ).toBe(1)
  })

  it('begin with the client, though the server spoke first', async () => {
    expect(
      await exchangesIn(`${OPEN}
        <-- P. 301:401(100) ack 101  <--
        --> P. 101:201(100) ack 401  -->
        <-- P. 401:501(100) ack 201  <--`),
    ).toBe(1)
  })

  it('stop being counted where there is no more room', () => {
    expect(turns(32_766)).toBe(32_766)
    expect(turns(32_800)).toBe(32_767)
  })

  it('are those that nginx counts, with TLS and without', async () => {
    expect(await recorded('nginx-keep-alive-requests')).toEqual(Array(8).fill(5))
    expect(await recorded('nginx-keep-alive-requests-tls')).toEqual(Array(8).fill(5))
    expect(await recorded('nginx-without-keep-alive')).toEqual(Array(24).fill(1))
    expect(await recorded('nginx-without-keep-alive-tls')).toEqual(Array(24).fill(1))
    const asked = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1]
    expect(await recorded('nginx-keep-alive-timeout')).toEqual(asked)
    expect(await recorded('nginx-keep-alive-timeout-tls')).toEqual(asked)
  })
})

describe('a pause', () => {
  it('is known to who asks at once, and to nobody later', () => {
    const pauses = new Pauses()
    pauses.add(1, 10e9, 5e9, 77)
    expect(pauses.of(1, 10.049e9)).toEqual({ end: 10e9, length: 5e9, seq: 77 })
    expect(pauses.of(2, 10.049e9)).toBeUndefined()
    expect(pauses.of(1, 10.05e9)).toBeUndefined()
  })

  it('is the newest of its connection', () => {
    const pauses = new Pauses()
    pauses.add(1, 10e9, 5e9, 77)
    pauses.add(2, 10.01e9, 5e9, 78)
    pauses.add(1, 10.02e9, 1e9, 79)
    expect(pauses.of(1, 10.03e9)?.seq).toBe(79)
    expect(pauses.of(2, 10.03e9)?.seq).toBe(78)
  })

  it('takes up no room any more when it is over', () => {
    const pauses = new Pauses()
    for (let id = 1; id <= 1000; id++) pauses.add(id, id * 1e6, 5e9, 0)
    expect(pauses.size).toBe(50)
  })
})
