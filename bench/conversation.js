// One TCP connection as a capture point in the middle of its path sees it: a script of packets, made flight by flight.
// Handshake, requests and responses, and one of several endings.

import { ACK, FIN, RST, SYN } from './flags.js'
import { Flight } from './flight.js'
import { counts, drawFate, MILLISECOND } from './path.js'

const SYN_TIMEOUT = 1000 * MILLISECOND

/**
 * @typedef {object} Packet
 * @property {number} time nanoseconds, at the capture point
 * @property {number} from 0 for the initiator, 1 for the responder
 * @property {number} flags
 * @property {number} seq relative to the sender's ISS
 * @property {number} ack relative to the receiver's ISS
 * @property {number} length
 * @property {number} window
 * @property {number} timestamp
 * @property {number} echo
 * @property {number[] | undefined} sack
 */

export class Side {
  /** @param {import('./random.js').Random} random @param {number} host @param {number} port */
  constructor(random, host, port) {
    this.host = host
    this.port = port
    this.iss = random.below(0x100000000) | 0
    this.ttl = 64 - random.below(20)
    this.ipId = random.below(0x10000)
    this.poolStart = random.below(1 << 20)
    this.clock = random.below(0x40000000)
    /** One way between this endpoint and the capture point. */
    this.delay = random.between(2, 40) * MILLISECOND
    this.sendNext = 0
    this.receiveNext = 0
    this.echo = 0
  }
}

// Ports without a dissector in Wireshark: random bytes on 80 or 443 would have it chase malformed messages.
const SERVER_PORTS = [3000, 4000, 5201, 6789, 6800, 9001]
const CLIENTS = 1 << 14
const EPHEMERAL_FIRST = 32768
const EPHEMERAL_COUNT = 28232

export class Conversation {
  /**
   * @param {import('./random.js').Random} random
   * @param {number} number ordinal, which makes the four-tuple unique
   * @param {number} start
   * @param {number} ipv6Share
   */
  constructor(random, number, start, ipv6Share) {
    this.random = random
    this.isIpv6 = random.chance(ipv6Share)
    this.hasTimestamps = random.chance(0.5)
    this.mss = this.isIpv6 ? 1440 : 1460
    this.segmentSize = this.mss - (this.hasTimestamps ? 12 : 0)
    const clientPort = EPHEMERAL_FIRST + (Math.floor(number / CLIENTS) % EPHEMERAL_COUNT)
    const serverPort = SERVER_PORTS[random.below(SERVER_PORTS.length)]
    this.sides = [
      new Side(random, 0x0a000000 | Math.imul(number % CLIENTS, 97), clientPort),
      new Side(random, 0xc6120000 | random.below(1024), serverPort),
    ]
    this.roundTrip = 2 * (this.sides[0].delay + this.sides[1].delay)
    this.exchanges = 1 + Math.floor(random.exponential(3.5))
    /** Bytes still to send in the current message, and who sends it. */
    this.remaining = 0
    this.sender = 1
    this.congestionWindow = 10
    this.now = start
    this.isOver = false
    /** @type {Packet[]} */
    this.script = []
    this.played = 0
    counts.connections++
    if (this.isIpv6) counts.ipv6++
    this.openConnection()
  }

  /** The next packet, or undefined once the conversation is over. @returns {Packet | undefined} */
  next() {
    while (this.played === this.script.length) {
      if (this.isOver) return undefined
      this.script.length = 0
      this.played = 0
      this.continueConnection()
      this.script.sort((a, b) => a.time - b.time)
      const last = this.script.at(-1)
      if (last !== undefined && last.time > this.now) this.now = last.time
    }
    return this.script[this.played++]
  }

  openConnection() {
    const [client, server] = this.sides
    const kind = this.random.next()
    if (kind < 0.01) {
      for (const wait of [0, 1, 3, 7]) this.emit(this.now + wait * SYN_TIMEOUT, 0, SYN, 0, 0)
      this.isOver = true
    } else if (kind < 0.02) {
      this.emit(this.now, 0, SYN, 0, 0)
      server.receiveNext = 1
      this.emit(this.now + 2 * server.delay, 1, RST | ACK, 0, 0)
      this.isOver = true
    } else {
      client.sendNext = 1
      this.sendUntilDelivered(0, SYN)
      server.receiveNext = 1
      server.sendNext = 1
      if (kind < 0.03) {
        // The client is gone: its answer never comes, the server tries again.
        for (const wait of [0, 1, 3])
          this.emit(this.now + server.delay + wait * SYN_TIMEOUT, 1, SYN | ACK, 0, 0)
        this.isOver = true
        return
      }
      this.sendUntilDelivered(1, SYN | ACK)
      client.receiveNext = 1
      this.emit(this.now + client.delay, 0, ACK, 1, 0)
      this.now += client.delay
    }
  }

  /** Handshake segments: one in flight, a second between attempts. @param {number} from @param {number} flags */
  sendUntilDelivered(from, flags) {
    const sender = this.sides[from]
    const receiver = this.sides[1 - from]
    for (;;) {
      const fate = drawFate(this.random)
      if (fate !== 'before') this.emit(this.now + sender.delay, from, flags, 0, 0)
      if (fate === undefined) break
      counts.retransmitted++
      this.now += SYN_TIMEOUT
    }
    receiver.echo = this.clockOf(sender, this.now)
    this.now += sender.delay + receiver.delay
  }

  continueConnection() {
    const random = this.random
    if (this.remaining > 0) {
      this.sendFlight()
    } else if (this.sender === 0) {
      this.sender = 1
      this.remaining = responseLength(random)
      this.now += random.exponential(5) * MILLISECOND
      this.sendFlight()
    } else if (this.exchanges > 0) {
      this.exchanges--
      this.sender = 0
      this.remaining = requestLength(random)
      this.congestionWindow = 10
      this.now += random.exponential(2500) * MILLISECOND
      this.sendFlight()
    } else {
      this.endConnection()
    }
  }

  endConnection() {
    this.isOver = true
    this.now += this.random.exponential(500) * MILLISECOND
    const kind = this.random.next()
    if (kind < 0.02) return
    const closer = this.random.chance(0.5) ? 0 : 1
    if (kind < 0.05) {
      this.emit(this.now + this.sides[closer].delay, closer, RST | ACK, this.sides[closer].sendNext, 0)
      return
    }
    this.simulate(closer, [1], FIN, this.random.chance(0.5))
    this.simulate(1 - closer, [1], FIN, false)
  }

  sendFlight() {
    const lengths = []
    while (this.remaining > 0 && lengths.length < this.congestionWindow) {
      const length = Math.min(this.remaining, this.segmentSize)
      lengths.push(length)
      this.remaining -= length
    }
    this.congestionWindow = Math.min(40, this.congestionWindow * 2)
    const replies = this.sender === 0 && lengths.length === 1 && this.random.chance(0.6)
    this.simulate(this.sender, lengths, 0, replies)
  }

  /**
   * Sends segments of these lengths and plays both endpoints until all is acknowledged. With `replyFollows` the
   * receiver keeps its acknowledgment for the segment it is about to send.
   * @param {number} from @param {number[]} lengths @param {number} flags @param {boolean} replyFollows
   */
  simulate(from, lengths, flags, replyFollows) {
    const sender = this.sides[from]
    const receiver = this.sides[1 - from]
    const flight = new Flight(this, from, lengths, flags)
    sender.sendNext = flight.end
    flight.run(replyFollows)
    receiver.receiveNext = flight.end
    this.now = Math.max(flight.now, this.latest())
  }

  latest() {
    let latest = 0
    for (const packet of this.script) if (packet.time > latest) latest = packet.time
    return latest
  }

  /** @param {Side} side @param {number} time */
  clockOf(side, time) {
    return (side.clock + Math.floor(time / MILLISECOND)) | 0
  }

  /**
   * @param {number} time @param {number} from @param {number} flags @param {number} seq @param {number} length
   * @param {number[]} [sack]
   */
  emit(time, from, flags, seq, length, sack) {
    const side = this.sides[from]
    const window = flags & SYN ? 64240 : flags & RST ? 0 : 502
    const timestamp = this.clockOf(side, time - side.delay)
    const echo = flags & ACK ? side.echo : 0
    this.script.push({ time, from, flags, seq, ack: side.receiveNext, length, window, timestamp, echo, sack })
  }
}

/** @param {import('./random.js').Random} random */
function requestLength(random) {
  return random.chance(0.9) ? 40 + random.below(560) : 600 + random.below(3000)
}

/** @param {import('./random.js').Random} random */
function responseLength(random) {
  const kind = random.next()
  if (kind < 0.6) return 60 + random.below(760)
  if (kind < 0.957) return 300 + random.below(3300)
  return 8000 + random.below(50000)
}
