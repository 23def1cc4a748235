// Which layout should the record of one connection have? Runs the work a tracker does for one packet (find the
// connection, read and compare about fourteen fields of both endpoints, write nine) over the same packets in five
// layouts, each in a process of its own so that none inherits another's compiled code.
//
//   node bench/layout.js [--packets 8000000] [--connections 500,20000,200000] [--runs 5]

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

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

// A row of 128 words (512 bytes): connection 16, then each endpoint 44 (32 words and 6 doubles).
const ROW_WORDS = 128
const KEY = 0
const PACKETS = 4
const ENDPOINT = 16
const ENDPOINT_WORDS = 44

// Word offsets inside an endpoint; the doubles follow the 32 words (offsets in doubles).
const NXT = 0
const UNA = 1
const WND = 2
const STATE = 3
const SCALE = 5
const SEGMENTS = 8
const RETRANSMITTED = 9
const MAX_END = 14
const ACKS = 20
const BYTES_AT = 16
const LAST_AT = 17

class Endpoint {
  nxt = 0
  una = 0
  wnd = 0
  state = 0
  iss = 0
  scale = 0
  mss = 0
  flags = 0
  segments = 0
  retransmitted = 0
  reordered = 0
  duplicates = 0
  probes = 0
  zeroWindows = 0
  maxEnd = 0
  maxWindow = 0
  finEnd = 0
  sackLeft = 0
  sackRight = 0
  timestamp = 0
  acks = 0
  duplicateAcks = 0
  lastAck = 0
  lastWindow = 0
  ttl = 0
  options = 0
  evidence = 0
  sincePacket = 0
  firstPacket = 0
  lastPacket = 0
  ruleSlot0 = 0
  ruleSlot1 = 0
  // Fractions, so that V8 gives these fields a double representation from the start.
  bytes = 0.5
  lastTime = 0.5
  sinceTime = 0.5
  firstTime = 0.5
  rttSum = 0.5
  timer = 0.5
}

class Connection {
  key0 = 0
  key1 = 0
  key2 = 0
  key3 = 0
  packets = 0
  flags = 0
  next = 0
  previous = 0
  wheelSlot = 0
  initiator = 0
  vlan = 0
  number = 0
  firstPacket = 0
  lastPacket = 0
  rule0 = 0
  rule1 = 0
  /** @param {Endpoint} a @param {Endpoint} b */
  constructor(a, b) {
    this.a = a
    this.b = b
  }
}

/** Open addressing; each slot is the hash and the connection's number plus one, and the keys live in the record. */
class HashTable {
  /** @param {number} capacity */
  constructor(capacity) {
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2))
    this.mask = slots - 1
    this.slots = new Int32Array(slots * 2)
  }

  /** @param {number} hash @param {number} number */
  insert(hash, number) {
    let slot = hash & this.mask
    while (this.slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot * 2] = hash
    this.slots[slot * 2 + 1] = number + 1
  }
}

/** @param {number} a @param {number} b @param {number} ports */
function hashOf(a, b, ports) {
  let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b), 0xc2b2ae35)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x27d4eb2f)
  return hash ^ (hash >>> 13)
}

/** The packets: every layout sees the same ones. Addresses and ports follow from the connection's number. */
const packet = { a: 0, b: 0, ports: 0, fromA: true, seq: 0, ack: 0, length: 0, window: 0, time: 0.5, hash: 0 }
let random = 0x2545f491

/** @param {number} i @param {number} connections */
function nextPacket(i, connections) {
  random ^= random << 13
  random ^= random >>> 17
  random ^= random << 5
  const number = (((random >>> 4) * connections) / 0x10000000) | 0
  addressPacket(number)
  packet.fromA = (random & 4) !== 0
  const isRetransmission = (random & 0x7f0) === 0
  packet.seq = isRetransmission ? (i - 4096) << 5 : i << 5
  packet.ack = (i - 1024) << 5
  packet.length = random & 8 ? 1460 : 0
  packet.window = random & 0xffff
  packet.time = i * 431.5
}

/** @param {number} number */
function addressPacket(number) {
  packet.a = 0x0a000000 + (number >>> 4)
  packet.b = 0xc0a80000 + (number & 0xfff)
  packet.ports = (((number * 7) & 0xffff) << 16) | 443
  packet.hash = hashOf(packet.a | 0, packet.b | 0, packet.ports)
}

// ---- objects

/** @param {number} connections */
function objectTracker(connections) {
  const table = new HashTable(connections)
  /** @type {Connection[]} */
  const records = []
  for (let number = 0; number < connections; number++) {
    addressPacket(number)
    const connection = new Connection(new Endpoint(), new Endpoint())
    connection.key0 = packet.a | 0
    connection.key1 = packet.b | 0
    connection.key2 = packet.ports
    records.push(connection)
    table.insert(packet.hash, number)
  }
  const find = () => {
    const a = packet.a | 0
    const b = packet.b | 0
    let slot = packet.hash & table.mask
    for (;;) {
      if (table.slots[slot * 2] === packet.hash) {
        const connection = records[table.slots[slot * 2 + 1] - 1]
        if (connection.key0 === a && connection.key1 === b && connection.key2 === packet.ports)
          return connection
      }
      slot = (slot + 1) & table.mask
    }
  }
  return () => {
    const connection = find()
    connection.packets = (connection.packets + 1) | 0
    const sender = packet.fromA ? connection.a : connection.b
    const receiver = packet.fromA ? connection.b : connection.a
    arrive(sender, receiver)
  }
}

/**
 * The same source serves plain objects and cursors: each process compiles it for one of them.
 * @param {Endpoint | Cursor} sender @param {Endpoint | Cursor} receiver
 */
function arrive(sender, receiver) {
  const end = (packet.seq + packet.length) | 0
  const gap = packet.time - sender.lastTime
  sender.lastTime = packet.time
  if (((end - sender.nxt) | 0) > 0) {
    if (((end - sender.maxEnd) | 0) > 0) sender.maxEnd = end
    if (sender.state < 8) sender.nxt = end
  } else if (packet.length > 0 && gap > receiver.wnd) {
    sender.retransmitted = (sender.retransmitted + 1) | 0
  }
  sender.segments = (sender.segments + 1) | 0
  sender.bytes = sender.bytes + packet.length
  sender.wnd = packet.window << (sender.scale & 15)
  if (((packet.ack - receiver.una) | 0) > 0 && ((packet.ack - receiver.nxt) | 0) <= 0)
    receiver.una = packet.ack
  if (receiver.state < 8) receiver.acks = (receiver.acks + 1) | 0
  if (gap > packet.time - receiver.lastTime) sender.state = sender.state & 7
}

// ---- rows

/** @param {number} connections @param {{ maxByteLength: number }} [options] */
function rowTable(connections, options) {
  const bytes = new ArrayBuffer(connections * ROW_WORDS * 4, options)
  const words = new Int32Array(bytes)
  const table = new HashTable(connections)
  for (let number = 0; number < connections; number++) {
    addressPacket(number)
    words[number * ROW_WORDS + KEY] = packet.a
    words[number * ROW_WORDS + KEY + 1] = packet.b
    words[number * ROW_WORDS + KEY + 2] = packet.ports
    table.insert(packet.hash, number)
  }
  return { words, doubles: new Float64Array(bytes), table }
}

/** @param {Int32Array} words @param {HashTable} table */
function findRow(words, table) {
  const a = packet.a | 0
  const b = packet.b | 0
  let slot = packet.hash & table.mask
  for (;;) {
    if (table.slots[slot * 2] === packet.hash) {
      const row = (table.slots[slot * 2 + 1] - 1) * ROW_WORDS
      if (words[row + KEY] === a && words[row + KEY + 1] === b && words[row + KEY + 2] === packet.ports)
        return row
    }
    slot = (slot + 1) & table.mask
  }
}

/** @param {number} connections */
function indexTracker(connections) {
  const { words, doubles, table } = rowTable(connections)
  return () => {
    const row = findRow(words, table)
    words[row + PACKETS] = words[row + PACKETS] + 1
    const s = row + ENDPOINT + (packet.fromA ? 0 : ENDPOINT_WORDS)
    const r = row + ENDPOINT + (packet.fromA ? ENDPOINT_WORDS : 0)
    arriveByIndex(words, doubles, s, r)
  }
}

/** @param {Int32Array} w @param {Float64Array} d @param {number} s @param {number} r */
function arriveByIndex(w, d, s, r) {
  const end = (packet.seq + packet.length) | 0
  const gap = packet.time - d[(s >> 1) + LAST_AT]
  d[(s >> 1) + LAST_AT] = packet.time
  if (((end - w[s + NXT]) | 0) > 0) {
    if (((end - w[s + MAX_END]) | 0) > 0) w[s + MAX_END] = end
    if (w[s + STATE] < 8) w[s + NXT] = end
  } else if (packet.length > 0 && gap > w[r + WND]) {
    w[s + RETRANSMITTED] = w[s + RETRANSMITTED] + 1
  }
  w[s + SEGMENTS] = w[s + SEGMENTS] + 1
  d[(s >> 1) + BYTES_AT] = d[(s >> 1) + BYTES_AT] + packet.length
  w[s + WND] = packet.window << (w[s + SCALE] & 15)
  if (((packet.ack - w[r + UNA]) | 0) > 0 && ((packet.ack - w[r + NXT]) | 0) <= 0) w[r + UNA] = packet.ack
  if (w[r + STATE] < 8) w[r + ACKS] = w[r + ACKS] + 1
  if (gap > packet.time - d[(r >> 1) + LAST_AT]) w[s + STATE] = w[s + STATE] & 7
}

class RowCursor {
  base = 0
  /** @param {Int32Array} words @param {Float64Array} doubles */
  constructor(words, doubles) {
    this.words = words
    this.doubles = doubles
  }
}

/**
 * A class with source text for every accessor, as a generated file would have it.
 * @param {Record<string, number>} wordFields @param {Record<string, number>} doubleFields
 */
function writtenCursorClass(wordFields, doubleFields) {
  const accessors = []
  for (const [name, at] of Object.entries(wordFields)) {
    accessors.push(`get ${name}() { return this.words[this.base + ${at}] }`)
    accessors.push(`set ${name}(value) { this.words[this.base + ${at}] = value }`)
  }
  for (const [name, at] of Object.entries(doubleFields)) {
    accessors.push(`get ${name}() { return this.doubles[(this.base >> 1) + ${at}] }`)
    accessors.push(`set ${name}(value) { this.doubles[(this.base >> 1) + ${at}] = value }`)
  }
  return new Function('RowCursor', `return class Cursor extends RowCursor { ${accessors.join('\n')} }`)(
    RowCursor,
  )
}

/**
 * The same accessors as closures over the offset, from a list of fields.
 * @param {Record<string, number>} wordFields @param {Record<string, number>} doubleFields
 */
function definedCursorClass(wordFields, doubleFields) {
  class Cursor extends RowCursor {}
  for (const [name, at] of Object.entries(wordFields)) {
    Object.defineProperty(Cursor.prototype, name, {
      /** @this {RowCursor} */
      get() {
        return this.words[this.base + at]
      },
      /** @this {RowCursor} @param {number} value */
      set(value) {
        this.words[this.base + at] = value
      },
    })
  }
  for (const [name, at] of Object.entries(doubleFields)) {
    Object.defineProperty(Cursor.prototype, name, {
      /** @this {RowCursor} */
      get() {
        return this.doubles[(this.base >> 1) + at]
      },
      /** @this {RowCursor} @param {number} value */
      set(value) {
        this.doubles[(this.base >> 1) + at] = value
      },
    })
  }
  return Cursor
}

const WORD_FIELDS = {
  nxt: NXT,
  una: UNA,
  wnd: WND,
  state: STATE,
  scale: SCALE,
  segments: SEGMENTS,
  retransmitted: RETRANSMITTED,
  maxEnd: MAX_END,
  acks: ACKS,
}
const DOUBLE_FIELDS = { bytes: BYTES_AT, lastTime: LAST_AT }

// Large buffers start 16 bytes into a page (malloc's header before a mapped chunk), so a row that begins at
// word 12 begins a cache line. The connection's words come before, the endpoints 64 words apart.
const ALIGNED_WORDS = {
  nxt: 0,
  una: 1,
  wnd: 2,
  state: 3,
  scale: 4,
  segments: 5,
  retransmitted: 6,
  maxEnd: 7,
  acks: 8,
}
const ALIGNED_DOUBLES = { bytes: 5, lastTime: 6 }
const ALIGNED_FIRST = 12
const ALIGNED_STRIDE = 16

/**
 * @param {number} connections
 * @param {new (words: Int32Array, doubles: Float64Array) => any} Cursor
 * @param {number} first
 * @param {number} stride
 * @param {{ maxByteLength: number }} [options]
 */
function cursorTracker(connections, Cursor, first, stride, options) {
  const { words, doubles, table } = rowTable(connections, options)
  const sender = new Cursor(words, doubles)
  const receiver = new Cursor(words, doubles)
  return () => {
    const row = findRow(words, table)
    words[row + PACKETS] = words[row + PACKETS] + 1
    sender.base = row + first + (packet.fromA ? 0 : stride)
    receiver.base = row + first + (packet.fromA ? stride : 0)
    arrive(sender, receiver)
  }
}

const PAGE_SHIFT = 12
const PAGE_MASK = (1 << PAGE_SHIFT) - 1

/** @param {number} connections */
function pagedTracker(connections) {
  const Cursor = writtenCursorClass(ALIGNED_WORDS, ALIGNED_DOUBLES)
  const table = new HashTable(connections)
  /** @type {Int32Array[]} */
  const wordPages = []
  /** @type {Float64Array[]} */
  const doublePages = []
  for (let number = 0; number < connections; number++) {
    if ((number & PAGE_MASK) === 0) {
      const bytes = new ArrayBuffer((ROW_WORDS * 4) << PAGE_SHIFT)
      wordPages.push(new Int32Array(bytes))
      doublePages.push(new Float64Array(bytes))
    }
    addressPacket(number)
    const words = wordPages[number >> PAGE_SHIFT]
    const row = (number & PAGE_MASK) * ROW_WORDS
    words[row + KEY] = packet.a
    words[row + KEY + 1] = packet.b
    words[row + KEY + 2] = packet.ports
    table.insert(packet.hash, number)
  }
  const sender = new Cursor(wordPages[0], doublePages[0])
  const receiver = new Cursor(wordPages[0], doublePages[0])
  const find = () => {
    const a = packet.a | 0
    const b = packet.b | 0
    let slot = packet.hash & table.mask
    for (;;) {
      if (table.slots[slot * 2] === packet.hash) {
        const number = table.slots[slot * 2 + 1] - 1
        const words = wordPages[number >> PAGE_SHIFT]
        const row = (number & PAGE_MASK) * ROW_WORDS
        if (words[row + KEY] === a && words[row + KEY + 1] === b && words[row + KEY + 2] === packet.ports)
          return number
      }
      slot = (slot + 1) & table.mask
    }
  }
  return () => {
    const number = find()
    const words = wordPages[number >> PAGE_SHIFT]
    const doubles = doublePages[number >> PAGE_SHIFT]
    const row = (number & PAGE_MASK) * ROW_WORDS
    words[row + PACKETS] = words[row + PACKETS] + 1
    sender.words = words
    sender.doubles = doubles
    receiver.words = words
    receiver.doubles = doubles
    sender.base = row + ALIGNED_FIRST + (packet.fromA ? 0 : ALIGNED_STRIDE)
    receiver.base = row + ALIGNED_FIRST + (packet.fromA ? ALIGNED_STRIDE : 0)
    arrive(sender, receiver)
  }
}

/** @param {string} layout @param {number} connections */
function makeTracker(layout, connections) {
  switch (layout) {
    case 'none':
      return () => {}
    case 'objects':
      return objectTracker(connections)
    case 'indexes':
      return indexTracker(connections)
    case 'accessors':
      return cursorTracker(
        connections,
        writtenCursorClass(WORD_FIELDS, DOUBLE_FIELDS),
        ENDPOINT,
        ENDPOINT_WORDS,
      )
    case 'defined':
      return cursorTracker(
        connections,
        definedCursorClass(WORD_FIELDS, DOUBLE_FIELDS),
        ENDPOINT,
        ENDPOINT_WORDS,
      )
    case 'aligned':
      return cursorTracker(
        connections,
        writtenCursorClass(ALIGNED_WORDS, ALIGNED_DOUBLES),
        ALIGNED_FIRST,
        ALIGNED_STRIDE,
      )
    case 'paged':
      return pagedTracker(connections)
    case 'resizable':
      return cursorTracker(
        connections,
        writtenCursorClass(ALIGNED_WORDS, ALIGNED_DOUBLES),
        ALIGNED_FIRST,
        ALIGNED_STRIDE,
        { maxByteLength: 1 << 30 },
      )
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
    const start = process.hrtime.bigint()
    loop()
    times.push(Number(process.hrtime.bigint() - start) / packets)
  }
  return { nanoseconds: median(times), bytes }
}

/** @param {number} packets @param {number[]} sizes @param {number} runs */
function compareLayouts(packets, sizes, runs) {
  console.log(
    `ns/packet, median of ${runs} runs of ${packets} packets; bytes per connection at ${sizes.at(-1)}`,
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
