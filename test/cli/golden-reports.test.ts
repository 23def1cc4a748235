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
  ['packet/fast-retransmission', 80, 'file fixtures/kernel/random-loss-both-ways-far.pcap --packet 18'],
  ['packet/tail-loss-probe', 80, 'file fixtures/kernel/random-loss-both-ways-far.pcap --packet 20'],
  ['packet/timeout', 80, 'file fixtures/kernel/random-loss-both-ways-far.pcap --packet 21'],
  ['packet/duplicate-ack', 80, 'file fixtures/kernel/random-loss-both-ways-far.pcap --packet 15'],
  ['packet/out-of-order', 80, 'file fixtures/kernel/reordered-by-the-network-far.pcap --packet 36'],
  ['packet/keep-alive', 80, 'file fixtures/kernel/keep-alive-answered.pcap --packet 8'],
  ['packet/zero-window-probe', 80, 'file fixtures/kernel/zero-window-and-reopen.pcap --packet 10'],
  ['packet/window-update', 80, 'file fixtures/kernel/lost-window-update-far.pcap --packet 15'],
  ['packet/rst-challenged', 80, 'file fixtures/kernel/forged-rst-in-window.pcap --packet 8'],
  ['packet/challenge-ack', 80, 'file fixtures/kernel/forged-rst-in-window.pcap --packet 9'],
  ['packet/rst-forged', 80, 'file fixtures/kernel/forged-rst-exact.pcap --packet 8'],
  ['packet/simultaneous-open', 80, 'file fixtures/kernel/simultaneous-open-near.pcap --packet 2'],
  ['packet/pending-syn', 80, 'file fixtures/kernel/forged-syn.pcap --packet 8'],
  ['packet/fin-again', 80, 'file fixtures/kernel/lost-last-ack-near.pcap --packet 12'],
  ['packet/frame-twice', 80, 'file fixtures/kernel/mirrored-with-vlan-tags-both-tagged.pcap --packet 2'],
  ['packet/icmp-error', 80, 'file fixtures/kernel/icmp-host-unreachable-to-syn.pcap --packet 2'],
  ['packet/fragment', 80, 'file fixtures/kernel/fragmented-by-the-router-far.pcap --packet 8'],
  ['packet/header-cut', 80, 'file fixtures/kernel/few-bytes-of-each-frame-headers-cut.pcap --packet 3'],
  ['json/packet', 80, 'file fixtures/kernel/forged-rst-exact.pcap --packet 8 --json'],
  ['help', 80, '--help'],
  ['help-file', 80, 'file --help'],
  ['help-check', 80, 'check --help'],
]

describe('reports of recorded captures', () => {
  it.each(REPORTS)('%s', async (name, width, command) => {
    const run = await runCli(command.split(' '), { COLUMNS: String(width) })
    expect(run).toMatchObject({ code: EXIT_DONE, stderr: '' })
    expectGolden(name, `COLUMNS=${width} tcpaudit ${command}`, run.stdout)
  })
})
