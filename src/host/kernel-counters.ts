import { Absent, readProcFile } from './proc-file.ts'

/** A counter as `nstat` names it, but for the group: `ListenOverflows` of `TcpExt`. */
export interface CounterName {
  readonly group: 'TcpExt' | 'Tcp'
  readonly name: string
}

/** By `group name`. Those of /proc/net/snmp may be negative. */
export type Counters = ReadonlyMap<string, bigint>

/** The TCP counters of this network namespace, since it was made. */
export function readCounters(proc = '/proc'): Counters | Absent {
  const counters = new Map<string, bigint>()
  for (const [file, group] of [
    ['netstat', 'TcpExt'],
    ['snmp', 'Tcp'],
  ] as const) {
    const path = `${proc}/net/${file}`
    const text = readProcFile(path)
    if (text instanceof Absent) return text
    const read = parseCounters(text, group)
    if (read === undefined) return new Absent(path, 'a form that is not known')
    for (const [name, value] of read) counters.set(`${group} ${name}`, value)
  }
  return counters
}

/** `Tcp: NAME NAME ...`, and below it `Tcp: NUMBER NUMBER ...`; undefined if there is no such pair of lines. */
export function parseCounters(text: string, group: string): Map<string, bigint> | undefined {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith(`${group}: `))
    .map((line) => line.trim().split(/\s+/).slice(1))
  if (names === undefined || values === undefined || names.length !== values.length) return undefined
  if (!values.every((value) => /^-?\d{1,20}$/.test(value))) return undefined
  return new Map(names.map((name, index) => [name, BigInt(values[index] as string)]))
}

/**
 * By how much a counter has grown between two readings; undefined where the kernel has no such counter. Counters are as
 * wide as a word of the machine, and go on from 0 behind the greatest.
 */
export function growth(before: Counters, after: Counters, { group, name }: CounterName): number | undefined {
  const key = `${group} ${name}`
  const first = before.get(key)
  const last = after.get(key)
  if (first === undefined || last === undefined) return undefined
  const grown = last - first
  if (grown >= 0n) return Number(grown)
  return Number(BigInt.asUintN(first < 1n << 32n ? 32 : 64, grown))
}
