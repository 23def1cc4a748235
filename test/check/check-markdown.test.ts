import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownCheck } from '../../src/check/check-markdown.ts'
import { type CheckRun, failedAssertions, isGood } from '../../src/check/check-result.ts'
import { markdownProse, markdownText } from '../../src/report/markdown-text.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { checked, checkRun, hostileRun, hostileText, passed } from '../support/check-builder.ts'
import { elements, githubHtml, keptText, plainText, spaced } from '../support/github-markdown.ts'

function textOf(run: CheckRun): string {
  return [...markdownCheck(run)].join('')
}

describe('--format markdown', () => {
  it('has what is not as expected first, with what was seen', () => {
    const run = checkRun({
      captures: [checked({ capture: 'fine.pcap', assertions: [passed()] }), checked()],
      unchecked: ['other.pcap'],
    })
    expect(
      textOf(run),
    ).toBe(`## ❌ tcpaudit check: 1 of 2 captures not as expected, 1 of 3 expectations not met

### captures/dump.pcap

| expectation | expected | seen | at | packets |
| --- | --- | --- | --- | --- |
| handshake.rttSeconds.p99 | at most 50 ms | 213 ms | captures/dump.expect.yaml:7 | 12: SYN-ACK of 10.0.0.9:443 after 213 ms |

To see more:

\`\`\`sh
tcpaudit file dump.pcap --connection 10
\`\`\`

### As expected

| capture | expectations |
| --- | --- |
| fine.pcap | 1 expectation |

### Nothing is expected of

- other.pcap
`)
  })

  it('says why something cannot be read', () => {
    const problem = { message: 'captures/cut.pcap: cut off in packet 5', exitCode: 4, line: null }
    expect(textOf(checkRun({ captures: [checked({ problem, assertions: [] })] }))).toContain(
      '\n### captures/dump.pcap\n\ncaptures/cut.pcap: cut off in packet 5\n',
    )
  })
})

describe.runIf(isAvailable('cmark-gfm', hasCommand('cmark-gfm')))('as GitHub shows it', () => {
  const SHOWN = [
    'h2',
    'h3',
    'p',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'br',
    'pre',
    'code',
    'ul',
    'li',
  ]

  it('foreign text is text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = githubHtml(`before ${markdownText(text)}\n`)
        expect(elements(shown)).toEqual(['p'])
        expect(spaced(plainText(shown))).toBe(keptText(`before ${text}`))
        const cell = githubHtml(`| a | b |\n| --- | --- |\n| ${markdownText(text)} | c |\n`)
        expect(spaced(plainText(cell.split('<td>')[1]?.split('</td>')[0] ?? ''))).toBe(keptText(text))
      }),
    )
  })

  it('sentences have code, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 3 }), (texts) => {
        const shown = githubHtml(`before ${markdownProse(texts.join('`'))}\n`)
        expect(elements(shown).filter((name) => name !== 'p' && name !== 'code')).toEqual([])
      }),
    )
    const shown = githubHtml(markdownProse('run `ss -tan | grep *`, then *look*'))
    expect(shown).toBe('<p>run <code>ss -tan | grep *</code>, then *look*</p>\n')
  })

  it('a report has no elements but its own, and a row for each failure', () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        const shown = githubHtml(textOf(run))
        expect(elements(shown).filter((name) => !SHOWN.includes(name))).toEqual([])
        const failed = run.captures.reduce((sum, one) => sum + failedAssertions(one).length, 0)
        const rows = shown.split('<tr>').length - shown.split('<thead>').length
        expect(rows).toBe(failed + run.captures.filter(isGood).length)
        expect(shown.split('<li>').length - 1).toBe(run.unchecked.length)
      }),
    )
  })
})

describe('the check itself', () => {
  it('has a converter that makes markup of what is not escaped', () => {
    if (spawnSync('cmark-gfm', ['--version']).status !== 0) return
    expect(elements(githubHtml('**a** [b](c) https://example.org <i>d</i>\n'))).toEqual([
      'p',
      'strong',
      'a',
      'i',
    ])
  })
})
