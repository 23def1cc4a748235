// What a tracker does with one packet once it has both endpoints, for endpoints that are read by name.

import { packet } from './packets.js'

/**
 * The same source serves plain objects and cursors: each process compiles it for one of them.
 * @param {import('./objects.js').Endpoint} sender @param {import('./objects.js').Endpoint} receiver
 */
export function arrive(sender, receiver) {
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
