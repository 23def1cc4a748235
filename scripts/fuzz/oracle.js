import { readFileSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { Ajv } from 'ajv'
import { main } from '../../dist/cli/main.js'

const schemaOf = (name) =>
  new Ajv().compile(JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url))))
const validators = {
  report: schemaOf('report'),
  connection: schemaOf('connection'),
  stream: schemaOf('stream'),
}

/** The ways to ask for a report, used in turn. */
export const REPORTS = [
  { args: [] },
  { args: ['--json'], schema: 'report' },
  { args: ['--all'] },
  { args: ['--connection', '1'] },
  { args: ['--as-of', '+0.5', '--json'], schema: 'report' },
  { args: ['--connection', '1', '--json'], schema: 'connection' },
  { args: ['--vlan'] },
  { args: ['--json'], schema: 'report', twice: true },
  { args: ['--ndjson'], schema: 'stream' },
]

/** What a terminal would act on; line breaks are ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** Audits the bytes by way of the file `path`; `fault` says what must not be, undefined if all is as it must be. */
export async function audit(bytes, report, path) {
  writeFileSync(path, bytes)
  const said = { stdout: '', stderr: '' }
  const sink = (name) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        said[name] += chunk
        done()
      },
    })
  const stdio = { stdout: sink('stdout'), stderr: sink('stderr'), env: {} }
  const captures = report.twice === true ? [path, path] : [path]
  const code = await main(['file', ...captures, ...report.args, '--no-color'], stdio)
  return { code, fault: faultOf(code, said, report) }
}

/** One line of stderr for each capture that was cut. */
const LINES = /^(?:tcpaudit: [^\n]+\n){1,2}$/
const LINE = /^tcpaudit: [^\n]+\n$/

function faultOf(code, { stdout, stderr }, { args, schema, twice }) {
  const isAbsent = code === 2 && args.includes('--connection') && /: there (is|are) no /.test(stderr)
  if (![0, 3, 4].includes(code) && !isAbsent) return `exit code ${code}: ${stderr.trim()}`
  const isSaid = (twice === true ? LINES : LINE).test(stderr)
  if (code === 0 ? stderr !== '' : !isSaid) return `stderr: ${stderr}`
  if (UNPRINTABLE.test(stdout) || UNPRINTABLE.test(stderr)) return 'characters that a terminal acts on'
  if (/\bNaN\b|\bundefined\b|\bInfinity\b/.test(stdout)) return 'a number that is none in the report'
  if (schema === undefined || stdout === '') return undefined
  try {
    const documents = schema === 'stream' ? stdout.trimEnd().split('\n') : [stdout]
    const isValid = documents.every((text) => validators[schema](JSON.parse(text)))
    return isValid ? undefined : `not as the schema says: ${JSON.stringify(validators[schema].errors[0])}`
  } catch (error) {
    return `no JSON: ${error.message}`
  }
}

/** The bytes with everything left out that the fault does not need. */
export async function minimised(bytes, report, path, fault) {
  const kind = fault.slice(0, 40)
  let least = bytes
  for (let chunk = bytes.length >> 1; chunk >= 1; chunk >>= 1) {
    for (let at = 0; at + chunk <= least.length; ) {
      const less = Buffer.concat([least.subarray(0, at), least.subarray(at + chunk)])
      const { fault: found } = await audit(less, report, path)
      if (found?.slice(0, 40) === kind) least = less
      else at += chunk
    }
  }
  return least
}
