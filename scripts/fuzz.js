#!/usr/bin/env node
// Audits mutants of the fixtures in this process, with every kind of report in turn: `npm run fuzz -- --mutants 20000
// --seed 1`. Whatever is in a capture, the answer is a report or one line. Fails if it is not, and keeps the mutant, as
// small as it gets, for fixtures/regressions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { Random } from '../bench/random.js'
import { excerpt, joinPcap, joinPcapng, loadCaptures } from './fuzz/capture-parts.js'
import { BYTE_MUTATIONS, pick, RECORD_MUTATIONS } from './fuzz/mutations.js'
import { audit, minimised, REPORTS } from './fuzz/oracle.js'

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
})
const mutants = Number(values.mutants)
/** A long run says now and then how far it is. */
const PROGRESS = 25_000
const captures = loadCaptures(new URL('../fixtures', import.meta.url).pathname)
const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-fuzz-'))
const path = join(folder, 'mutant.pcap')
const progress = watch(path)

const codes = new Map()
const faults = new Map()
let slowest = { time: 0, mutant: 0 }
const start = performance.now()
for (let mutant = 1; mutant <= mutants; mutant++) {
  progress[0] = mutant
  // Each mutant has a seed of its own, so that one alone can be made again.
  const { bytes, name } = makeMutant(new Random(Number(values.seed) * 1_000_003 + mutant))
  const report = REPORTS[mutant % REPORTS.length]
  const begun = performance.now()
  const { code, fault } = await audit(bytes, report, path)
  const time = performance.now() - begun
  codes.set(code, (codes.get(code) ?? 0) + 1)
  if (time > slowest.time) slowest = { time, mutant, name, size: bytes.length }
  if (fault !== undefined) await keep(fault, bytes, report, mutant, name)
  if (mutant % PROGRESS === 0) console.log(`${mutant} mutants, ${countsText()}`)
}
const seconds = (performance.now() - start) / 1000

console.log(
  `${mutants} mutants of ${captures.length} captures in ${seconds.toFixed(0)} s, seed ${values.seed}`,
)
console.log(countsText())
console.log(
  `slowest: mutant ${slowest.mutant} of ${slowest.name}, ${slowest.size} bytes, ${slowest.time.toFixed(0)} ms`,
)
console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
console.log(`faults: ${[...faults.values()].reduce((sum, { count }) => sum + count, 0)}`)
for (const [fault, { count, kept }] of faults) console.log(`  ${count} times, first in ${kept}: ${fault}`)
if (faults.size === 0) rmSync(folder, { recursive: true })
process.exit(faults.size === 0 ? 0 : 1)

function countsText() {
  const counts = [...codes].sort().map(([code, count]) => `${code} ${count} times`)
  return `exit codes: ${counts.join(', ')}`
}

function makeMutant(random) {
  const source = pick(captures, random)
  const parts = excerpt(source, random)
  const mutations = Object.values(RECORD_MUTATIONS)
  for (let rounds = random.below(5); rounds > 0; rounds--) {
    pick(mutations, random)(parts, random, excerpt(pick(captures, random), random))
  }
  const plain = random.chance(0.6) ? joinPcap(parts) : joinPcapng(parts)
  const whole = random.chance(0.1) ? compressed(plain, random) : plain
  return { bytes: pick(Object.values(BYTE_MUTATIONS), random)(whole, random), name: source.name }
}

/** By gzip, or as a frame of zstd whose blocks are stored: what zstd compresses is mutated by a test of its decoder. */
function compressed(plain, random) {
  if (random.chance(0.5)) return gzipSync(plain, { level: 1 })
  const parts = [Buffer.from('28b52ffd0058', 'hex')]
  for (let at = 0; at < plain.length || at === 0; ) {
    const length = Math.min(plain.length - at, 1 + random.below(100_000))
    const header = Buffer.alloc(3)
    header.writeUIntLE(length * 8 + (at + length === plain.length ? 1 : 0), 0, 3)
    parts.push(header, plain.subarray(at, at + length))
    at += Math.max(1, length)
  }
  return Buffer.concat(parts)
}

async function keep(fault, bytes, report, mutant, name) {
  const kind = fault.slice(0, 40)
  const known = faults.get(kind)
  if (known !== undefined) {
    known.count++
    return
  }
  const kept = join(folder, `fault-${faults.size + 1}.pcap`)
  writeFileSync(kept, bytes)
  faults.set(kind, { count: 1, kept })
  console.log(`mutant ${mutant} of ${name}, ${report.args.join(' ')}: ${fault}`)
  writeFileSync(kept, await minimised(bytes, report, path, fault))
}

/** A mutant that is not done within a minute hangs: says so from another thread, and ends the run. */
function watch(file) {
  const counter = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    const { workerData } = require('node:worker_threads')
    let last = -1
    setInterval(() => {
      if (workerData.counter[0] === last) {
        require('node:fs').writeSync(2, 'mutant ' + last + ' hangs: ' + workerData.file + '\\n')
        process.kill(process.pid, 'SIGKILL')
      }
      last = workerData.counter[0]
    }, 60000)`
  new Worker(code, { eval: true, workerData: { counter, file } }).unref()
  return counter
}
