// The floor below which an audit cannot come: what its first steps cost, done by the modules that do them in an audit, each
// step with those before it. Every run is a process of its own, pinned to core 0 where taskset is there; the start of
// the process counts, as it does in bench/compare.js, and the programs that the targets name are measured in turn with it.
//
//   node bench/floor.js [--file FILE] [--rounds 3]      (behind npm run build)

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { READ_NEEDS_DATA, READ_PACKET } from '../dist/capture/capture-source.js'
import { openCapture } from '../dist/capture/open-capture.js'
import { PacketRecord } from '../dist/capture/packet-record.js'
import { PacketDecoder } from '../dist/decode/packet-decoder.js'
import { KIND_TCP, Segment } from '../dist/decode/segment.js'
import { ROW_WORDS } from '../dist/tracker/connection.js'
import { ExpectedRows, MOST_EXPECTED } from '../dist/tracker/expected-rows.js'
import { FlowKey, FlowTable, setKey } from '../dist/tracker/flow-table.js'
import { RowStore } from '../dist/tracker/row-store.js'
import { DEFAULT_SEED, defaultFile } from './generate.js'
import { measuredRun } from './measured-run.js'

const STEPS = ['start', 'read', 'decode', 'find']
const STEP_NAMES = {
  start: 'the process starts and loads these modules',
  read: 'records are read',
  decode: 'and decoded',
  find: 'and the row of each connection is found, touched ahead as the tracker does it, and one word of it written',
}

/** What the targets allow for a whole audit: seconds of the other program, by how much of them. */
const TARGETS = [
  { name: 'tcpdump', command: (file) => ['tcpdump', '-r', file, '-w', '/dev/null'], allowed: 1 / 0.35 },
  { name: 'tcptrace', command: (file) => ['tcptrace', '-l', '-n', file], allowed: 1 / 8 },
  { name: 'argus', command: (file) => ['argus', '-r', file, '-w', '/dev/null'], allowed: 1 / 2.5 },
]

/** Goes through the file as far as `step`; what is done with each packet is only what keeps the work from being left out. */
async function go(file, step) {
  if (step === 'start') return 0
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
  const find = () => {
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
      if (decoder.decode(record, segments[count]) !== KIND_TCP) continue
      if (step === 'decode') continue
      if (++count === MOST_EXPECTED) find()
    } else if (status === READ_NEEDS_DATA) await source.fill()
    else break
  }
  if (count > 0) find()
  await source.close()
  return packets
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: defaultFile(4_000_000, 20_000, DEFAULT_SEED) },
    rounds: { type: 'string', default: '3' },
    step: { type: 'string' },
  },
})
if (values.step !== undefined) {
  const packets = await go(values.file, values.step)
  if (packets < 0) process.exitCode = 1
} else {
  if (!existsSync(values.file)) throw new Error(`${values.file} is missing: npm run bench makes it`)
  const packets = await go(values.file, 'read')
  const self = fileURLToPath(import.meta.url)
  const runs = [
    ...STEPS.map((step) => ({
      name: step,
      command: [process.execPath, self, '--file', values.file, '--step', step],
    })),
    ...TARGETS.map(({ name, command }) => ({ name, command: command(values.file) })),
  ]
  /** @type {Record<string, number[]>} */
  const seconds = {}
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, command } of runs) {
      seconds[name] ??= []
      seconds[name].push(measuredRun(command, { core: 0, accept: [0, 1] }).seconds)
    }
  }
  const perPacket = (time) => `${Math.round((time / packets) * 1e9)} ns`
  console.log(`${packets} packets, medians of ${values.rounds} rounds, wall time on one core\n`)
  console.log('| an audit’s first steps | s | a packet |\n| --- | ---: | ---: |')
  for (const step of STEPS) {
    const time = median(seconds[step])
    console.log(`| ${STEP_NAMES[step]} | ${time.toFixed(2)} | ${perPacket(time)} |`)
  }
  console.log(
    '\n| target | s of the other | a whole audit may take | a packet |\n| --- | ---: | ---: | ---: |',
  )
  console.log(`| 2 M packets/s | - | ${(packets / 2e6).toFixed(2)} | 500 ns |`)
  for (const { name, allowed } of TARGETS) {
    const time = median(seconds[name])
    console.log(
      `| ${name} | ${time.toFixed(2)} | ${(time * allowed).toFixed(2)} | ${perPacket(time * allowed)} |`,
    )
  }
}
