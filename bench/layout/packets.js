// The packets, and how a tracker finds the connection of one. Every layout sees the same.

/** Open addressing; each slot is the hash and the connection's number plus one, and the keys live in the record. */
export class HashTable {
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
export const packet = {
  a: 0,
  b: 0,
  ports: 0,
  fromA: true,
  seq: 0,
  ack: 0,
  length: 0,
  window: 0,
  time: 0.5,
  hash: 0,
}
let random = 0x2545f491

/** @param {number} i @param {number} connections */
export function nextPacket(i, connections) {
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
export function addressPacket(number) {
  packet.a = 0x0a000000 + (number >>> 4)
  packet.b = 0xc0a80000 + (number & 0xfff)
  packet.ports = (((number * 7) & 0xffff) << 16) | 443
  packet.hash = hashOf(packet.a | 0, packet.b | 0, packet.ports)
}
