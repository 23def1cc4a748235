import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whole captures are cut down to so many records: many small mutants find more than a few large ones. */
const MOST_RECORDS = 40
const PCAP_HEADER = 24
const RECORD_HEADER = 16

/** The classic pcap files below a folder as a header and records, each with its record header. */
export function loadCaptures(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pcap'))
    .sort()
    .map((name) => split(name, readFileSync(join(folder, name))))
    .filter(({ records }) => records.length > 0)
}

function split(name, bytes) {
  const records = []
  for (let at = PCAP_HEADER; at + RECORD_HEADER <= bytes.length; ) {
    const end = at + RECORD_HEADER + bytes.readUInt32LE(at + 8)
    if (end > bytes.length) break
    records.push(bytes.subarray(at, end))
    at = end
  }
  return { name, header: bytes.subarray(0, PCAP_HEADER), records }
}

/** Some neighbouring records of a capture, copied. */
export function excerpt({ header, records }, random) {
  const length = 1 + random.below(Math.min(MOST_RECORDS, records.length))
  const start = random.chance(0.5) ? 0 : random.below(records.length - length + 1)
  return {
    header: Buffer.from(header),
    records: records.slice(start, start + length).map((record) => Buffer.from(record)),
  }
}

export function joinPcap({ header, records }) {
  return Buffer.concat([header, ...records])
}

/** The same as pcapng, with texts in it that a terminal would act on. */
export function joinPcapng({ header, records }) {
  const hostile = Buffer.from('eth\u001b[31m0\u0007\u202e')
  const options = Buffer.concat([option(2, hostile), option(1, hostile), option(9, Buffer.of(6)), word(0)])
  return Buffer.concat([
    block(
      0x0a0d0d0a,
      Buffer.concat([word(0x1a2b3c4d), word(1), word(-1), word(-1), option(1, hostile), word(0)]),
    ),
    block(1, Buffer.concat([header.subarray(20, 22), Buffer.of(0, 0), word(262144), options])),
    ...records.map(enhancedPacket),
  ])
}

function enhancedPacket(record) {
  const time = BigInt(record.readUInt32LE(0)) * 1_000_000n + BigInt(record.readUInt32LE(4))
  return block(
    6,
    Buffer.concat([
      word(0),
      word(Number(time >> 32n)),
      word(Number(time & 0xffffffffn)),
      record.subarray(8, RECORD_HEADER),
      padded(record.subarray(RECORD_HEADER)),
      option(1, Buffer.from('\u001b]0;title\u0007')),
      word(0),
    ]),
  )
}

function block(type, body) {
  const length = word(12 + body.length)
  return Buffer.concat([word(type), length, body, length])
}

function option(code, value) {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(code)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, padded(value)])
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

function word(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
