import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findOwners } from '../../src/host/socket-owners.ts'
import { SocketTables } from '../../src/host/socket-tables.ts'
import { LISTEN } from '../../src/tracker/tcp-state.ts'
import { isAvailable } from '../support/availability.ts'
import { FakeProc } from '../support/fake-proc.ts'

let proc: FakeProc
beforeEach(() => {
  proc = new FakeProc()
})
afterEach(() => proc.remove())

describe('the owners of sockets', () => {
  it('are the processes that have them open, all of them', async () => {
    proc.process(12, 'nginx', [500, 501]).process(34, 'nginx', [500]).process(56, 'sshd', [9])
    const { byInode, hidden, isWhole } = await findOwners(new Set([500, 501, 777]), proc.path)
    expect([...byInode].sort(([a], [b]) => a - b)).toEqual([
      [500, [12, 34].map((pid) => ({ pid, name: 'nginx' }))],
      [501, [{ pid: 12, name: 'nginx' }]],
    ])
    expect([hidden, isWhole]).toEqual([0, true])
  })

  it('may have any name', async () => {
    proc.process(12, 'a\u001b[31m (b) \nc', [500]).process(13, '日本', [500])
    const { byInode } = await findOwners(new Set([500]), proc.path)
    expect(byInode.get(500)?.map(({ name }) => name)).toEqual(['a\u001b[31m (b) \nc', '日本'])
  })

  it('are hidden where their files may not be seen', async () => {
    proc.process(12, 'nginx', [500])
    // What is no folder cannot be looked into, whoever asks.
    proc.write('34/fd', '')
    expect((await findOwners(new Set([500, 501]), proc.path)).hidden).toBe(1)
  })

  it('are none of a process that has ended meanwhile', async () => {
    proc.write('12/stat', '')
    const { byInode, hidden } = await findOwners(new Set([500]), proc.path)
    expect([byInode.size, hidden]).toEqual([0, 0])
  })

  it('are looked for no longer than is allowed', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => 1000 + index)
    proc.process(12, 'busy', many)
    const limits = { files: 1500, milliseconds: 60_000 }
    expect((await findOwners(new Set([5]), proc.path, limits)).isWhole).toBe(false)
    expect((await findOwners(new Set([5]), proc.path, { ...limits, files: 5000 })).isWhole).toBe(true)
    expect((await findOwners(new Set([5]), proc.path, { files: 5000, milliseconds: -1 })).isWhole).toBe(false)
  })

  it('are not looked for if nothing is asked', async () => {
    proc.write('34/fd', '')
    expect((await findOwners(new Set(), proc.path)).hidden).toBe(0)
  })
})

describe.runIf(isAvailable('/proc', process.platform === 'linux'))('this process', () => {
  it('is found by a socket of its own', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const inodes = new Set<number>()
    await new SocketTables().read(({ state, local, inode }) => {
      if (state === LISTEN && local.port === port) inodes.add(inode)
    })
    expect(inodes.size).toBe(1)
    const { byInode } = await findOwners(inodes)
    const name = readFileSync('/proc/self/comm', 'utf8').trim()
    expect([...byInode.values()]).toEqual([[{ pid: process.pid, name }]])
    server.close()
  })
})
