import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GNU_TIME = '/usr/bin/time'

/**
 * @typedef {object} Measurement
 * @property {number} seconds wall time, start of the process included
 * @property {number} userSeconds time in the program itself; NaN without GNU time
 * @property {number} cpuSeconds user and system; NaN without GNU time
 * @property {number} peakMebibytes peak resident memory; NaN without GNU time
 */

/**
 * Runs one command to its end with its output thrown away.
 * @param {readonly string[]} command
 * @param {{ core: number | undefined, accept: readonly number[] }} options a core to pin it to; exit codes that are fine
 * @returns {Measurement}
 */
export function measuredRun(command, { core, accept }) {
  const scratch = mkdtempSync(join(tmpdir(), 'tcpaudit-bench-'))
  const figures = join(scratch, 'time')
  const complaints = join(scratch, 'stderr')
  const hasTime = existsSync(GNU_TIME)
  const words = [
    ...(core === undefined ? [] : ['taskset', '-c', String(core)]),
    ...(hasTime ? [GNU_TIME, '-q', '-o', figures, '-f', '%U %S %M'] : []),
    ...command,
  ]
  try {
    // A file, not a pipe: reading what a talkative program says must not slow it down.
    const stderr = openSync(complaints, 'w')
    const start = process.hrtime.bigint()
    const result = spawnSync(words[0], words.slice(1), { stdio: ['ignore', 'ignore', stderr] })
    const seconds = Number(process.hrtime.bigint() - start) / 1e9
    closeSync(stderr)
    if (result.error !== undefined) throw result.error
    if (result.status === null || !accept.includes(result.status)) {
      const status = result.status ?? result.signal
      throw new Error(
        `${command.join(' ')}: exit ${status}\n${readFileSync(complaints, 'utf8').slice(0, 2000)}`,
      )
    }
    const [user, system, kibibytes] = hasTime
      ? readFileSync(figures, 'utf8').trim().split(/\s+/).map(Number)
      : []
    return {
      seconds,
      userSeconds: hasTime ? user : Number.NaN,
      cpuSeconds: hasTime ? user + system : Number.NaN,
      peakMebibytes: hasTime ? kibibytes / 1024 : Number.NaN,
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/**
 * Whether a command really reads the capture: its output has to name the number of packets, with or without thousands
 * separators. A program that dies at once would otherwise look fast, since Node exits with 1 for that and so does
 * tcpaudit for findings.
 * @param {readonly string[]} command @param {number} packets
 */
export function namesPacketCount(command, packets) {
  const { stdout } = spawnSync(command[0], command.slice(1), { maxBuffer: 1 << 30 })
  return new RegExp(String(packets).replace(/(?!^)(?=(\d{3})+$)/g, '[,._ ]?')).test(stdout.toString('latin1'))
}

/** @param {string} program */
export function isInstalled(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0
}
