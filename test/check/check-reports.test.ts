import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT_FINDINGS, EXIT_INCOMPLETE, EXIT_UNREADABLE, EXIT_USAGE } from '../../src/cli/exit-codes.ts'
import { expectGolden } from '../support/golden.ts'
import { ROOT } from '../support/project-root.ts'
import { runCli } from '../support/run-cli.ts'

const KERNEL = join(ROOT, 'fixtures/kernel')

/** A folder as somebody would have it: captures with what is expected of them beside. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-check-'))
  cpSync(join(ROOT, 'fixtures/check'), folder, { recursive: true })
  for (const name of [
    'forged-rst-exact.pcap',
    'close-wait-thousand.pcap.gz',
    'zero-window-for-seconds.pcap',
  ]) {
    copyFileSync(join(KERNEL, name), join(folder, name))
  }
  copyFileSync(join(KERNEL, 'refused.pcap'), join(folder, 'refused.pcap'))
  copyFileSync(join(KERNEL, 'refused.expect.yaml'), join(folder, 'refused.expect.yaml'))
  copyFileSync(join(KERNEL, 'refused.pcap'), join(folder, 'misspelt.pcap'))
  copyFileSync(join(KERNEL, 'refused.pcap'), join(folder, 'unexpected.pcap'))
  // Cut in its last packet.
  const cut = join(folder, 'cut.pcap')
  const whole = join(KERNEL, 'refused.pcap')
  writeFileSync(cut, readFileSync(whole).subarray(0, -3))
  writeFileSync(join(folder, 'cut.expect.yaml'), 'connections: 1\n')
  writeFileSync(join(folder, 'text.pcap'), 'no capture\n')
  writeFileSync(join(folder, 'text.expect.yaml'), 'connections: 1\n')
  writeFileSync(join(folder, 'gone.expect.yaml'), 'connections: 1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('what check says', () => {
  it.each([
    ['forged', 80, EXIT_FINDINGS, 'check forged-rst-exact.pcap'],
    ['forged-wide', 120, EXIT_FINDINGS, 'check forged-rst-exact.pcap refused.pcap'],
    ['thousand', 80, EXIT_FINDINGS, 'check close-wait-thousand.pcap.gz --rule close-wait-leak.patience=1s'],
    ['zero-window', 80, EXIT_FINDINGS, 'check zero-window-for-seconds.pcap'],
    ['folder', 80, EXIT_USAGE, 'check .'],
    ['met', 80, 0, 'check refused.pcap'],
    ['json', 80, EXIT_FINDINGS, 'check zero-window-for-seconds.pcap refused.pcap --json'],
    ['cut', 80, EXIT_INCOMPLETE, 'check cut.pcap'],
    ['unreadable', 80, EXIT_UNREADABLE, 'check text.pcap cut.pcap nowhere.pcap'],
  ] as const)('%s', async (name, width, code, command) => {
    const run = await runCli(command.split(' '), { COLUMNS: String(width) }, folder)
    expectGolden(`check/${name}`, `COLUMNS=${width} tcpaudit ${command}`, `${run.stdout}${run.stderr}`)
    expect(run.code).toBe(code)
  })

  it('is in colour where that is wanted, and nothing else is different', async () => {
    const args = ['check', 'forged-rst-exact.pcap', 'refused.pcap']
    const plain = await runCli(args, {}, folder)
    const coloured = await runCli(args, { FORCE_COLOR: '1' }, folder)
    expect(coloured.stdout).toContain('\x1b[32m✔\x1b[39m refused.pcap')
    expect(coloured.stdout).toContain('\x1b[31m✖ forged-rst-exact.pcap')
    const without = coloured.stdout.replaceAll(new RegExp(`${'\x1b'}\\[\\d+m`, 'g'), '')
    expect(without).toBe(plain.stdout)
    expect((await runCli([...args, '--no-color'], { FORCE_COLOR: '1' }, folder)).stdout).toBe(plain.stdout)
  })

  it('goes to a file, or nowhere', async () => {
    const args = ['check', 'zero-window-for-seconds.pcap']
    expect(await runCli([...args, '--quiet'], {}, folder)).toEqual({ code: 1, stdout: '', stderr: '' })
    const file = join(folder, 'report.json')
    const run = await runCli([...args, '--json', '-o', file, '--quiet'], {}, folder)
    expect(run).toEqual({ code: 1, stdout: '', stderr: '' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ summary: { captures: 1, failed: 1 } })
    for (const read of ['zero-window-for-seconds.pcap', 'zero-window-for-seconds.expect.yaml']) {
      const over = await runCli([...args, '-o', read], {}, folder)
      expect(over.code, read).toBe(EXIT_USAGE)
    }
    expect((await runCli(args, {}, folder)).code).toBe(1)
  })
})
