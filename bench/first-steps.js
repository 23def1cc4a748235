// The first steps of an audit and nothing else, by the modules that do them in one: what is left of a target when they are
// paid for is all that tracking and rules may take (bench/compare.js runs them beside the others).
//
//   node bench/first-steps.js read|decode|find FILE      prints the number of packets

import { READ_NEEDS_DATA, READ_PACKET } from '../dist/capture/capture-source.js'
import { openCapture } from '../dist/capture/open-capture.js'
import { PacketRecord } from '../dist/capture/packet-record.js'
import { PacketDecoder } from '../dist/decode/packet-decoder.js'
import { KIND_TCP, Segment } from '../dist/decode/segment.js'
import { ROW_WORDS } from '../dist/tracker/connection.js'
import { ExpectedRows, MOST_EXPECTED } from '../dist/tracker/expected-rows.js'
import { FlowKey, FlowTable, setKey } from '../dist/tracker/flow-table.js'
import { RowStore } from '../dist/tracker/row-store.js'

const [, , step = 'find', file = ''] = process.argv
const source = await openCapture(file)
const record = new PacketRecord()
const decoder = new PacketDecoder({ separateVlans: false })
const segments = Array.from({ length: MOST_EXPECTED }, () => new Segment())
const rows = new RowStore(ROW_WORDS)
const flows = new FlowTable(rows)
const expected = new ExpectedRows(flows, rows)
const key = new FlowKey()
let packets = 0
let count = 0

/** Finds the row of each segment of the batch, touched ahead as the tracker does it, and writes one word of it. */
function findRows() {
  expected.touch(segments, count)
  for (let i = 0; i < count; i++) {
    setKey(key, segments[i])
    const known = flows.find(key)
    const row = known === -1 ? flows.insert(key) : known
    rows.words(row)[rows.offset(row) + ROW_WORDS - 1]++
  }
  count = 0
}

for (;;) {
  const status = source.next(record)
  if (status === READ_PACKET) {
    packets++
    if (step === 'read') continue
    if (decoder.decode(record, segments[count]) !== KIND_TCP || step === 'decode') continue
    if (++count === MOST_EXPECTED) findRows()
  } else if (status === READ_NEEDS_DATA) await source.fill()
  else break
}
findRows()
await source.close()
console.log(packets)
