// What each rule costs: one capture is audited with no rules, with each rule alone, and with all of them, every run in a
// process of its own on one core, round after round. Prints Markdown, ready for PERFORMANCE.md.
//
//   node bench/rules.js [--packets 1000000] [--connections 5000] [--seed 793] [--file FILE --packets N]
//                       [--rounds 5] [--core 0] [--only RULE,RULE]

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_SEED, defaultFile, generate } from './generate.js'
import { isInstalled, measuredRun, namesPacketCount } from './measured-run.js'

const NONE = 'no rules'
const ALL = 'all rules'
/** Exit codes of a run that has read the whole capture. */
const READ = [0, 1]

/** @param {string} path */
const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** @typedef {{ readonly id: string, readonly scope: string }} BuiltRule */

/** Those of the build that is measured. @returns {Promise<readonly BuiltRule[]>} */
async function builtRules() {
  const built = inProject('dist/audit/rules/index.js')
  if (!existsSync(built)) throw new Error('build first: npm run build')
  return (await import(built)).RULES
}

/** An audit with these rules only. @param {string} file @param {readonly BuiltRule[]} rules @param {ReadonlySet<string>} on */
function command(file, rules, on) {
  const off = rules.filter(({ id }) => !on.has(id)).map(({ id }) => `--rule=${id}=off`)
  return [process.execPath, inProject('bin/tcpaudit.js'), 'file', file, '--no-config', ...off]
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [below, above] = [sorted[middle - ((sorted.length + 1) % 2)], sorted[middle]]
  return (Number(below) + Number(above)) / 2
}

/**
 * Every round runs all of them, beginning with another one each time: what a minute of the machine adds, and what a run
 * leaves to the next, falls on all alike.
 * @param {ReadonlyMap<string, string[]>} commands @param {number} rounds @param {number} core
 */
function userSeconds(commands, rounds, core) {
  const names = [...commands.keys()]
  /** @type {Map<string, number[]>} */
  const seconds = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const first = Math.floor((round * names.length) / rounds)
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const run = measuredRun(commands.get(name) ?? [], { core, accept: READ })
      seconds.get(name)?.push(run.userSeconds)
      console.error(`round ${round + 1}/${rounds}  ${name.padEnd(28)}${run.userSeconds.toFixed(2)} s`)
    }
  }
  return seconds
}

/** ns per packet more than without rules. @param {number} seconds @param {number} none @param {number} packets */
const nanoseconds = (seconds, none, packets) => Math.round(((seconds - none) * 1e9) / packets)

/** @param {ReadonlyMap<string, readonly number[]>} seconds @param {readonly BuiltRule[]} rules @param {number} packets */
function printTable(seconds, rules, packets) {
  const none = median(seconds.get(NONE) ?? [])
  /** @param {string} name */
  const costs = (name) => (seconds.get(name) ?? []).map((one) => nanoseconds(one, none, packets))
  const rows = rules
    .filter(({ id }) => seconds.has(id))
    .map(({ id, scope }) => ({ name: id, scope, costs: costs(id) }))
    .sort((a, b) => median(b.costs) - median(a.costs))
  console.log('| rule | scope | ns per packet | range |')
  console.log('| --- | --- | ---: | ---: |')
  for (const { name, scope, costs: each } of [
    ...rows,
    { name: ALL, scope: '', costs: costs(ALL) },
    { name: NONE, scope: '', costs: costs(NONE) },
  ]) {
    console.log(
      `| ${name} | ${scope} | ${Math.round(median(each))} | ${Math.min(...each)} to ${Math.max(...each)} |`,
    )
  }
  const sum = rows.reduce((total, row) => total + median(row.costs), 0)
  console.log(
    `\nWithout rules a packet takes ${Math.round((none * 1e9) / packets)} ns, the start of the program included; the rules alone add up to ${Math.round(sum)} ns. Costs within the range of the last line are none that could be measured.`,
  )
}

async function main() {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '1000000' },
      connections: { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(DEFAULT_SEED) },
      file: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      core: { type: 'string', default: '0' },
      only: { type: 'string' },
    },
  })
  const [packets, connections, seed] = [values.packets, values.connections, values.seed].map(Number)
  const file = values.file ?? defaultFile(packets, connections, seed)
  if (!existsSync(file)) {
    console.error(`generating ${file}`)
    generate({ packets, connections, seed, file })
  }
  for (const program of ['taskset', '/usr/bin/time']) {
    if (!isInstalled(program)) throw new Error(`needs ${program}: user time of a process on one core`)
  }
  const rules = await builtRules()
  const only = values.only?.split(',') ?? rules.map(({ id }) => id)
  const unknown = only.filter((id) => !rules.some((rule) => rule.id === id))
  if (unknown.length > 0) throw new Error(`--only: no rule named ${unknown.join(', ')}`)
  const commands = new Map([
    [NONE, command(file, rules, new Set())],
    ...only.map((id) => /** @type {const} */ ([id, command(file, rules, new Set([id]))])),
    [ALL, command(file, rules, new Set(rules.map(({ id }) => id)))],
  ])
  // Everyone reads from the page cache, the first one too.
  readFileSync(file)
  if (!namesPacketCount(commands.get(ALL) ?? [], packets))
    throw new Error(`${file} has not ${packets} packets`)
  const seconds = userSeconds(commands, Number(values.rounds), Number(values.core))
  console.log(`\n${packets} packets, ${values.rounds} rounds in turn, user time on one core\n`)
  printTable(seconds, rules, packets)
}

await main()
