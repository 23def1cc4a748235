// Writes a capture for the benchmark: many TCP connections at a time, with loss and reordering. Same seed, same bytes.
//
//   node bench/generate.js [--packets 4000000] [--connections 20000] [--seed 793] [--ipv6-share 0.1] [-o FILE]

import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Conversation } from './conversation.js'
import { FrameWriter } from './frame-writer.js'
import { counts } from './path.js'
import { Random } from './random.js'

export const DEFAULT_SEED = 793
const RAMP = 5e9

/** @param {number} packets @param {number} connections @param {number} seed */
export function defaultFile(packets, connections, seed) {
  return fileURLToPath(new URL(`data/${packets}x${connections}s${seed}.pcap`, import.meta.url))
}

/**
 * The conversations that are under way, ordered by the time of their next packet (a binary heap). A finished one is
 * replaced at once.
 */
class Schedule {
  /** @param {Random} random @param {number} connections @param {number} ipv6Share */
  constructor(random, connections, ipv6Share) {
    this.random = random
    this.ipv6Share = ipv6Share
    this.started = 0
    /** @type {{ conversation: Conversation, packet: import('./conversation.js').Packet }[]} */
    this.heap = []
    for (let i = 0; i < connections; i++) this.heap.push(this.start(random.between(0, RAMP)))
    for (let i = (connections >> 1) - 1; i >= 0; i--) this.siftDown(i)
  }

  /** @param {number} time */
  start(time) {
    for (;;) {
      const conversation = new Conversation(this.random, this.started++, time, this.ipv6Share)
      conversation.script.sort((a, b) => a.time - b.time)
      const packet = conversation.next()
      if (packet !== undefined) return { conversation, packet }
    }
  }

  first() {
    return this.heap[0]
  }

  advance() {
    const entry = this.heap[0]
    const now = entry.packet.time
    const packet = entry.conversation.next()
    if (packet === undefined) this.heap[0] = this.start(now + this.random.exponential(5e7))
    else entry.packet = packet
    this.siftDown(0)
  }

  /** @param {number} from */
  siftDown(from) {
    const { heap } = this
    const moving = heap[from]
    let hole = from
    for (;;) {
      let child = 2 * hole + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1].packet.time < heap[child].packet.time) child++
      if (heap[child].packet.time >= moving.packet.time) break
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = moving
  }
}

/** @param {{ packets: number, connections: number, seed: number, file: string, ipv6Share?: number }} options */
export function generate({ packets, connections, seed, file, ipv6Share = 0.1 }) {
  mkdirSync(dirname(file), { recursive: true })
  const partial = `${file}.partial`
  const descriptor = openSync(partial, 'w')
  const random = new Random(seed)
  const writer = new FrameWriter(descriptor, random)
  const schedule = new Schedule(random, connections, ipv6Share)
  let time = 0
  while (writer.packets < packets) {
    const { conversation, packet } = schedule.first()
    time = packet.time
    writer.write(conversation, packet)
    schedule.advance()
  }
  writer.flush()
  closeSync(descriptor)
  renameSync(partial, file)
  return { seconds: time / 1e9, meanIpLength: writer.ipBytes / packets, ...counts }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '4000000' },
      connections: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      'ipv6-share': { type: 'string', default: '0.1' },
      output: { type: 'string', short: 'o' },
    },
  })
  const packets = Number(values.packets)
  const connections = Number(values.connections)
  const seed = Number(values.seed)
  const file = values.output ?? defaultFile(packets, connections, seed)
  console.log(file, generate({ packets, connections, seed, file, ipv6Share: Number(values['ipv6-share']) }))
}
