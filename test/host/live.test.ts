import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_NAMESPACES, Namespace } from '../support/namespace.ts'
import { LiveRun } from './live-run.ts'

describe.runIf(HAS_NAMESPACES)('tcpaudit live on a host whose kernel is asked', () => {
  let namespace: Namespace
  beforeAll(async () => {
    namespace = await Namespace.make()
    await namespace.run('sh', '-c', 'echo 3 > /proc/sys/net/ipv4/tcp_fin_timeout')
    await namespace.do(`
name_process('leaky-server')
leaky = listener('127.0.0.1', 8080)
full = listener('127.0.0.1', 8081, backlog=1)
`)
  })
  afterAll(() => namespace.end())

  it('names who leaks, tells what the kernel counted, and goes by its settings', async () => {
    const patience = ['--rule', 'close-wait-leak.patience=1s', '--rule', 'handshake-unanswered.patience=1s']
    const run = await LiveRun.begin(namespace, ['lo', ...patience])
    await namespace.do(`
held = [pair(leaky) for _ in range(3)]
for made, _ in held: made.close()
waiting = [client('127.0.0.1', 8081, wait=False) for _ in range(6)]
`)
    // As soon as it is told at all: the process may be gone when the run is over.
    const line = await run.until(({ type, rule, processes }) => {
      return type === 'finding' && rule === 'close-wait-leak' && processes !== undefined
    })
    const owner = { pid: namespace.pid, name: 'leaky-server' }
    expect(line['processes']).toEqual([{ ...owner, role: 'holds', sockets: 3 }])
    // FIN_WAIT_2 lasts as long as this host says, not the 60 s that others have.
    await run.until(({ type, state, end, basis }) => {
      return type === 'state' && state === 'CLOSED' && end === 'client' && basis === 'timer'
    })
    const { code, document } = await run.end()
    expect(code).toBe(0)

    const leak = document.findings.find(({ rule }) => rule === 'close-wait-leak')
    expect(leak).toMatchObject({
      host: '127.0.0.1:8080',
      count: 3,
      processes: [{ ...owner, role: 'holds', sockets: 3 }],
    })
    const gone = document.connections.find(({ server }) => server.port === 8080)?.client.transitions.at(-1)
    expect(gone).toMatchObject({ state: 'CLOSED', basis: 'timer' })

    const full = document.findings.find(({ connections }) =>
      document.connections.some(({ id, server }) => connections.includes(id) && server.port === 8081),
    )
    expect(full?.processes).toContainEqual({ ...owner, role: 'listens', sockets: 1 })
    const overflows = full?.kernelCounters?.find(({ name }) => name === 'ListenOverflows')?.count ?? 0
    expect(overflows).toBeGreaterThan(0)
    expect(document.localHost).toMatchObject({
      addresses: ['127.0.0.1', '::1'],
      sysctls: { 'net.ipv4.tcp_fin_timeout': 3 },
      absent: [],
    })
    expect(document.localHost?.counters).toContainEqual({
      group: 'TcpExt',
      name: 'ListenOverflows',
      count: overflows,
    })
    expect(document.localHost).not.toHaveProperty('verification')
  })

  it('is told what the config file says of this host before what its kernel says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-config-'))
    const config = join(folder, 'hosts.yaml')
    writeFileSync(config, 'hosts: {127.0.0.0/8: {finTimeout: 7}}')
    const shown = await namespace.run(
      process.execPath,
      '--input-type=module',
      '--eval',
      `
      import { withOwnHost } from './dist/audit/own-host-settings.js'
      import { LocalHost } from './dist/host/local-host.js'
      import { runSettings } from './dist/cli/run-settings.js'
      const host = new LocalHost()
      const own = (said) => withOwnHost(said, host.sysctls, host.addresses.list)
      const at = ({ settings }) => settings.hosts.at(4, 127 << 24 | 1, 0, 0, 0).finTimeout / 1e9
      const told = await runSettings({ config: '${config}' }, own)
      const untold = await runSettings({ config: false }, own)
      console.log(JSON.stringify([at(told), at(untold)]))
    `,
    )
    rmSync(folder, { recursive: true })
    expect(JSON.parse(shown)).toEqual([7, 3])
  })
})
