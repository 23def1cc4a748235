// Times tcpaudit against other programs on the same capture, in turn, round after round, and compares the medians.
// Prints Markdown, ready for PERFORMANCE.md.
//
//   node bench/compare.js [--packets 4000000] [--connections 20000] [--seed 793] [--file FILE]
//                         [--rounds 3] [--one-core] [--only tcpaudit,tcpdump]

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_SEED, defaultFile, generate } from './generate.js'
import { isInstalled, measuredRun, namesPacketCount } from './measured-run.js'

/** @param {string} path */
const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/**
 * `target` is how many times this program's speed tcpaudit should reach.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} what
 * @property {(file: string) => string[]} command
 * @property {number} [target]
 * @property {string} [needs] file that must exist, if not a program on the path
 * @property {readonly number[]} [accept] exit codes other than 0 that are fine
 * @property {boolean} [countsPackets] prints the number of packets: checked before the first round
 */

const TCPAUDIT = 'tcpaudit'
const ONE_CORE = 0
const MILLION = 1e6
const PACKETS_PER_SECOND = 2 * MILLION
const PEAK_MEBIBYTES = 600

/** @type {readonly Contestant[]} */
const CONTESTANTS = [
  {
    name: TCPAUDIT,
    what: 'every rule, table of connections and findings',
    command: (file) => [process.execPath, inProject('bin/tcpaudit.js'), 'file', file],
    needs: inProject('dist/cli/main.js'),
    accept: [0, 1],
    countsPackets: true,
  },
  {
    name: 'tcpaudit-json',
    what: 'every rule, JSON document of every connection',
    command: (file) => [
      process.execPath,
      inProject('bin/tcpaudit.js'),
      'file',
      file,
      '--json',
      '-o',
      '/dev/null',
    ],
    needs: inProject('dist/cli/main.js'),
    accept: [0, 1],
  },
  firstSteps('read', 'only reads the records, by tcpaudit’s own reader'),
  firstSteps('decode', 'and decodes them'),
  firstSteps('find', 'and finds the row of each connection'),
  {
    name: 'tcpdump',
    what: 'copies every packet, looks at none',
    command: (file) => ['tcpdump', '-r', file, '-w', '/dev/null'],
    target: 0.35,
  },
  {
    name: 'tcptrace',
    what: 'one line per connection',
    command: (file) => ['tcptrace', '-n', file],
    target: 8,
  },
  {
    name: 'argus',
    what: 'binary flow records, not yet merged or printed',
    command: (file) => ['argus', '-X', '-r', file, '-w', '/dev/null'],
    target: 2.5,
  },
  {
    name: 'tshark',
    what: 'one line per connection, full dissection',
    command: (file) => ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', file],
    target: 15,
  },
  {
    name: 'pcap-parser',
    what: 'counts packets, looks at none',
    command: (file) => [process.execPath, inProject('bench/pcap-parser-loop.js'), file],
    needs: inProject('node_modules/pcap-parser/package.json'),
    countsPackets: true,
  },
]

/** What tcpaudit cannot do without, by itself. @param {string} step @param {string} what @returns {Contestant} */
function firstSteps(step, what) {
  return {
    name: `steps-${step}`,
    what,
    command: (file) => [process.execPath, inProject('bench/first-steps.js'), step, file],
    needs: inProject('dist/cli/main.js'),
    countsPackets: true,
  }
}

/** @param {Contestant} contestant */
function isAvailable(contestant) {
  return contestant.needs === undefined ? isInstalled(contestant.name) : existsSync(contestant.needs)
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** @param {number} value @param {number} digits */
function number(value, digits) {
  return Number.isNaN(value) ? '-' : value.toFixed(digits)
}

/**
 * Interleaved, so that a slow minute of the machine falls on all of them.
 * @param {readonly Contestant[]} contestants @param {string} file @param {number} rounds @param {boolean} isPinned
 */
function runRounds(contestants, file, rounds, isPinned) {
  /** @type {Map<Contestant, import('./measured-run.js').Measurement[]>} */
  const runs = new Map(contestants.map((contestant) => [contestant, []]))
  const core = isPinned ? ONE_CORE : undefined
  for (let round = 1; round <= rounds; round++) {
    for (const [contestant, measurements] of runs) {
      const run = measuredRun(contestant.command(file), { core, accept: contestant.accept ?? [0] })
      measurements.push(run)
      console.error(`round ${round}/${rounds}  ${contestant.name.padEnd(14)}${run.seconds.toFixed(2)} s`)
    }
  }
  return [...runs].map(([contestant, measurements]) => ({
    contestant,
    seconds: median(measurements.map((run) => run.seconds)),
    slowest: Math.max(...measurements.map((run) => run.seconds)),
    fastest: Math.min(...measurements.map((run) => run.seconds)),
    cpuSeconds: median(measurements.map((run) => run.cpuSeconds)),
    peakMebibytes: median(measurements.map((run) => run.peakMebibytes)),
  }))
}

/** @typedef {ReturnType<typeof runRounds>[number]} Result */

/** @param {readonly Result[]} results @param {number} packets */
function printTable(results, packets) {
  const subject = results.find((result) => result.contestant.name === TCPAUDIT)
  console.log(
    '| program | does | seconds (range) | M packets/s | CPU s | peak MiB | tcpaudit is | target | verdict |',
  )
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |')
  for (const result of results) {
    const { name, what, target } = result.contestant
    const ratio = subject === undefined || result === subject ? Number.NaN : result.seconds / subject.seconds
    const cells = [
      name,
      what,
      `${number(result.seconds, 2)} (${number(result.fastest, 2)}-${number(result.slowest, 2)})`,
      number(packets / MILLION / result.seconds, 2),
      number(result.cpuSeconds, 2),
      number(result.peakMebibytes, 0),
      Number.isNaN(ratio) ? '-' : `${number(ratio, 2)} x`,
      target === undefined ? '-' : `${target} x`,
      target === undefined || Number.isNaN(ratio) ? '-' : verdict(ratio >= target),
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}

/** @param {Result} subject @param {number} packets @param {number} connections @param {boolean} isPinned */
function printAbsoluteTargets(subject, packets, connections, isPinned) {
  const speed = packets / subject.seconds
  const where = isPinned ? 'on one core' : 'not pinned to one core'
  console.log(
    `\n- ${number(speed / MILLION, 2)} M packets/s ${where}, target ${PACKETS_PER_SECOND / MILLION}: ` +
      verdict(speed >= PACKETS_PER_SECOND),
  )
  if (connections < MILLION || Number.isNaN(subject.peakMebibytes)) return
  console.log(
    `- ${number(subject.peakMebibytes, 0)} MiB for ${connections} concurrent connections, ` +
      `target ${PEAK_MEBIBYTES}: ${verdict(subject.peakMebibytes <= PEAK_MEBIBYTES)}`,
  )
}

/** @param {boolean} isPassed */
function verdict(isPassed) {
  return isPassed ? 'pass' : 'missed'
}

function main() {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '4000000' },
      connections: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      file: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      'one-core': { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  const packets = Number(values.packets)
  const connections = Number(values.connections)
  const seed = Number(values.seed)
  const file = values.file ?? defaultFile(packets, connections, seed)
  if (!existsSync(file)) {
    console.error(`generating ${file}`)
    generate({ packets, connections, seed, file })
  }
  const only = values.only?.split(',')
  const unknown = only?.filter((name) => !CONTESTANTS.some((contestant) => contestant.name === name)) ?? []
  if (unknown.length > 0) throw new Error(`--only: no program named ${unknown.join(', ')}`)
  const wanted = CONTESTANTS.filter((contestant) => only === undefined || only.includes(contestant.name))
  const present = wanted.filter(isAvailable)
  const isPinned = values['one-core']
  if (isPinned && !isInstalled('taskset')) throw new Error('--one-core needs taskset')
  // Everyone reads from the page cache, the first one too.
  spawnSync('sh', ['-c', 'cat "$1" > /dev/null', 'sh', file])
  for (const { name, command, countsPackets } of present) {
    if (countsPackets && !namesPacketCount(command(file), packets))
      throw new Error(`${name} did not read ${file}`)
  }
  const results = runRounds(present, file, Number(values.rounds), isPinned)
  const place = isPinned ? 'all pinned to one core' : 'free to use every core'
  console.log(
    `\n${packets} packets, ${connections} connections at a time; ${values.rounds} rounds, ${place}\n`,
  )
  printTable(results, packets)
  const subject = results.find((result) => result.contestant.name === TCPAUDIT)
  if (subject !== undefined) printAbsoluteTargets(subject, packets, connections, isPinned)
  const missing = wanted.filter((contestant) => !present.includes(contestant))
  if (missing.length > 0)
    console.log(`\nNot measured, not there: ${missing.map(({ name }) => name).join(', ')}`)
}

main()
