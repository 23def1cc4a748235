import { describe, expect, it } from 'vitest'
import { EXIT_DONE } from '../../src/cli/exit-codes.ts'
import { expectGolden } from '../support/golden.ts'
import { runCli } from '../support/run-cli.ts'

/** Captures of the real kernel (fixtures/README.md), read to their ends or to a moment. */
const REPORTS: readonly (readonly [name: string, width: number, command: string])[] = [
  ['table/syn-flood-narrow', 80, 'file fixtures/kernel/syn-flood-small.pcap'],
  ['table/syn-flood-wide', 140, 'file fixtures/kernel/syn-flood-small.pcap'],
  ['table/random-loss', 120, 'file fixtures/kernel/random-loss-both-ways-far.pcap'],
  ['table/refused', 80, 'file fixtures/kernel/refused.pcap'],
  ['table/close-wait-held-as-of', 80, 'file fixtures/kernel/close-wait-held.pcap --as-of +3'],
  ['ladder/half-close', 80, 'file fixtures/kernel/half-close-with-data.pcap --connection 1'],
  ['ladder/forged-rst-in-window', 110, 'file fixtures/kernel/forged-rst-in-window.pcap --connection 1'],
  ['ladder/ipv6-lost-fin', 80, 'file fixtures/kernel/ipv6-lost-fin-near.pcap --connection 1'],
  ['json/half-close', 80, 'file fixtures/kernel/half-close-with-data.pcap --json'],
  ['json/connection', 80, 'file fixtures/kernel/ipv6-lost-fin-near.pcap --connection 1 --json'],
  ['help', 80, '--help'],
  ['help-file', 80, 'file --help'],
]

describe('reports of recorded captures', () => {
  it.each(REPORTS)('%s', async (name, width, command) => {
    const run = await runCli(command.split(' '), { COLUMNS: String(width) })
    expect(run).toMatchObject({ code: EXIT_DONE, stderr: '' })
    expectGolden(name, `COLUMNS=${width} tcpaudit ${command}`, run.stdout)
  })
})
