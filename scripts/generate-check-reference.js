import { readFileSync } from 'node:fs'
import { CAPTURE_NUMBERS } from '../dist/check/capture-numbers.js'
import { CHANCE_RULES } from '../dist/check/chance-rules.js'
import { METRICS } from '../dist/check/metrics.js'

const PAGE = 'docs/check.md'
const PART =
  /(<!-- from src\/check\/(\S+), by `npm run generate` -->\n\n).*?(<!-- what follows is written by hand -->)/gs

const ALONE = { total: 'the sum', each: 'every one', max: 'the greatest' }

/** The lists in docs/check.md of what can be expected. */
export function renderCheckReference() {
  const text = readFileSync(new URL(`../${PAGE}`, import.meta.url), 'utf8')
  const parts = {
    'metrics.ts': table(['number of connections', 'unit', 'alone it is', ''], METRICS, ({ alone, whole }) => [
      whole === undefined ? ALONE[alone] : 'the share of all',
    ]),
    'capture-numbers.ts': table(['number of the capture', 'unit', ''], CAPTURE_NUMBERS, () => []),
    'chance-rules.ts': `${CHANCE_RULES.map((id) => `[${id}](rules/${id}.md)`).join(', ')}.\n`,
  }
  return { [PAGE]: text.replace(PART, (_, begins, source, ends) => `${begins}${parts[source]}\n${ends}`) }
}

function table(heads, list, more) {
  const rows = list.map((one) => [`\`${one.name}\``, one.kind, ...more(one), one.says])
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
