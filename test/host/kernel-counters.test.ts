import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type Counters, growth, parseCounters, readCounters } from '../../src/host/kernel-counters.ts'
import { Absent } from '../../src/host/proc-file.ts'
import { FakeProc } from '../support/fake-proc.ts'

const RECORDED = new URL('recorded/', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, RECORDED), 'utf8')

describe('counters recorded on Linux 6.18', () => {
  it('are those that nstat printed at that moment', () => {
    const read = new Map<string, bigint>([
      ...[...(parseCounters(text('netstat.txt'), 'TcpExt') ?? [])].map(
        ([name, value]) => [`TcpExt${name}`, value] as const,
      ),
      ...[...(parseCounters(text('snmp.txt'), 'Tcp') ?? [])].map(
        ([name, value]) => [`Tcp${name}`, value] as const,
      ),
    ])
    const printed = text('nstat.txt')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string])
    expect(printed.length).toBeGreaterThan(100)
    for (const [name, value] of printed) expect([name, read.get(name)]).toEqual([name, BigInt(value)])
  })

  it('are of the group that was asked for', () => {
    expect(parseCounters(text('netstat.txt'), 'TcpExt')?.has('InOctets')).toBe(false)
    expect(parseCounters(text('snmp.txt'), 'Tcp')?.get('MaxConn')).toBe(-1n)
  })
})

describe('a text', () => {
  it.each([
    ['is empty', ''],
    ['has no such group', 'IpExt: A\nIpExt: 1\n'],
    ['ends behind the names', 'TcpExt: A B\n'],
    ['has fewer numbers than names', 'TcpExt: A B\nTcpExt: 1\n'],
    ['has more', 'TcpExt: A\nTcpExt: 1 2\n'],
    ['has words for numbers', 'TcpExt: A B\nTcpExt: 1 two\n'],
  ])('is refused that %s', (_why, given) => {
    expect(parseCounters(given, 'TcpExt')).toBeUndefined()
  })

  it('of whatever kind is read or refused, and never more', () => {
    const line = fc.oneof(
      fc.string().map((rest) => `TcpExt: ${rest}`),
      fc.array(fc.nat()).map((numbers) => `TcpExt: ${numbers.join(' ')}`),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const read = parseCounters(lines.join('\n'), 'TcpExt')
        for (const value of read?.values() ?? []) expect(typeof value).toBe('bigint')
      }),
    )
  })
})

describe('the growth of a counter', () => {
  const of = (before: bigint, after: bigint) => {
    const counters = (value: bigint): Counters => new Map([['TcpExt ListenDrops', value]])
    return growth(counters(before), counters(after), { group: 'TcpExt', name: 'ListenDrops' })
  }

  it('is the difference, and goes on behind the greatest number of 32 and 64 bits', () => {
    expect(of(5n, 17n)).toBe(12)
    expect(of(5n, 5n)).toBe(0)
    expect(of(0xffff_fffen, 3n)).toBe(5)
    expect(of(0xffff_ffff_ffff_fffen, 3n)).toBe(5)
    expect(of(0xffff_fffen, 0x1_0000_0003n)).toBe(5)
  })

  it('is not known of a counter that the kernel has not', () => {
    const none: Counters = new Map()
    expect(growth(none, none, { group: 'TcpExt', name: 'ListenDrops' })).toBeUndefined()
  })
})

describe('readCounters', () => {
  const proc = new FakeProc()
  afterEach(() => proc.remove())

  it('says which file not there', () => {
    proc.write('net/netstat', 'TcpExt: A\nTcpExt: 1\n')
    expect(readCounters(proc.path)).toEqual(new Absent(`${proc.path}/net/snmp`, 'not there'))
  })
})
