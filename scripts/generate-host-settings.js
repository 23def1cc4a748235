import { readFileSync } from 'node:fs'
import { profileTable } from '../dist/report/host-settings-page.js'

const PAGE = 'docs/configuration.md'
const TABLE =
  /(<!-- from src\/tracker\/host-profile.ts, by `npm run generate` -->\n\n).*?(<!-- what follows is written by hand -->)/s

/** The table of the settings of hosts in docs/configuration.md. */
export function renderHostSettings() {
  const text = readFileSync(new URL(`../${PAGE}`, import.meta.url), 'utf8')
  return { [PAGE]: text.replace(TABLE, (_, begins, ends) => `${begins}${profileTable()}\n${ends}`) }
}
