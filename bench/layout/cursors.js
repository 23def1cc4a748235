// Rows read and written through a cursor for each endpoint.

import { arrive } from './arrive.js'
import { packet } from './packets.js'
import * as rows from './rows.js'

/**
 * Where the fields of an endpoint are, and where the endpoints are in a row.
 * @typedef {object} Placement
 * @property {Record<string, number>} words
 * @property {Record<string, number>} doubles
 * @property {number} first
 * @property {number} stride
 */

/** @type {Placement} */
export const SCATTERED = {
  words: {
    nxt: rows.NXT,
    una: rows.UNA,
    wnd: rows.WND,
    state: rows.STATE,
    scale: rows.SCALE,
    segments: rows.SEGMENTS,
    retransmitted: rows.RETRANSMITTED,
    maxEnd: rows.MAX_END,
    acks: rows.ACKS,
  },
  doubles: { bytes: rows.BYTES_AT, lastTime: rows.LAST_AT },
  first: rows.ENDPOINT,
  stride: rows.ENDPOINT_WORDS,
}

/**
 * Large buffers start 16 bytes into a page (malloc's header before a mapped chunk), so what begins at word 12 of a row
 * begins a cache line.
 * @type {Placement}
 */
export const ALIGNED = {
  words: { nxt: 0, una: 1, wnd: 2, state: 3, scale: 4, segments: 5, retransmitted: 6, maxEnd: 7, acks: 8 },
  doubles: { bytes: 5, lastTime: 6 },
  first: 12,
  stride: 16,
}

/**
 * @param {number} connections
 * @param {typeof import('./cursor-class.js').writtenCursorClass} makeClass
 * @param {Placement} placement
 * @param {{ maxByteLength: number }} [options] of the ArrayBuffer
 */
export function cursorTracker(
  connections,
  makeClass,
  { words: wordFields, doubles: doubleFields, first, stride },
  options,
) {
  const { words, doubles, table } = rows.rowTable(connections, options)
  const Cursor = makeClass(wordFields, doubleFields)
  const sender = new Cursor(words, doubles)
  const receiver = new Cursor(words, doubles)
  return () => {
    const row = rows.findRow(words, table)
    words[row + rows.PACKETS] = words[row + rows.PACKETS] + 1
    sender.base = row + first + (packet.fromA ? 0 : stride)
    receiver.base = row + first + (packet.fromA ? stride : 0)
    arrive(sender, receiver)
  }
}
