// Plain objects: a connection refers to two endpoints.

import { arrive } from './arrive.js'
import { addressPacket, HashTable, packet } from './packets.js'

export class Endpoint {
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

/** @param {number} connections */
export function objectTracker(connections) {
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
