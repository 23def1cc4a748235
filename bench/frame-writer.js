// Packets of conversation.js as Ethernet frames of a classic little-endian microsecond pcap, with correct checksums.

import { writeSync } from 'node:fs'

const FLUSH_AT = 4 << 20
const MAX_RECORD = 2048
const POOL = 1 << 20
const MAX_PAYLOAD = 1 << 16
const SYN = 0x02
// fdac:793::/64 for initiators, 2001:db8::/64 for responders.
const IPV6_PREFIXES = [0xfdac0793, 0x20010db8]

export class FrameWriter {
  /** @param {number} file @param {import('./random.js').Random} random */
  constructor(file, random) {
    this.file = file
    this.bytes = Buffer.alloc(FLUSH_AT + MAX_RECORD)
    this.at = 0
    this.packets = 0
    this.ipBytes = 0
    this.pool = Buffer.alloc(POOL + MAX_PAYLOAD)
    for (let i = 0; i < this.pool.length; i++) this.pool[i] = random.below(256)
    // wordSums[i] = word(i) + word(i - 2) + ...: the checksum of any payload is then two look-ups.
    this.wordSums = new Float64Array(this.pool.length + 2)
    for (let i = 0; i + 1 < this.pool.length; i++) {
      this.wordSums[i + 2] = this.wordSums[i] + ((this.pool[i] << 8) | this.pool[i + 1])
    }
    this.writeFileHeader()
  }

  writeFileHeader() {
    this.bytes.writeUInt32LE(0xa1b2c3d4, 0)
    this.bytes.writeUInt16LE(2, 4)
    this.bytes.writeUInt16LE(4, 6)
    this.bytes.writeUInt32LE(262144, 16)
    this.bytes.writeUInt32LE(1, 20)
    this.at = 24
  }

  flush() {
    for (let written = 0; written < this.at; ) {
      written += writeSync(this.file, this.bytes, written, this.at - written)
    }
    this.at = 0
  }

  /** @param {number} value */
  put16(value) {
    this.bytes[this.at] = value >>> 8
    this.bytes[this.at + 1] = value
    this.at += 2
  }

  /** @param {number} value */
  put32(value) {
    this.put16((value >>> 16) & 0xffff)
    this.put16(value & 0xffff)
  }

  /** @param {import('./conversation.js').Conversation} conversation @param {import('./conversation.js').Packet} packet */
  write(conversation, packet) {
    const optionsLength = optionsLengthOf(conversation, packet)
    const tcpLength = 20 + optionsLength + packet.length
    const ipLength = tcpLength + (conversation.isIpv6 ? 40 : 20)
    this.writeRecordHeader(packet.time, ipLength + 14)
    this.writeEthernet(packet.from, conversation.isIpv6)
    const side = conversation.sides[packet.from]
    const addresses = this.at + (conversation.isIpv6 ? 8 : 12)
    if (conversation.isIpv6) this.writeIpv6(conversation, packet.from, tcpLength)
    else this.writeIpv4(conversation, packet.from, ipLength, side)
    const tcp = this.at
    this.writeTcpHeader(conversation, packet, optionsLength)
    const sum =
      this.sumOf(addresses, tcp) + 6 + tcpLength + this.sumOf(tcp, this.at) + this.writePayload(side, packet)
    this.bytes.writeUInt16BE(~fold(sum) & 0xffff, tcp + 16)
    this.packets++
    this.ipBytes += ipLength
    if (this.at >= FLUSH_AT) this.flush()
  }

  /** @param {number} time nanoseconds @param {number} length */
  writeRecordHeader(time, length) {
    const micros = Math.floor(time / 1000)
    this.bytes.writeUInt32LE(1_700_000_000 + Math.floor(micros / 1_000_000), this.at)
    this.bytes.writeUInt32LE(micros % 1_000_000, this.at + 4)
    this.bytes.writeUInt32LE(length, this.at + 8)
    this.bytes.writeUInt32LE(length, this.at + 12)
    this.at += 16
  }

  /** @param {number} from @param {boolean} isIpv6 */
  writeEthernet(from, isIpv6) {
    for (const host of [1 - from, from]) {
      this.put32(0x02000000)
      this.put16(host + 1)
    }
    this.put16(isIpv6 ? 0x86dd : 0x0800)
  }

  /**
   * @param {import('./conversation.js').Conversation} conversation
   * @param {number} from
   * @param {number} ipLength
   * @param {import('./conversation.js').Side} side
   */
  writeIpv4(conversation, from, ipLength, side) {
    const start = this.at
    this.put16(0x4500)
    this.put16(ipLength)
    this.put16(side.ipId++ & 0xffff)
    this.put16(0x4000)
    this.put16((side.ttl << 8) | 6)
    this.put16(0)
    this.put32(conversation.sides[from].host)
    this.put32(conversation.sides[1 - from].host)
    this.bytes.writeUInt16BE(~fold(this.sumOf(start, this.at)) & 0xffff, start + 10)
  }

  /** @param {import('./conversation.js').Conversation} conversation @param {number} from @param {number} tcpLength */
  writeIpv6(conversation, from, tcpLength) {
    this.put32(0x60000000)
    this.put16(tcpLength)
    this.put16((6 << 8) | conversation.sides[from].ttl)
    for (const side of [from, 1 - from]) {
      this.put32(IPV6_PREFIXES[side])
      this.put32(0)
      this.put32(0)
      this.put32(conversation.sides[side].host)
    }
  }

  /**
   * @param {import('./conversation.js').Conversation} conversation
   * @param {import('./conversation.js').Packet} packet
   * @param {number} optionsLength
   */
  writeTcpHeader(conversation, packet, optionsLength) {
    const sender = conversation.sides[packet.from]
    const receiver = conversation.sides[1 - packet.from]
    this.put16(sender.port)
    this.put16(receiver.port)
    this.put32((sender.iss + packet.seq) | 0)
    this.put32(packet.flags & 0x10 ? (receiver.iss + packet.ack) | 0 : 0)
    this.put16((((20 + optionsLength) >> 2) << 12) | packet.flags)
    this.put16(packet.window)
    this.put32(0)
    if (packet.flags & SYN) {
      this.put32(0x02040000 | conversation.mss)
      this.put32(conversation.hasTimestamps ? 0x0402080a : 0x01010402)
      if (conversation.hasTimestamps) {
        this.put32(packet.timestamp)
        this.put32(packet.echo)
      }
      this.put32(0x01030307)
      return
    }
    if (conversation.hasTimestamps && !(packet.flags & 0x04)) {
      this.put32(0x0101080a)
      this.put32(packet.timestamp)
      this.put32(packet.echo)
    }
    const blocks = packet.sack
    if (blocks === undefined) return
    this.put32(0x01010500 | (2 + blocks.length * 4))
    for (const edge of blocks) this.put32((receiver.iss + edge) | 0)
  }

  /**
   * Copies the payload and returns its sum. The bytes are a function of the stream position, so that a
   * retransmission repeats what it retransmits.
   * @param {import('./conversation.js').Side} side
   * @param {import('./conversation.js').Packet} packet
   */
  writePayload(side, packet) {
    const { length } = packet
    if (length === 0) return 0
    const start = (side.poolStart + packet.seq) & (POOL - 1)
    const even = start + (length & ~1)
    this.pool.copy(this.bytes, this.at, start, start + length)
    this.at += length
    const sum = this.wordSums[even] - this.wordSums[start]
    return length & 1 ? sum + (this.pool[even] << 8) : sum
  }

  /** @param {number} start @param {number} end */
  sumOf(start, end) {
    let sum = 0
    for (let i = start; i < end; i += 2) sum += (this.bytes[i] << 8) | this.bytes[i + 1]
    return sum
  }
}

/** @param {import('./conversation.js').Conversation} conversation @param {import('./conversation.js').Packet} packet */
function optionsLengthOf(conversation, packet) {
  if (packet.flags & SYN) return conversation.hasTimestamps ? 20 : 12
  if (packet.flags & 0x04) return 0
  return (conversation.hasTimestamps ? 12 : 0) + (packet.sack === undefined ? 0 : 4 + packet.sack.length * 4)
}

/** @param {number} sum */
function fold(sum) {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return folded
}
