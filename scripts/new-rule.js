#!/usr/bin/env node
// Begins a rule: its file, words, cases and page, and whatever is generated from them.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { newRuleFiles } from './new-rule-files.js'

const root = new URL('..', import.meta.url)
const CHOICES = {
  scope: ['connection', 'host', 'capture'],
  category: ['opening', 'open', 'closing', 'capture'],
  severity: ['info', 'notice', 'warning', 'error', 'critical'],
}

function fail(text) {
  console.error(`new-rule: ${text}`)
  process.exit(2)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scope: { type: 'string' }, category: { type: 'string' }, severity: { type: 'string' } },
})
const [id = ''] = positionals
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) fail(`give a name such as fin-wait-stuck, not '${id}'`)
for (const [name, allowed] of Object.entries(CHOICES)) {
  if (!allowed.includes(values[name])) fail(`--${name} is one of ${allowed.join(', ')}`)
}
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const since = version.replace(/(\d+)\.\d+$/, (_, minor) => `${Number(minor) + 1}.0`)
const files = newRuleFiles({ id, since, ...values })
for (const path of Object.keys(files)) if (existsSync(new URL(path, root))) fail(`${path} is there already`)
for (const [path, text] of Object.entries(files)) {
  writeFileSync(new URL(path, root), text)
  console.log(`wrote ${path}`)
}
execFileSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' })
console.log(`next: write them, and run npx vitest run test/audit -t ${id}`)
