// One flight of segments between two endpoints: the sender's window, the receiver's queue, and what is on the way
// between them. Both ends are simulated (cumulative and selective acknowledgment, delayed acknowledgment, fast
// retransmission after three duplicates, retransmission timeout), so what follows a loss is what TCP would do.

import { ACK, FIN, PSH } from './flags.js'
import { counts, drawDetour, drawFate, MILLISECOND } from './path.js'

const DELAYED_ACK = 40 * MILLISECOND

/**
 * @typedef {object} Arrival
 * @property {number} time at the endpoint
 * @property {boolean} isData
 * @property {number} seq
 * @property {number} end the acknowledgment number when it is not data
 * @property {number} timestamp
 */

export class Flight {
  /**
   * @param {import('./conversation.js').Conversation} conversation
   * @param {number} from
   * @param {number[]} lengths sequence space of each segment
   * @param {number} flags FIN, or 0 for data
   */
  constructor(conversation, from, lengths, flags) {
    this.conversation = conversation
    this.from = from
    this.flags = flags
    this.lengths = lengths
    this.sender = conversation.sides[from]
    this.receiver = conversation.sides[1 - from]
    this.now = conversation.now
    this.starts = []
    this.end = this.sender.sendNext
    for (const length of lengths) {
      this.starts.push(this.end)
      this.end += length
    }
    this.una = this.sender.sendNext
    this.duplicates = 0
    this.isRecovering = false
    this.unacknowledged = 0
    /** @type {[number, number][]} what the receiver holds beyond a gap, latest first */
    this.held = []
    /** @type {Arrival[]} */
    this.arrivals = []
    this.timeout = conversation.roundTrip + 200 * MILLISECOND
    this.deadline = 0
  }

  /** @param {boolean} replyFollows */
  run(replyFollows) {
    const { random } = this.conversation
    for (let i = 0; i < this.lengths.length; i++) {
      const gap = random.exponential(2) * MILLISECOND
      const isLast = i === this.lengths.length - 1
      this.transmit(i, this.now, isLast ? 0 : drawDetour(random))
      if (!isLast) this.now += gap
    }
    this.deadline = this.now + this.timeout
    while (this.una < this.end || this.arrivals.length > 0) {
      const arrival = this.takeArrival()
      if (arrival === undefined) {
        this.retransmitAfterTimeout()
      } else if (!arrival.isData) {
        this.receiveAck(arrival)
      } else if (replyFollows && arrival.seq === this.receiver.receiveNext && arrival.end === this.end) {
        this.receiver.echo = arrival.timestamp
        this.now = arrival.time
        return
      } else {
        this.receiveData(arrival)
      }
    }
  }

  /** The earliest arrival, or undefined when the retransmission timer runs out before it. */
  takeArrival() {
    let earliest = -1
    for (let i = 0; i < this.arrivals.length; i++) {
      if (earliest < 0 || this.arrivals[i].time < this.arrivals[earliest].time) earliest = i
    }
    if (earliest < 0 || (this.una < this.end && this.arrivals[earliest].time > this.deadline))
      return undefined
    return this.arrivals.splice(earliest, 1)[0]
  }

  /** @param {number} index @param {number} time @param {number} detour */
  transmit(index, time, detour) {
    const seq = this.starts[index]
    const length = this.lengths[index]
    const isLast = index === this.lengths.length - 1
    const flags = ACK | this.flags | (isLast && this.flags === 0 ? PSH : 0)
    const shown = time + this.sender.delay + detour
    const fate = drawFate(this.conversation.random)
    const timestamp = this.conversation.clockOf(this.sender, time)
    if (fate !== 'before')
      this.conversation.emit(shown, this.from, flags, seq, this.flags === FIN ? 0 : length)
    if (fate !== undefined) return
    this.arrivals.push({ time: shown + this.receiver.delay, isData: true, seq, end: seq + length, timestamp })
  }

  retransmitAfterTimeout() {
    this.now = Math.max(this.now, this.deadline)
    this.timeout *= 2
    this.duplicates = 0
    this.isRecovering = true
    this.retransmitFirst()
  }

  retransmitFirst() {
    counts.retransmitted++
    this.deadline = this.now + this.timeout
    this.transmit(this.starts.indexOf(this.una), this.now, 0)
  }

  /** @param {Arrival} arrival */
  receiveAck(arrival) {
    this.now = Math.max(this.now, arrival.time)
    this.sender.echo = arrival.timestamp
    if (arrival.end > this.una) {
      this.una = arrival.end
      this.duplicates = 0
      this.deadline = this.now + this.timeout
      // RFC 6582: a partial acknowledgment during recovery shows the next hole.
      if (this.isRecovering && this.una < this.end) this.retransmitFirst()
    } else if (this.una < this.end && ++this.duplicates === 3 && !this.isRecovering) {
      this.isRecovering = true
      this.retransmitFirst()
    }
  }

  /** @param {Arrival} arrival */
  receiveData(arrival) {
    const { receiver } = this
    if (arrival.seq > receiver.receiveNext) {
      this.held = this.held.filter(([start]) => start !== arrival.seq)
      this.held.unshift([arrival.seq, arrival.end])
      this.mergeHeld()
      this.sendAck(arrival.time)
      return
    }
    const isNew = arrival.end > receiver.receiveNext
    if (isNew) {
      receiver.receiveNext = arrival.end
      receiver.echo = arrival.timestamp
    }
    const hadHeld = this.held.length > 0
    for (;;) {
      const next = this.held.findIndex(([start]) => start <= receiver.receiveNext)
      if (next < 0) break
      receiver.receiveNext = Math.max(receiver.receiveNext, this.held[next][1])
      this.held.splice(next, 1)
    }
    this.unacknowledged++
    if (!isNew || hadHeld || this.flags === FIN || this.unacknowledged >= 2) this.sendAck(arrival.time)
    else if (receiver.receiveNext === this.end) this.sendAck(arrival.time + this.lastAckDelay())
  }

  lastAckDelay() {
    return this.conversation.random.chance(0.7) ? 0 : DELAYED_ACK
  }

  mergeHeld() {
    const [first] = this.held
    for (let i = this.held.length - 1; i > 0; i--) {
      const [start, end] = this.held[i]
      if (end < first[0] || start > first[1]) continue
      first[0] = Math.min(first[0], start)
      first[1] = Math.max(first[1], end)
      this.held.splice(i, 1)
      i = this.held.length
    }
  }

  /** @param {number} time */
  sendAck(time) {
    const { conversation, receiver } = this
    this.unacknowledged = 0
    const fate = drawFate(conversation.random)
    const shown = time + receiver.delay
    const sack = this.held.length > 0 ? this.held.slice(0, 3).flat() : undefined
    if (fate !== 'before') conversation.emit(shown, 1 - this.from, ACK, receiver.sendNext, 0, sack)
    if (fate !== undefined) return
    const timestamp = conversation.clockOf(receiver, time)
    const end = receiver.receiveNext
    this.arrivals.push({ time: shown + this.sender.delay, isData: false, seq: 0, end, timestamp })
  }
}
