#!/usr/bin/env node
// Writes what is derived from the one list of each concept. `--check` writes nothing and fails on drift.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderCheckReference } from './generate-check-reference.js'
import { renderConfigSchema } from './generate-config-schema.js'
import { renderExpectSchema } from './generate-expect-schema.js'
import { renderHostSettings } from './generate-host-settings.js'
import { renderLibraryPage } from './generate-library-page.js'
import { renderRowCursors } from './generate-rows.js'
import { renderRuleIndex } from './generate-rule-index.js'
import { renderRulePages } from './generate-rule-pages.js'
import { renderSchemas } from './generate-schema.js'
import { renderStateMachine } from './generate-state-machine.js'
import { renderTrackerEvents } from './generate-tracker-events.js'

const root = new URL('..', import.meta.url)
const outputs = {
  ...renderCheckReference(),
  ...renderConfigSchema(),
  ...renderExpectSchema(),
  ...renderHostSettings(),
  ...renderLibraryPage(),
  ...renderRowCursors(),
  ...renderRuleIndex(),
  ...(await renderRulePages()),
  ...renderSchemas(),
  ...renderStateMachine(),
  ...renderTrackerEvents(),
}
const check = process.argv.includes('--check')
let drifted = 0
for (const [path, text] of Object.entries(outputs)) {
  const file = new URL(path, root)
  let present = ''
  try {
    present = readFileSync(file, 'utf8')
  } catch {}
  if (present === text) continue
  drifted++
  if (check) console.error(`${path} is not what its source list says: run npm run generate`)
  else {
    writeFileSync(file, text)
    console.log(`wrote ${fileURLToPath(file)}`)
  }
}
if (check && drifted > 0) process.exitCode = 1
