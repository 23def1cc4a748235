import { describe, expect, it } from 'vitest'
import { NetworkTable } from '../../src/decode/network-table.ts'
import { Connection, ROW_WORDS } from '../../src/tracker/connection.ts'
import { ENDPOINT_AT, ENDPOINT_STRIDE, Endpoint } from '../../src/tracker/endpoint.ts'
import { HAS_NUMBERS } from '../../src/tracker/endpoint-flags.ts'
import { Machine } from '../../src/tracker/machine.ts'
import { RowStore } from '../../src/tracker/row-store.ts'
import { zeekRecord } from '../../src/tracker/zeek-record.ts'

/** Bytes that the record says of a client that has sent this much, of which this much was captured. */
function origBytes(sent: number, captured: number, isn = 0x12345678): number {
  const rows = new RowStore(ROW_WORDS)
  const row = rows.allocate()
  const connection = new Connection()
  rows.place(connection, row, 0)
  connection.clear()
  const ends = [new Endpoint(), new Endpoint()]
  for (const [side, end] of ends.entries()) {
    rows.place(end, row, ENDPOINT_AT + side * ENDPOINT_STRIDE)
    end.index = 2 * row + side
  }
  const [client, server] = ends as [Endpoint, Endpoint]
  client.flags = HAS_NUMBERS
  client.isn = isn | 0
  client.sndNxt = (isn + 1 + sent) | 0
  client.payloadBytes = captured
  return zeekRecord(new Machine(new NetworkTable()), connection, client, server).origBytes
}

describe('bytes by sequence numbers', () => {
  const GIB = 2 ** 30

  it.each([
    ['nothing', 0, 0],
    ['one byte', 1, 1],
    ['a gap', 5000, 10],
    ['just below the whole space', 4 * GIB - 2, 4 * GIB - 2],
    ['the whole space', 4 * GIB, 4 * GIB],
    ['once round and a gap', 6 * GIB, 5 * GIB],
    ['many times round', 100 * GIB + 7, 100 * GIB - 3],
    ['more captured than there is room for: somebody else’s', 7, 9],
  ])('%s', (_story, sent, captured) => {
    for (const isn of [0, 0x7fffffff, 0x80000000, 0xffffffff])
      expect(origBytes(sent, captured, isn)).toBe(sent)
  })
})
