// What reading a capture costs before anything is decoded, by size of the read: `read` only copies the file into the
// buffer, `walk` also goes from record header to record header and reads a few header bytes of each packet.
//
//   node bench/reading.js [--file FILE] [--rounds 3]

import { closeSync, openSync, readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DEFAULT_SEED, defaultFile } from './generate.js'

const KIBIBYTE = 1024
const SIZES = [64, 256, 512, 1024, 2048, 4096, 16384]
const FILE_HEADER = 24
const RECORD_HEADER = 16
const LARGEST_RECORD = 65536

/** @param {string} file @param {number} size */
function readOnly(file, size) {
  const descriptor = openSync(file, 'r')
  const bytes = new Uint8Array(size)
  let total = 0
  for (let got = readSync(descriptor, bytes); got > 0; got = readSync(descriptor, bytes)) total += got
  closeSync(descriptor)
  return total
}

/** The rest of a record that a read cut off moves to the front of the buffer. @param {string} file @param {number} size */
function walkRecords(file, size) {
  const descriptor = openSync(file, 'r')
  const bytes = new Uint8Array(size + LARGEST_RECORD)
  const view = new DataView(bytes.buffer)
  let packets = 0
  let mixed = 0
  let end = readSync(descriptor, bytes, 0, size, null)
  let at = FILE_HEADER
  for (;;) {
    while (at + RECORD_HEADER <= end) {
      const length = view.getUint32(at + 8, true)
      if (at + RECORD_HEADER + length > end) break
      const ip = at + RECORD_HEADER + 14
      mixed = (mixed + view.getInt32(ip + 12) + view.getInt32(ip + 16) + view.getInt32(ip + 24)) | 0
      packets++
      at += RECORD_HEADER + length
    }
    bytes.copyWithin(0, at, end)
    end -= at
    at = 0
    const got = readSync(descriptor, bytes, end, size, null)
    if (got === 0) break
    end += got
  }
  closeSync(descriptor)
  return { packets, mixed }
}

/** @param {() => unknown} work @param {number} rounds */
function fastest(work, rounds) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint()
    work()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9)
  }
  return best
}

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: defaultFile(4_000_000, 20_000, DEFAULT_SEED) },
    rounds: { type: 'string', default: '3' },
  },
})
const rounds = Number(values.rounds)
const { packets } = walkRecords(values.file, 1024 * KIBIBYTE)
console.log(`${packets} packets, fastest of ${rounds} rounds, ns/packet`)
console.log('| KiB a read | read | walk |')
console.log('| ---: | ---: | ---: |')
for (const kibibytes of SIZES) {
  const size = kibibytes * KIBIBYTE
  const read = (fastest(() => readOnly(values.file, size), rounds) / packets) * 1e9
  const walk = (fastest(() => walkRecords(values.file, size), rounds) / packets) * 1e9
  console.log(`| ${kibibytes} | ${read.toFixed(0)} | ${walk.toFixed(0)} |`)
}
