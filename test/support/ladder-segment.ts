import { ACK, formatFlags, RST } from '../../src/decode/tcp-flags.ts'

/** The middle column of a ladder (ladder.ts has the notation). Optional parts are undefined where not written. */
export interface LadderSegment {
  readonly flags: number
  /** Unsigned, as written. */
  readonly seq: number
  readonly payloadLength: number
  readonly ack: number | undefined
  readonly window: number | undefined
  readonly options: readonly LadderOption[]
  readonly ttl: number | undefined
  readonly ipId: number | undefined
  readonly fill: number | undefined
  readonly badChecksum: boolean
  /** It is quoted by an error of this kind, sent to whom the arrow leads: its own sender. */
  readonly icmp?: LadderIcmp | undefined
}

interface LadderIcmp {
  readonly type: number
  readonly code: number
  readonly mtu: number | undefined
}

export type LadderOption =
  | { readonly name: 'mss'; readonly value: number }
  | { readonly name: 'wscale'; readonly shift: number }
  | { readonly name: 'sackOK' }
  | { readonly name: 'sack'; readonly blocks: readonly (readonly [left: number, right: number])[] }
  | { readonly name: 'TS'; readonly val: number; readonly ecr: number }
  | { readonly name: 'tfo'; readonly cookie: string }
  | { readonly name: 'nop' }
  | { readonly name: 'option'; readonly kind: number; readonly bytes: string }

/** The window field of a segment that names none. */
export const DEFAULT_WINDOW = 65_535

/** An RST of no connection has number 0 and belongs to no stream (RFC 9293 section 3.10.7.1). */
export function isUnrelatedReset(segment: LadderSegment): boolean {
  return (segment.flags & RST) !== 0 && segment.seq === 0
}

const SEGMENT = new RegExp(
  [
    /^(?<flags>[FSRPUEWe]*\.?|none)\s+(?<seq>\d+):(?<end>\d+)\((?<length>\d+)\)/,
    /(?:\s+ack (?<ack>\d+))?(?:\s+win (?<win>\d+))?(?:\s+<(?<options>[^>]*)>)?/,
    /(?:\s+ttl (?<ttl>\d+))?(?:\s+id 0x(?<ipId>[0-9a-f]{4}))?(?:\s+fill 0x(?<fill>[0-9a-f]{2}))?(?<badsum>\s+badsum)?$/,
  ]
    .map((part) => part.source)
    .join(''),
)

const ICMP = /^icmp (?<type>\d+)\/(?<code>\d+)(?: mtu (?<mtu>\d+))? about\s+(?<quoted>.*)$/

/** Throws an Error that says what is wrong. */
export function parseSegment(text: string): LadderSegment {
  const groups: Record<string, string | undefined> | undefined = ICMP.exec(text)?.groups
  if (groups === undefined) return parseTcp(text)
  const icmp = {
    type: parseNumber(groups, 'type', 255) ?? 0,
    code: parseNumber(groups, 'code', 255) ?? 0,
    mtu: parseNumber(groups, 'mtu', 65_535),
  }
  return { ...parseTcp(groups['quoted'] ?? ''), icmp }
}

function parseTcp(text: string): LadderSegment {
  const match = SEGMENT.exec(text)
  if (match === null) throw new Error(`not a segment: ${text}`)
  const groups: Record<string, string | undefined> = match.groups ?? {}
  const { flags: letters = '', options, ipId, fill, badsum } = groups
  const flags = parseFlags(letters)
  const seq = parseNumber(groups, 'seq', 0xffff_ffff) ?? 0
  const payloadLength = parseNumber(groups, 'length', 65_535) ?? 0
  const end = parseNumber(groups, 'end', 0xffff_ffff)
  if ((seq + payloadLength) >>> 0 !== end)
    throw new Error(`${payloadLength} bytes from ${seq} do not end at ${end}`)
  const ack = parseNumber(groups, 'ack', 0xffff_ffff)
  if ((flags & ACK) !== 0 && ack === undefined) throw new Error('the ACK flag needs an ack')
  return {
    flags,
    seq,
    payloadLength,
    ack,
    window: parseNumber(groups, 'win', 65_535),
    options: options === undefined ? [] : options.split(',').map(parseOption),
    ttl: parseNumber(groups, 'ttl', 255),
    ipId: ipId === undefined ? undefined : Number.parseInt(ipId, 16),
    fill: fill === undefined ? undefined : Number.parseInt(fill, 16),
    badChecksum: badsum !== undefined,
  }
}

function parseFlags(text: string): number {
  for (let flags = 0; flags < 0x200; flags++) if (formatFlags(flags) === text) return flags
  throw new Error(`not flags as tcpdump prints them: ${text}`)
}

function parseNumber(
  groups: Record<string, string | undefined>,
  name: string,
  max: number,
): number | undefined {
  const digits = groups[name]
  return digits === undefined ? undefined : bounded(digits, max)
}

function bounded(digits: string | undefined, max: number): number {
  const value = Number(digits)
  if (!(value <= max)) throw new Error(`${digits} is not a number up to ${max}`)
  return value
}

function parseOption(text: string): LadderOption {
  const [name = '', ...words] = text.trim().split(/\s+/)
  const [first, second, third, fourth] = words
  switch (`${name}/${words.length}`) {
    case 'mss/1':
      return { name: 'mss', value: bounded(first, 65_535) }
    case 'wscale/1':
      return { name: 'wscale', shift: bounded(first, 255) }
    case 'sackOK/0':
      return { name: 'sackOK' }
    case 'nop/0':
      return { name: 'nop' }
    case 'TS/4':
      if (first !== 'val' || third !== 'ecr') break
      return { name: 'TS', val: bounded(second, 0xffff_ffff), ecr: bounded(fourth, 0xffff_ffff) }
    case 'sack/1':
    case 'sack/2':
    case 'sack/3':
    case 'sack/4':
      return { name: 'sack', blocks: words.map(parseSackBlock) }
    case 'tfo/0':
    case 'tfo/1':
      return { name: 'tfo', cookie: parseHex(first) }
    case 'option/1':
    case 'option/2':
      return { name: 'option', kind: bounded(first, 255), bytes: parseHex(second) }
  }
  throw new Error(`not an option: ${text}`)
}

function parseSackBlock(text: string): [number, number] {
  const [left, right, ...rest] = text.split(':')
  if (rest.length > 0) throw new Error(`not a SACK block: ${text}`)
  return [bounded(left, 0xffff_ffff), bounded(right, 0xffff_ffff)]
}

function parseHex(text = ''): string {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error(`not bytes in hex: ${text}`)
  return text
}

/** One segment, the flags padded as in the figures. */
export function printSegment(segment: LadderSegment): string {
  const { seq, payloadLength, ack, window, options, ttl, ipId, fill, icmp } = segment
  const mtu = icmp?.mtu === undefined ? '' : ` mtu ${icmp.mtu}`
  const parts = [
    ...(icmp === undefined ? [] : [`icmp ${icmp.type}/${icmp.code}${mtu} about`]),
    formatFlags(segment.flags).padEnd(3),
    `${seq}:${(seq + payloadLength) >>> 0}(${payloadLength})`,
  ]
  if (ack !== undefined) parts.push(`ack ${ack}`)
  if (window !== undefined) parts.push(`win ${window}`)
  if (options.length > 0) parts.push(`<${options.map(printOption).join(',')}>`)
  if (ttl !== undefined) parts.push(`ttl ${ttl}`)
  if (ipId !== undefined) parts.push(`id 0x${ipId.toString(16).padStart(4, '0')}`)
  if (fill !== undefined) parts.push(`fill 0x${fill.toString(16).padStart(2, '0')}`)
  if (segment.badChecksum) parts.push('badsum')
  return parts.join(' ')
}

function printOption(option: LadderOption): string {
  switch (option.name) {
    case 'mss':
      return `mss ${option.value}`
    case 'wscale':
      return `wscale ${option.shift}`
    case 'sack':
      return `sack ${option.blocks.map(([left, right]) => `${left}:${right}`).join(' ')}`
    case 'TS':
      return `TS val ${option.val} ecr ${option.ecr}`
    case 'tfo':
      return `tfo ${option.cookie}`.trimEnd()
    case 'option':
      return `option ${option.kind} ${option.bytes}`.trimEnd()
    default:
      return option.name
  }
}
