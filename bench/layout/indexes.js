// Rows read and written with constant indexes.

import { packet } from './packets.js'
import {
  ACKS,
  BYTES_AT,
  ENDPOINT,
  ENDPOINT_WORDS,
  findRow,
  LAST_AT,
  MAX_END,
  NXT,
  PACKETS,
  RETRANSMITTED,
  rowTable,
  SCALE,
  SEGMENTS,
  STATE,
  UNA,
  WND,
} from './rows.js'

/** @param {number} connections */
export function indexTracker(connections) {
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
