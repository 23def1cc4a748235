const RECORD_HEADER = 16
/** Numbers at the edges of what lengths, counts and sequence numbers can be. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 19, 20, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x40000, 0x40001]
const FAR_EDGES = [0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]
const LINK_TYPES = [0, 1, 9, 12, 50, 51, 101, 104, 108, 113, 228, 229, 239, 276, 147]
const ETHER_TYPES = [0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x8864, 0x8847, 0x8848, 0x0806, 0x05dc]
const PROTOCOLS = [0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 135, 139]
const UDP_PORTS = [4789, 8472, 6081]

/** What is done to a capture's records; each takes and changes `{ header, records }`. */
export const RECORD_MUTATIONS = {
  swap: ({ records }, random) => {
    const [from, to] = [random.below(records.length), random.below(records.length)]
    ;[records[from], records[to]] = [records[to], records[from]]
  },
  duplicate: ({ records }, random) => {
    const at = random.below(records.length)
    records.splice(random.below(records.length), 0, Buffer.from(records[at]))
  },
  drop: ({ records }, random) => {
    if (records.length > 1) records.splice(random.below(records.length), 1)
  },
  splice: ({ records }, random, other) => {
    records.splice(random.below(records.length), random.below(3), ...other.records)
  },
  recordLength: ({ records }, random) => {
    pick(records, random).writeUInt32LE(edge(random), random.chance(0.5) ? 8 : 12)
  },
  recordTime: ({ records }, random) => {
    pick(records, random).writeUInt32LE(edge(random), random.chance(0.5) ? 0 : 4)
  },
  linkType: ({ header }, random) => {
    header.writeUInt32LE(pick(LINK_TYPES, random), 20)
  },
  fileHeader: ({ header }, random) => {
    header[random.below(header.length)] = random.below(256)
  },
  etherType: ({ records }, random) => {
    writeHalf(pick(records, random), RECORD_HEADER + 12 + 4 * random.below(2), pick(ETHER_TYPES, random))
  },
  ipLength: ({ records }, random) => {
    writeHalf(pick(records, random), RECORD_HEADER + 16 + 2 * random.below(2), edge(random))
  },
  ipHeaderLength: ({ records }, random) => {
    writeByte(
      pick(records, random),
      RECORD_HEADER + 14,
      (random.chance(0.7) ? 0x40 : 0x60) | random.below(16),
    )
  },
  fragment: ({ records }, random) => {
    writeHalf(
      pick(records, random),
      RECORD_HEADER + 20,
      pick([0x2000, 0x2001, 0x0001, 0x1fff, 0x3fff], random),
    )
  },
  protocol: ({ records }, random) => {
    const record = pick(records, random)
    writeByte(record, RECORD_HEADER + (random.chance(0.7) ? 23 : 20), pick(PROTOCOLS, random))
    if (random.chance(0.5)) writeHalf(record, RECORD_HEADER + 36, pick(UDP_PORTS, random))
  },
  sequence: ({ records }, random) => {
    const record = pick(records, random)
    const at = RECORD_HEADER + 38 + 4 * random.below(2)
    writeHalf(record, at, edge(random))
    writeHalf(record, at + 2, edge(random))
  },
  dataOffsetAndFlags: ({ records }, random) => {
    writeByte(pick(records, random), RECORD_HEADER + 46 + random.below(2), random.below(256))
  },
  options: ({ records }, random) => {
    const record = pick(records, random)
    const at = RECORD_HEADER + 54 + random.below(40)
    writeByte(record, at, random.chance(0.5) ? random.below(35) : 253 + random.below(3))
    writeByte(record, at + 1, pick([0, 1, 2, 3, 10, 34, 40, 255], random))
  },
  shorten: ({ records }, random) => {
    const at = random.below(records.length)
    const length = RECORD_HEADER + random.below(records[at].length - RECORD_HEADER + 1)
    records[at] = records[at].subarray(0, length)
    records[at].writeUInt32LE(length - RECORD_HEADER, 8)
  },
}

/** What is done to the bytes of the file, whatever they mean. */
export const BYTE_MUTATIONS = {
  none: (bytes) => bytes,
  bits: (bytes, random) => {
    for (let flips = 1 + random.below(8); flips > 0; flips--) {
      bytes[random.below(bytes.length)] ^= 1 << random.below(8)
    }
    return bytes
  },
  word: (bytes, random) => {
    if (bytes.length >= 4) bytes.writeUInt32LE(edge(random), random.below(bytes.length - 3))
    return bytes
  },
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  take: (bytes, random) => {
    const from = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(64))])
  },
  insert: (bytes, random) => {
    const at = random.below(bytes.length)
    const noise = Buffer.from({ length: 1 + random.below(64) }, () => 0).map(() => random.below(256))
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
  },
}

function edge(random) {
  return random.chance(0.8) ? pick(EDGES, random) : pick(FAR_EDGES, random)
}

export function pick(list, random) {
  return list[random.below(list.length)]
}

function writeByte(record, at, value) {
  if (at < record.length) record[at] = value
}

function writeHalf(record, at, value) {
  if (at + 2 <= record.length) record.writeUInt16BE(value & 0xffff, at)
}
