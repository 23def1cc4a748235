#!/usr/bin/env node
// Looks at the package as npm would publish it: what publint and attw say of it, what is in it, how large it is. Asks nobody.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** What may be in it, and how much of it, in bytes as packed. */
const MAY_HOLD =
  /^(?:(?:package\.json|README\.md|LICENSE)$|bin\/tcpaudit\.js$|contrib\/|docs\/.*\.md$|examples\/.*\.(?:mjs|ts|pcap|yaml|yml|md|json)$|schema\/.*\.json$|dist\/(?:bundled\/[\w-]+\.js|.*\.d\.ts)$)/
const MOST_BYTES = 1_000_000

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-package-'))
try {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const [{ filename, files, size }] = JSON.parse(packed)
  const strangers = files.map(({ path }) => path).filter((path) => !MAY_HOLD.test(path))
  if (strangers.length > 0) fail(`does not belong into the package: ${strangers.join(', ')}`)
  if (size > MOST_BYTES) fail(`the package has ${size} bytes, ${MOST_BYTES} at most`)
  const tarball = join(folder, filename)
  run('publint', ['--strict', tarball])
  run('attw', ['--profile', 'esm-only', '--format', 'ascii', tarball])
} finally {
  rmSync(folder, { recursive: true })
}

/** A program of a development dependency; it speaks where it finds something. */
function run(name, args) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', name), args, {
    encoding: 'utf8',
  })
  if (status !== 0) fail(`${name} says:\n${stdout}${stderr}`)
}

function fail(text) {
  console.error(text)
  process.exitCode = 1
}
