import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalHostDocument } from '../../src/report/report-document.ts'
import { HAS_NAMESPACES, Namespace } from '../support/namespace.ts'
import { ROOT } from '../support/project-root.ts'
import { LiveRun } from './live-run.ts'

const { CI } = process.env
/** How long connections are made, seconds. */
const LOAD = CI === undefined ? 40 : 300
const LOAD_SCRIPT = join(ROOT, 'test/host/mixed-load.py')

describe.runIf(HAS_NAMESPACES)('--verify between two hosts', () => {
  let server: Namespace
  let client: Namespace
  beforeAll(async () => {
    server = await Namespace.make()
    client = await Namespace.make()
    await server.run(
      'ip',
      'link',
      'add',
      'veth0',
      'type',
      'veth',
      'peer',
      'name',
      'veth0',
      'netns',
      String(client.pid),
    )
    for (const [namespace, host] of [
      [server, 1],
      [client, 2],
    ] as const) {
      await namespace.run('ip', 'address', 'add', `10.99.0.${host}/24`, 'dev', 'veth0')
      await namespace.run('ip', 'address', 'add', `fd99::${host}/64`, 'dev', 'veth0', 'nodad')
      await namespace.run('ip', 'link', 'set', 'veth0', 'up')
    }
    // Losses on the way both to the server and from it: behind its card, where it does not see them.
    await client.do(`nft('''table inet lossy {
      chain to { type filter hook output priority 0; numgen random mod 100 < 2 drop; }
      chain from { type filter hook input priority 0; numgen random mod 100 < 2 drop; }
    }''')`)
  })
  afterAll(async () => {
    await server.end()
    await client.end()
  })

  it(`agrees with the kernel of the server in every comparison, for ${LOAD} s of a mixed load`, async () => {
    const live = await LiveRun.begin(server, ['veth0', '--verify'])
    const loads: ChildProcess[] = []
    for (const address of ['10.99.0.1', 'fd99::1']) {
      for (const [namespace, role] of [
        [server, 'server'],
        [client, 'client'],
      ] as const) {
        loads.push(namespace.start('python3', LOAD_SCRIPT, role, address, String(LOAD)))
      }
    }
    await Promise.all(loads.map((load) => once(load, 'exit')))
    const { document } = await live.end()
    const { verification } = document.localHost as LocalHostDocument
    expect(verification?.disagreements).toEqual([])
    expect(verification?.failed).toBe(0)
    expect(verification?.leftOut.foreign).toBe(0)
    expect(verification?.agreed).toBe(verification?.compared)
    expect(verification?.comparisons).toBeGreaterThan(LOAD / 10)
    expect(verification?.ends).toBeGreaterThan(10 * LOAD)
  })
})
