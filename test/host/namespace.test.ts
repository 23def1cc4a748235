import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { growth, readCounters } from '../../src/host/kernel-counters.ts'
import { Absent } from '../../src/host/proc-file.ts'
import { findOwners } from '../../src/host/socket-owners.ts'
import { SocketTables } from '../../src/host/socket-tables.ts'
import { CLOSE_WAIT } from '../../src/tracker/tcp-state.ts'
import { HAS_NAMESPACES, Namespace } from '../support/namespace.ts'
import { ROOT } from '../support/project-root.ts'
import { enterAllStates } from './all-states.ts'
import { ssLine } from './ss-line.ts'

/** What the sockets of a namespace are, by our reading. */
async function read(namespace: Namespace): Promise<string[]> {
  const lines: string[] = []
  const problem = await new SocketTables(namespace.proc).read((socket) => lines.push(ssLine(socket)))
  expect(problem).toBeUndefined()
  return lines.sort()
}

/** The same by `ss`, mapped addresses as what they stand for. */
async function listed(namespace: Namespace): Promise<string[]> {
  const lines = (await namespace.do('ss()')) as string[][]
  return lines.map((words) => words.join(' ').replace(/\[::ffff:([0-9.]+)\]/g, '$1')).sort()
}

describe.runIf(HAS_NAMESPACES)('in a network namespace with real sockets', () => {
  let namespace: Namespace
  beforeAll(async () => {
    namespace = await Namespace.make()
  })
  afterAll(() => namespace.end())

  it('begins with nothing', async () => {
    expect(await read(namespace)).toEqual([])
  })

  it('the states read are those that ss prints, all of them', async () => {
    await enterAllStates(namespace)
    const lines = await read(namespace)
    expect(lines).toEqual(await listed(namespace))
    const states = new Set(lines.map((line) => line.split(' ')[0]))
    expect(states.size).toBe(10)
  })

  it('the settings of the namespace are read, not those of the machine', async () => {
    const settings = {
      tcp_fin_timeout: '23',
      tcp_syn_retries: '3',
      tcp_synack_retries: '2',
      tcp_retries2: '7',
      tcp_orphan_retries: '4',
      tcp_max_tw_buckets: '5000',
      ip_local_port_range: '20000 20999',
    }
    for (const [name, value] of Object.entries(settings)) {
      await namespace.run('sh', '-c', `echo '${value}' > /proc/sys/net/ipv4/${name}`)
    }
    const host = await namespace.evaluate(`
      import { LocalHost } from '${ROOT}/dist/host/local-host.js'
      const { sysctls, addresses, absent } = new LocalHost()
      console.log(JSON.stringify({ sysctls, addresses: addresses.texts, absent }))
    `)
    expect(host).toEqual({
      addresses: ['127.0.0.1', '::1'],
      absent: [],
      sysctls: [
        { name: 'finTimeout', sysctl: 'net.ipv4.tcp_fin_timeout', value: 23 },
        { name: 'synRetries', sysctl: 'net.ipv4.tcp_syn_retries', value: 3 },
        { name: 'synackRetries', sysctl: 'net.ipv4.tcp_synack_retries', value: 2 },
        { name: 'tcpRetries2', sysctl: 'net.ipv4.tcp_retries2', value: 7 },
        { name: 'orphanRetries', sysctl: 'net.ipv4.tcp_orphan_retries', value: 4 },
        { name: 'portRange', sysctl: 'net.ipv4.ip_local_port_range', value: [20_000, 20_999] },
        { name: 'twBuckets', sysctl: 'net.ipv4.tcp_max_tw_buckets', value: 5000 },
      ],
    })
  })
})

describe.runIf(HAS_NAMESPACES)('a process in a network namespace', () => {
  let namespace: Namespace
  beforeAll(async () => {
    namespace = await Namespace.make()
  })
  afterAll(() => namespace.end())

  it('that leaks sockets is found by them, with its name', async () => {
    await namespace.do(`
name_process('leaky-server')
server = listener('127.0.0.1', 8080)
held = [pair(server) for _ in range(5)]
for made, _ in held: made.close()
time.sleep(0.05)
`)
    const inodes = new Set<number>()
    await new SocketTables(namespace.proc).read(({ state, inode }) => {
      if (state === CLOSE_WAIT) inodes.add(inode)
    })
    expect(inodes.size).toBe(5)
    const { byInode } = await findOwners(inodes)
    const owner = { pid: namespace.pid, name: 'leaky-server' }
    expect([...byInode.values()]).toEqual(Array.from({ length: 5 }, () => [owner]))
  })

  it('that forks shares its sockets, and both are found', async () => {
    await namespace.do(`
child = os.fork()
if child == 0:
    name_process('worker')
    time.sleep(30)
    os._exit(0)
`)
    const child = await namespace.do('child')
    const inodes = new Set<number>()
    await new SocketTables(namespace.proc).read(({ state, inode }) => {
      if (state === CLOSE_WAIT) inodes.add(inode)
    })
    const { byInode } = await findOwners(inodes)
    const [owners = []] = byInode.values()
    expect(new Set(owners.map(({ pid, name }) => `${name}[${pid}]`))).toEqual(
      new Set([`leaky-server[${namespace.pid}]`, `worker[${String(child)}]`]),
    )
    await namespace.do('os.kill(child, 9); os.waitpid(child, 0)'.replace('; ', '\n'))
  })

  it('that does not accept makes the counters move that nstat shows', async () => {
    const counters = () => {
      const read = readCounters(namespace.proc)
      if (read instanceof Absent) throw new Error(`${read.what} ${read.why}`)
      return read
    }
    const before = counters()
    await namespace.do(`
full = listener('127.0.0.1', 8081, backlog=1)
waiting = [client('127.0.0.1', 8081, wait=False) for _ in range(8)]
time.sleep(0.3)
`)
    const after = counters()
    const grown = (name: string) => growth(before, after, { group: 'TcpExt', name })
    expect(grown('ListenOverflows')).toBeGreaterThan(0)
    expect(grown('ListenDrops')).toBeGreaterThan(0)
    expect(grown('TCPTimeWaitOverflow')).toBe(0)
    await namespace.do('for each in waiting: each.close()')
    const shown = (await namespace.do("nstat('TcpExtListenOverflows', 'TcpExtListenDrops')")) as object
    const now = counters()
    expect(shown).toEqual({
      TcpExtListenOverflows: Number(now.get('TcpExt ListenOverflows')),
      TcpExtListenDrops: Number(now.get('TcpExt ListenDrops')),
    })
  })
})
