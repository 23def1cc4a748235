// One buffer of 512-byte rows: the connection's words, then each endpoint's.

import { addressPacket, HashTable, packet } from './packets.js'

// A row of 128 words (512 bytes): connection 16, then each endpoint 44 (32 words and 6 doubles).
export const ROW_WORDS = 128
export const KEY = 0
export const PACKETS = 4
export const ENDPOINT = 16
export const ENDPOINT_WORDS = 44

// Word offsets inside an endpoint; the doubles follow the 32 words (offsets in doubles).
export const NXT = 0
export const UNA = 1
export const WND = 2
export const STATE = 3
export const SCALE = 5
export const SEGMENTS = 8
export const RETRANSMITTED = 9
export const MAX_END = 14
export const ACKS = 20
export const BYTES_AT = 16
export const LAST_AT = 17

/** @param {number} connections @param {{ maxByteLength: number }} [options] */
export function rowTable(connections, options) {
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
export function findRow(words, table) {
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
