import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../src/decode/address.ts'
import { isSocketHeader, KernelSocket } from '../../src/host/kernel-socket.ts'
import { STATE_NAMES, stateName } from '../../src/tracker/tcp-state.ts'
import { socketLine } from '../support/fake-proc.ts'
import { ssLine } from './ss-line.ts'

const RECORDED = new URL('recorded/', import.meta.url)
const lines = (name: string) => readFileSync(new URL(name, RECORDED), 'utf8').split('\n').slice(0, -1)

/** The recording is of a little-endian machine. */
const socket = new KernelSocket(true)

describe('tables recorded on Linux 6.18', () => {
  it('say what ss said at that moment, of every state', () => {
    const read = ['tcp.txt', 'tcp6.txt'].flatMap((name) => lines(name).slice(1))
    const said = read.map((line) => {
      expect(socket.read(line), line).toBe(true)
      return ssLine(socket)
    })
    expect(said.sort()).toEqual(
      lines('ss.txt')
        .map((line) => plainMapped(line))
        .sort(),
    )
    const states = new Set(said.map((line) => line.split(' ')[0]))
    expect(states.size).toBe(10)
  })

  it('have the columns that are known', () => {
    expect(['tcp.txt', 'tcp6.txt'].map((name) => isSocketHeader(lines(name)[0] ?? ''))).toEqual([true, true])
  })

  it('give the inode of what a process has open, and none of what nobody has', () => {
    const inodes = lines('tcp.txt')
      .slice(1)
      .map((line) => {
        socket.read(line)
        return [stateName(socket.state), socket.inode > 0] as const
      })
    expect(inodes).toContainEqual(['LISTEN', true])
    expect(inodes).toContainEqual(['CLOSE_WAIT', true])
    expect(inodes).toContainEqual(['TIME_WAIT', false])
    expect(inodes).toContainEqual(['SYN_RCVD', false])
  })
})

/** ss shows mapped addresses as the socket has them; here they are what they stand for. */
function plainMapped(line: string): string {
  return line.replace(/\[::ffff:([0-9.]+)\]/g, '$1')
}

describe('a line', () => {
  it('of a big-endian machine has the bytes of its addresses in their order', () => {
    const big = new KernelSocket(false)
    const line =
      '   0: 0A000009:1F90 C0000201:C001 01 00000005:00000000 00:00000000 00000000  1000        0 4711 1'
    expect(big.read(line)).toBe(true)
    expect(ssLine(big)).toBe('ESTAB 10.0.0.9:8080 192.0.2.1:49153')
    expect([big.unacknowledged, big.uid, big.inode]).toEqual([5, 1000, 4711])
  })

  it.each([
    ['is empty', ''],
    ['has too few columns', '   0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000'],
    ['has an address of odd length', '0: 0100007:0050 00000000:0000 0A 0:0 00:0 0 0 0 5'],
    ['has no hex numbers', '0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 x'],
    ['has a state of one digit', '0: 0100007F:0050 00000000:0000 A 00000000:00000000 00:00000000 0 0 0 5'],
    ['has a port too long', '0: 0100007F:00500 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 5'],
  ])('is refused that %s', (_why, line) => {
    expect(socket.read(line)).toBe(false)
  })

  it('may have more columns than are known, and a state that is not', () => {
    expect(socket.read(`${socketLine({ local: '10.0.0.9:80', state: 0x7f })} new columns 1 2`)).toBe(true)
    expect(stateName(socket.state)).toBe('UNKNOWN')
  })

  it('of any ends, state and inode is read as what it was printed from', () => {
    const port = fc.integer({ min: 0, max: 65_535 })
    const four = fc.tuple(fc.ipV4(), port).map(([address, number]) => `${address}:${number}`)
    const six = fc.tuple(fc.ipV6(), port).map(([address, number]) => `[${address}]:${number}`)
    const states = fc.integer({ min: 1, max: 11 })
    const ends = fc.oneof(fc.tuple(four, four), fc.tuple(six, six))
    fc.assert(
      fc.property(ends, states, fc.nat(), fc.nat(), ([local, remote], state, inode, unacknowledged) => {
        const here = new KernelSocket()
        expect(here.read(socketLine({ local, remote, state, inode, unacknowledged }))).toBe(true)
        expect([here.inode, here.unacknowledged]).toEqual([inode, unacknowledged])
        expect([textOf(here.local), textOf(here.remote)]).toEqual([normal(local), normal(remote)])
      }),
    )
  })

  it('of any text is read or refused, and never more', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        if (socket.read(text)) expect(STATE_NAMES).toContain(stateName(socket.state))
      }),
    )
  })

  it('that was damaged anywhere is read or refused, and never more', () => {
    const line = socketLine({ local: '10.0.0.9:8080', remote: '10.0.0.5:40000', state: 1, inode: 12 })
    fc.assert(
      fc.property(fc.nat({ max: line.length }), fc.string({ maxLength: 3 }), (at, put) => {
        if (socket.read(line.slice(0, at) + put + line.slice(at + put.length))) {
          expect(socket.local.port).toBeLessThan(65_536)
        }
      }),
    )
  })
})

function textOf({ ipVersion, address, port }: KernelSocket['local']): string {
  return `${formatAddress(ipVersion, ...address)} ${port}`
}

/** An end in the spelling of RFC 5952, a mapped one as IPv4: what a URL makes of it, but for that. */
function normal(end: string): string {
  const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(end) ?? []
  if (!isIPv6(host)) return `${host} ${port}`
  const address = new URL(`http://[${host}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? []
  if (high === undefined || low === undefined) return `${address} ${port}`
  const bytes = [high, low].flatMap((group) => [
    Number.parseInt(group, 16) >> 8,
    Number.parseInt(group, 16) & 255,
  ])
  return `${bytes.join('.')} ${port}`
}
