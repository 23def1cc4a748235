import { mkdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHostSysctls } from '../../src/host/host-sysctls.ts'
import { LocalHost } from '../../src/host/local-host.ts'
import { OwnAddresses } from '../../src/host/own-addresses.ts'
import { Absent, readProcFile, readProcLines } from '../../src/host/proc-file.ts'
import { SocketTables } from '../../src/host/socket-tables.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'
import { FakeProc, KERNEL_ESTABLISHED, KERNEL_LISTEN } from '../support/fake-proc.ts'

let proc: FakeProc
beforeEach(() => {
  proc = new FakeProc()
})
afterEach(() => proc.remove())

async function linesOf(name: string): Promise<string[] | Absent> {
  const lines: string[] = []
  return (await readProcLines(`${proc.path}/${name}`, (line) => lines.push(line))) ?? lines
}

describe('a table', () => {
  it('of any length is shown line by line, wherever the pieces end', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index} ${'x'.repeat(index % 97)}`)
    proc.write('table', `${lines.join('\n')}\n`)
    expect(await linesOf('table')).toEqual(lines)
  })

  it('may end within a line', async () => {
    proc.write('table', 'one\ntwo')
    expect(await linesOf('table')).toEqual(['one', 'two'])
  })

  it('lets the rest of the program have its turn', async () => {
    proc.write('table', `${'x'.repeat(99)}\n`.repeat(40_000))
    let turns = 0
    let isOver = false
    const count = (): void => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    await linesOf('table')
    isOver = true
    expect(turns).toBeGreaterThan(10)
  })

  it('with a line that never ends is given up', async () => {
    proc.write('table', 'x'.repeat(1 << 20))
    expect(await linesOf('table')).toEqual(new Absent(`${proc.path}/table`, 'a line that is too long'))
  })

  it('that not there, or is a folder, is absent', async () => {
    mkdirSync(`${proc.path}/folder`)
    expect(await linesOf('none')).toEqual(new Absent(`${proc.path}/none`, 'not there'))
    expect(await linesOf('folder')).toEqual(new Absent(`${proc.path}/folder`, 'unreadable (EISDIR)'))
    expect(readProcFile(`${proc.path}/none`)).toEqual(new Absent(`${proc.path}/none`, 'not there'))
  })
})

describe('the socket tables', () => {
  async function socketsOf(): Promise<string[] | Absent> {
    const states: string[] = []
    const problem = await new SocketTables(proc.path).read(({ state, local }) => {
      states.push(`${stateName(state)} ${local.port}`)
    })
    return problem ?? states
  }

  it('are read of both IP versions', async () => {
    proc.sockets(
      { local: '0.0.0.0:80', state: KERNEL_LISTEN },
      { local: '[::1]:90', remote: '[::1]:91', state: KERNEL_ESTABLISHED },
    )
    expect(await socketsOf()).toEqual(['LISTEN 80', 'ESTABLISHED 90'])
  })

  it('may lack IPv6', async () => {
    proc.sockets({ local: '0.0.0.0:80', state: KERNEL_LISTEN })
    const only = new FakeProc().sockets({ local: '0.0.0.0:80', state: KERNEL_LISTEN })
    only.write('net/tcp6', '')
    // Empty is not absent: such a file is none of the kernel's.
    expect(await new SocketTables(only.path).read(() => {})).toEqual(
      new Absent(`${only.path}/net/tcp6`, 'columns that are not known'),
    )
    only.remove()
    expect(await socketsOf()).toEqual(['LISTEN 80'])
  })

  it('are absent with other columns, or none', async () => {
    const why = 'columns that are not known'
    for (const text of ['', '\n', 'sl local_address st rem_address\n 0: 1 2 3\n', '\u0000\u0001\u0002']) {
      proc.write('net/tcp', text)
      expect(await socketsOf()).toEqual(new Absent(`${proc.path}/net/tcp`, why))
    }
  })

  it('lose the lines that are none', async () => {
    proc.sockets({ local: '0.0.0.0:80', state: KERNEL_LISTEN })
    const text = readProcFile(`${proc.path}/net/tcp`)
    proc.write('net/tcp', `${text}garbage\n   7: 0100007F:\n\n`)
    expect(await socketsOf()).toEqual(['LISTEN 80'])
  })
})

describe('the settings of this host', () => {
  const DIRECTORY = 'sys/net/ipv4'

  it('are those of the profile, in its units', () => {
    proc.write(`${DIRECTORY}/tcp_fin_timeout`, '17\n')
    proc.write(`${DIRECTORY}/tcp_syn_retries`, '6\n')
    proc.write(`${DIRECTORY}/tcp_synack_retries`, '5\n')
    proc.write(`${DIRECTORY}/tcp_retries2`, '15\n')
    proc.write(`${DIRECTORY}/tcp_orphan_retries`, '0\n')
    proc.write(`${DIRECTORY}/tcp_max_tw_buckets`, '8192\n')
    proc.write(`${DIRECTORY}/ip_local_port_range`, '10000\t10999\n')
    const { read, absent } = readHostSysctls(proc.path)
    expect(absent).toEqual([])
    expect(Object.fromEntries(read.map(({ name, value }) => [name, value]))).toEqual({
      finTimeout: 17,
      synRetries: 6,
      synackRetries: 5,
      tcpRetries2: 15,
      orphanRetries: 0,
      twBuckets: 8192,
      portRange: [10_000, 10_999],
    })
    expect(read[0]?.sysctl).toBe('net.ipv4.tcp_fin_timeout')
  })

  it('that are missing or senseless are absent, and the others hold', () => {
    proc.write(`${DIRECTORY}/tcp_fin_timeout`, '-1\n')
    proc.write(`${DIRECTORY}/tcp_syn_retries`, 'six\n')
    proc.write(`${DIRECTORY}/tcp_synack_retries`, '5 5\n')
    proc.write(`${DIRECTORY}/tcp_retries2`, '15\n')
    proc.write(`${DIRECTORY}/tcp_orphan_retries`, '99999\n')
    proc.write(`${DIRECTORY}/ip_local_port_range`, '60999 32768\n')
    const { read, absent } = readHostSysctls(proc.path)
    expect(read).toEqual([{ name: 'tcpRetries2', sysctl: 'net.ipv4.tcp_retries2', value: 15 }])
    expect(absent.map(({ what, why }) => `${what.split('/').at(-1)} ${why}`)).toEqual([
      'tcp_fin_timeout not a value that it can have',
      'tcp_syn_retries not a value that it can have',
      'tcp_synack_retries not a value that it can have',
      'tcp_orphan_retries not a value that it can have',
      'ip_local_port_range not a value that it can have',
      'tcp_max_tw_buckets not there',
    ])
  })
})

describe('a machine without /proc', () => {
  it('is known by its addresses alone, and says what is missing', async () => {
    const host = new LocalHost(`${proc.path}/nowhere`, new OwnAddresses(['192.0.2.7']))
    expect(await host.readSockets(() => {})).toBe(false)
    host.readCounters()
    expect(host.sysctls).toEqual([])
    expect(host.allGrown()).toEqual([])
    expect(host.grown({ group: 'TcpExt', name: 'ListenDrops' })).toBeUndefined()
    const owners = await host.owners(new Set([4711]))
    expect([owners.byInode.size, owners.isWhole]).toEqual([0, true])
    const missing = host.absent.map(({ what }) => what.replace(proc.path, ''))
    expect(missing).toContain('/nowhere/net/tcp')
    expect(missing).toContain('/nowhere/net/netstat')
    expect(missing).toContain('/nowhere/sys/net/ipv4/tcp_fin_timeout')
  })
})

describe('the addresses of this machine', () => {
  const has = (own: OwnAddresses, version: number, ...address: [number, number, number, number]) =>
    own.has({ ipVersion: version, address })

  it('are those of its interfaces, and all of 127.0.0.0/8', () => {
    const own = new OwnAddresses(['192.0.2.7', '2001:db8::7', 'fe80::1%eth0', 'nonsense', '192.0.2.7'])
    expect(own.texts).toEqual(['192.0.2.7', '2001:db8::7'])
    expect(has(own, 4, (192 << 24) | 0x0207, 0, 0, 0)).toBe(true)
    expect(has(own, 4, (192 << 24) | 0x0208, 0, 0, 0)).toBe(false)
    expect(has(own, 4, (127 << 24) | 0x1_0203, 0, 0, 0)).toBe(true)
    expect(has(own, 6, 0x2001_0db8, 0, 0, 7)).toBe(true)
    expect(has(own, 6, 0x2001_0db8, 0, 0, 8)).toBe(false)
  })

  it('hold those that the system names', () => {
    expect(new OwnAddresses().list.length).toBeGreaterThan(0)
  })
})
