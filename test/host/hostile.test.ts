import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalHostDocument, ReportDocument } from '../../src/report/report-document.ts'
import { HAS_NAMESPACES, Namespace } from '../support/namespace.ts'
import { ROOT } from '../support/project-root.ts'
import { LiveRun } from './live-run.ts'

const { CI } = process.env
/** How long connections are made, seconds. */
const LOAD = CI === undefined ? 20 : 45

const OWN = ['server', 'client'] as const

describe.runIf(HAS_NAMESPACES)('--verify on both sides of a hostile network', () => {
  let hosts: Readonly<Record<(typeof OWN)[number], Namespace>>
  let relay: Namespace
  beforeAll(async () => {
    hosts = { server: await Namespace.make(), client: await Namespace.make() }
    relay = await Namespace.make()
    for (const [at, role] of OWN.entries()) {
      const host = hosts[role]
      const peer = ['peer', 'name', role, 'netns', String(relay.pid)]
      await host.run('ip', 'link', 'add', 'veth0', 'type', 'veth', ...peer)
      await host.run('ip', 'address', 'add', `10.99.0.${at + 1}/24`, 'dev', 'veth0')
      await host.run('ip', 'address', 'add', `fd99::${at + 1}/64`, 'dev', 'veth0', 'nodad')
      await host.run('ip', 'link', 'set', 'veth0', 'up')
      await relay.run('ip', 'link', 'set', role, 'up')
      // What the relay passes on is to have the checksums and sizes of a wire.
      await host.do("offload_off('veth0')")
      await relay.do(`offload_off('${role}')`)
    }
  })
  afterAll(async () => {
    await Promise.all([hosts.server.end(), hosts.client.end(), relay.end()])
  })

  /** What `live` says on both sides, when connections have been made for so many seconds. */
  async function through(seconds: number, forged: number): Promise<ReportDocument[]> {
    const script = join(ROOT, 'test/host/hostile-relay.py')
    const relaying = relay.start('python3', script, ...OWN, String(seconds + 30), String(forged))
    const lives = await Promise.all(OWN.map((role) => LiveRun.begin(hosts[role], ['veth0', '--verify'])))
    const loads: ChildProcess[] = []
    for (const address of ['10.99.0.1', 'fd99::1']) {
      for (const role of OWN) {
        const load = join(ROOT, 'test/host/mixed-load.py')
        loads.push(hosts[role].start('python3', load, role, address, String(seconds)))
      }
    }
    await Promise.all(loads.map((load) => once(load, 'exit')))
    const documents: ReportDocument[] = []
    for (const live of lives) documents.push((await live.end()).document)
    relaying.kill()
    await once(relaying, 'exit')
    return documents
  }

  it(`agrees with both kernels, whatever is lost, doubled, late or forged, for ${LOAD} s`, async () => {
    for (const { localHost, findings } of await through(LOAD, 0.05)) {
      expect(findings.some(({ blame }) => blame === 'attacker')).toBe(true)
      const { verification } = localHost as LocalHostDocument
      expect(verification?.failed).toBe(0)
      expect(verification?.ends).toBeGreaterThan(5 * LOAD)
      // Who forges three segments of one handshake can still lead astray whoever reads only packets.
      const { agreed = 0, compared = 0, disagreements } = verification ?? {}
      expect(agreed / compared, JSON.stringify(disagreements)).toBeGreaterThan(0.998)
    }
  })

  it('calls no reset forged, and nothing else, where none is, however late and doubled', async () => {
    for (const { findings, connections } of await through(20, 0)) {
      expect(connections.filter(({ outcome }) => outcome === 'reset').length).toBeGreaterThan(20)
      const forged = findings.filter(({ blame }) => blame === 'attacker')
      expect(forged.filter(({ confidence }) => confidence !== 'possible')).toEqual([])
      // Two RSTs that change places are what one seldom sees, and an attacker's look the same.
      expect(forged.length, JSON.stringify(forged)).toBeLessThanOrEqual(3)
    }
  })
})
