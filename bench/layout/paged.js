// As cursors.js, with rows in pages that are added as the table grows.

import { arrive } from './arrive.js'
import { writtenCursorClass } from './cursor-class.js'
import { ALIGNED } from './cursors.js'
import { addressPacket, HashTable, packet } from './packets.js'
import { KEY, PACKETS, ROW_WORDS } from './rows.js'

const PAGE_SHIFT = 12
const PAGE_MASK = (1 << PAGE_SHIFT) - 1

/** @param {number} connections */
export function pagedTracker(connections) {
  const Cursor = writtenCursorClass(ALIGNED.words, ALIGNED.doubles)
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
    sender.base = row + ALIGNED.first + (packet.fromA ? 0 : ALIGNED.stride)
    receiver.base = row + ALIGNED.first + (packet.fromA ? ALIGNED.stride : 0)
    arrive(sender, receiver)
  }
}
