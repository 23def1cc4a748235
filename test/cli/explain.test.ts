import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import { validDocument } from '../support/json-schema.ts'
import { runCli, runMain } from '../support/run-cli.ts'

const linesOf = (text: string) => text.split('\n')

describe('tcpaudit explain', () => {
  it('lists every rule with its severity and what it sees, in 80 columns', async () => {
    const { code, stdout, stderr } = await runMain(['explain'])
    expect([code, stderr]).toEqual([0, ''])
    for (const { id, severity } of RULES) expect(stdout).toMatch(new RegExp(`^  ${severity} +${id} `, 'm'))
    expect(linesOf(stdout).filter((line) => textWidth(line) > 80)).toEqual([])
  })

  it('shows the severity that is in force', async () => {
    const { stdout } = await runMain(['explain', '--rule', 'scan=off', '--rule', 'half-close=critical'])
    expect(stdout).toMatch(/^ {2}off +scan /m)
    expect(stdout).toMatch(/^ {2}critical +half-close /m)
  })

  it('colours it only where that is wanted', async () => {
    const colored = await runMain(['explain'], { FORCE_COLOR: '1' })
    expect(colored.stdout).toContain('\u001b[')
    for (const env of [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }]) {
      expect((await runMain(['explain'], env)).stdout).not.toContain('\u001b[')
    }
    expect((await runMain(['explain', '--no-color'], { FORCE_COLOR: '1' })).stdout).not.toContain('\u001b[')
  })

  it('prints the metadata as JSON', async () => {
    const { stdout } = await runMain(['explain', '--json'])
    const { rules } = validDocument(stdout) as { rules: { id: string }[] }
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id))
  })
})

describe('tcpaudit explain RULE', () => {
  it.each(RULES.map(({ id }) => id))('prints the page of %s without marks', async (id) => {
    const { code, stdout } = await runMain(['explain', id])
    expect(code).toBe(0)
    expect(linesOf(stdout)[0]).toBe(id)
    const prose = linesOf(stdout).filter((line) => !/^ {2}.*(--|~~|\+\d)/.test(line))
    expect(prose.filter((line) => textWidth(line) > 80)).toEqual([])
    expect(prose.filter((line) => /^#|^\||```|<!--|\*\*|\]\(|[\u2061\u2062]/.test(line))).toEqual([])
    expect(stdout).toContain('What to look at next')
  })

  it('prints its metadata as JSON', async () => {
    const { stdout } = await runMain(['explain', 'close-wait-leak', '--json'])
    expect(validDocument(stdout)).toMatchObject({
      rules: [
        { id: 'close-wait-leak', severity: 'notice', options: [{ name: 'patience', default: 10 }, {}, {}] },
      ],
    })
  })

  it.each([
    ['handshake-refuesd', "there is no rule 'handshake-refuesd': did you mean handshake-refused?"],
    ['close-wait', "there is no rule 'close-wait': did you mean close-wait-leak?"],
    ['xyz', "there is no rule 'xyz': 'tcpaudit explain' lists the rules"],
  ])('says in a line that there is no %s, and what is near', async (id, text) => {
    expect(await runMain(['explain', id])).toEqual({ code: 2, stdout: '', stderr: `tcpaudit: ${text}\n` })
  })

  it('finds the pages from what is built', async () => {
    const { code, stdout } = await runCli(['explain', 'reset-injected'])
    expect(code).toBe(0)
    expect(stdout).toContain('What it means')
  })
})
