// Which layout should the record of one connection have? Runs the work a tracker does for one packet (find the
// connection, read and compare about fourteen fields of both endpoints, write nine) over the same packets in several
// layouts, each in a process of its own so that none inherits another's compiled code.
//
//   node bench/layout.js [--packets 8000000] [--connections 500,20000,200000] [--runs 5]

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { definedCursorClass, writtenCursorClass } from './layout/cursor-class.js'
import { ALIGNED, cursorTracker, SCATTERED } from './layout/cursors.js'
import { indexTracker } from './layout/indexes.js'
import { objectTracker } from './layout/objects.js'
import { nextPacket } from './layout/packets.js'
import { pagedTracker } from './layout/paged.js'

const LAYOUTS = {
  none: 'the loop that makes the packets, no record at all',
  objects: 'two endpoint objects per connection',
  indexes: 'typed row, constant indexes w[s + NXT]',
  accessors: 'typed row, cursor class with written getters and setters',
  defined: 'typed row, cursor with accessors from Object.defineProperty',
  aligned: 'as accessors, hot fields of each endpoint in one cache line',
  paged: 'as aligned, rows in pages of 4096 that are added as needed',
  resizable: 'as aligned, rows in one resizable ArrayBuffer',
}

/** @param {string} layout @param {number} connections @returns {() => void} handles the packet at hand */
function makeTracker(layout, connections) {
  switch (layout) {
    case 'none':
      return () => {}
    case 'objects':
      return objectTracker(connections)
    case 'indexes':
      return indexTracker(connections)
    case 'accessors':
      return cursorTracker(connections, writtenCursorClass, SCATTERED)
    case 'defined':
      return cursorTracker(connections, definedCursorClass, SCATTERED)
    case 'aligned':
      return cursorTracker(connections, writtenCursorClass, ALIGNED)
    case 'paged':
      return pagedTracker(connections)
    case 'resizable':
      return cursorTracker(connections, writtenCursorClass, ALIGNED, { maxByteLength: 2 ** 30 })
    default:
      throw new Error(`no layout ${layout}`)
  }
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

function usedBytes() {
  globalThis.gc?.()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + Math.max(external, arrayBuffers)
}

/** @param {string} layout @param {number} connections @param {number} packets @param {number} runs */
function measure(layout, connections, packets, runs) {
  const before = usedBytes()
  const track = makeTracker(layout, connections)
  const bytes = (usedBytes() - before) / connections
  const loop = () => {
    for (let i = 0; i < packets; i++) {
      nextPacket(i, connections)
      track()
    }
  }
  const times = []
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage()
    loop()
    const { user, system } = process.cpuUsage(start)
    times.push(((user + system) * 1000) / packets)
  }
  return { nanoseconds: median(times), bytes }
}

/** @param {number} packets @param {number[]} sizes @param {number} runs */
function compareLayouts(packets, sizes, runs) {
  console.log(
    `CPU ns/packet, median of ${runs} runs of ${packets} packets; bytes per connection at ${sizes.at(-1)}`,
  )
  for (const [layout, what] of Object.entries(LAYOUTS)) {
    const cells = []
    let bytes = 0
    for (const size of sizes) {
      const args = ['--expose-gc', fileURLToPath(import.meta.url), '--layout', layout]
      args.push('--connections', String(size), '--packets', String(packets), '--runs', String(runs))
      const result = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
      cells.push(result.nanoseconds.toFixed(1).padStart(8))
      bytes = result.bytes
    }
    console.log(`${layout.padEnd(10)}${cells.join('')}${bytes.toFixed(0).padStart(8)}  ${what}`)
  }
}

const { values } = parseArgs({
  options: {
    layout: { type: 'string' },
    packets: { type: 'string', default: '8000000' },
    connections: { type: 'string', default: '500,20000,200000' },
    runs: { type: 'string', default: '5' },
  },
})
const sizes = values.connections.split(',').map(Number)
const packets = Number(values.packets)
const runs = Number(values.runs)
if (values.layout === undefined) compareLayouts(packets, sizes, runs)
else console.log(JSON.stringify(measure(values.layout, sizes[0] ?? 0, packets, runs)))
