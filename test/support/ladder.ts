/**
 * The ladder notation: two endpoints and the segments between them, one event per line, drawn as the figures of
 * RFC 9293 are, with packetdrill's spelling of a segment. A is the left end (the initiator in the RFC's figures).
 *
 *     SYN_SENT     --> S   100:100(0) win 65535 <mss 1460,sackOK,wscale 7>  --> LISTEN
 *     ESTABLISHED  <-- S.  300:300(0) ack 101 <mss 1460>                    <-- SYN_RCVD
 *     +1.2         --> P.  101:106(5) ack 301                               --> ESTABLISHED  ! some-rule  ; a comment
 *     CLOSED       +60                                                          CLOSED
 *
 * A line is `[#connection] [+seconds] [state] arrow segment [arrow [state]] [! rule ...] [; comment]`.
 *
 * - The states are those after the line, as believed then, without hindsight. `-` or nothing: not asserted here.
 *   They belong to the newest connection of the two endpoints, or to the one numbered (from 1) by a leading `#`.
 * - `+seconds` is the time since the line before, microseconds at the finest; 0.001 if not given. Between two states
 *   and without a segment it is time that passes.
 * - `-->` and `<--` are captured; so are `--x` and `x--`, but they are lost behind the capture point; `~~>` and `<~~`
 *   are not captured.
 * - A segment is `flags first:end(length) [ack n] [win n] [<option,...>] [ttl n] [id 0x1a2b] [fill 0x41] [badsum]`:
 *   flags as tcpdump prints them, numbers as on the wire (SYN and FIN take no part in `end`), the window as sent (not
 *   scaled) and 65535 if not given. `fill` is the payload's byte, otherwise it follows from the sequence number, so that
 *   a repetition repeats the bytes.
 * - `icmp 3/1 about S 100:100(0)` is an ICMP error of type 3, code 1 that a router sends to the sender of that segment; one
 *   that names the next hop's MTU is `icmp 3/4 mtu 1400 about ...`. In IPv6 it is the ICMPv6 error with the same meaning.
 * - Options: `mss n`, `wscale n`, `sackOK`, `sack l:r l:r`, `TS val n ecr n`, `tfo` (a request), `tfo 0011` (a cookie in
 *   hex), `nop`, and any other as `option kind hex`.
 * - The line `A = B`, before all others, says that both ends are one socket. Empty lines and lines that start with `;`
 *   are remarks.
 *
 * `printLadder` aligns the columns; a printed ladder parses to what was printed, and prints as itself.
 */
import { STATE_NAMES, type StateName } from '../../src/tracker/tcp-state.ts'
import { type LadderSegment, parseSegment, printSegment } from './ladder-segment.ts'

export interface Ladder {
  /** Both ends are the same address and port. */
  readonly selfConnect: boolean
  readonly lines: readonly LadderLine[]
}

export type LadderLine = LadderRemark | LadderWait | LadderSegmentLine

export interface LadderRemark {
  readonly kind: 'remark'
  /** The comment's text; empty for an empty line. */
  readonly text: string
}

interface LadderEvent {
  /** The connection whose states are asserted, from 1; the newest if undefined. */
  readonly connection: number | undefined
  readonly left: StateName | undefined
  readonly right: StateName | undefined
  readonly rules: readonly string[]
  readonly comment: string | undefined
}

/** Time passes, and nothing is captured. */
export interface LadderWait extends LadderEvent {
  readonly kind: 'wait'
  readonly delayMicros: number
}

export interface LadderSegmentLine extends LadderEvent {
  readonly kind: 'segment'
  readonly delayMicros: number | undefined
  readonly fromLeft: boolean
  readonly fate: 'delivered' | 'lost' | 'unseen'
  readonly segment: LadderSegment
}

export const DEFAULT_DELAY_MICROS = 1000

const SELF_CONNECT = 'A = B'
const NOT_ASSERTED = '-'

const ARROWS = [
  { text: '-->', fromLeft: true, fate: 'delivered' },
  { text: '<--', fromLeft: false, fate: 'delivered' },
  { text: '--x', fromLeft: true, fate: 'lost' },
  { text: 'x--', fromLeft: false, fate: 'lost' },
  { text: '~~>', fromLeft: true, fate: 'unseen' },
  { text: '<~~', fromLeft: false, fate: 'unseen' },
] as const

const TAIL = /^(?<event>[^!;]*?)\s*(?:!\s*(?<rules>[^;]*?))?\s*(?:;\s*(?<comment>.*))?$/
const PREFIX =
  /^(?:#(?<connection>[1-9]\d*)(?:\s+|$))?(?:\+(?<delay>\d+(?:\.\d{1,6})?)(?:\s+|$))?(?<left>\S+)?$/
const WAIT =
  /^(?:#(?<connection>[1-9]\d*)\s+)?(?<left>[A-Z][A-Z_0-9]*|-)\s+\+(?<delay>\d+(?:\.\d{1,6})?)\s+(?<right>\S+)$/
const EVENT =
  /^(?<prefix>.*?)\s*(?<arrow>-->|<--|--x|x--|~~>|<~~)\s+(?<segment>.*?)(?:\s+(?<again>-->|<--|--x|x--|~~>|<~~)(?:\s+(?<right>\S+))?)?$/
/** Throws an Error that names the line and what is wrong with it. */
export function parseLadder(text: string): Ladder {
  const lines: LadderLine[] = []
  let selfConnect = false
  for (const [index, raw] of trimEmptyEnds(text.split('\n')).entries()) {
    const line = raw.trim()
    if (line === SELF_CONNECT && lines.every((earlier) => earlier.kind === 'remark')) selfConnect = true
    else {
      try {
        lines.push(parseLine(line))
      } catch (error) {
        throw new Error(`ladder line ${index + 1}: ${(error as Error).message}\n    ${line}`)
      }
    }
  }
  return { selfConnect, lines }
}

function trimEmptyEnds(lines: readonly string[]): string[] {
  const filled = lines.map((line) => line.trim() !== '')
  return lines.slice(Math.max(filled.indexOf(true), 0), filled.lastIndexOf(true) + 1)
}

function parseLine(line: string): LadderLine {
  if (line === '') return { kind: 'remark', text: '' }
  if (line.startsWith(';')) return { kind: 'remark', text: line.slice(1).trim() }
  const { event = '', rules: ruleText = '', comment } = match(TAIL, line) ?? {}
  const rules = ruleText.split(/[\s,]+/).filter((rule) => rule !== '')
  const tail = { rules, comment: comment === '' ? undefined : comment }

  const wait = match(WAIT, event)
  if (wait !== undefined) {
    const delayMicros = parseDelay(wait) ?? 0
    return { kind: 'wait', ...parsePlace(wait), delayMicros, ...parseRight(wait), ...tail }
  }
  const parts = match(EVENT, event) ?? {}
  const { prefix: place = '', arrow: first, again = first, segment = '' } = parts
  const prefix = match(PREFIX, place)
  if (first === undefined || prefix === undefined) {
    throw new Error('expected [#connection] [+seconds] [state] arrow segment [arrow state]')
  }
  if (again !== first) throw new Error('the two arrows differ')
  const { fromLeft, fate } = ARROWS.find((arrow) => arrow.text === first) ?? ARROWS[0]
  return {
    kind: 'segment',
    ...parsePlace(prefix),
    delayMicros: parseDelay(prefix),
    fromLeft,
    fate,
    segment: parseSegment(segment),
    ...parseRight(parts),
    ...tail,
  }
}

type Groups = Readonly<Record<string, string | undefined>>

function match(pattern: RegExp, text: string): Groups | undefined {
  const found = pattern.exec(text)
  return found === null ? undefined : (found.groups ?? {})
}

function parsePlace({ connection, left }: Groups) {
  return { connection: connection === undefined ? undefined : Number(connection), left: parseState(left) }
}

function parseRight({ right }: Groups) {
  return { right: parseState(right) }
}

function parseDelay({ delay }: Groups): number | undefined {
  if (delay === undefined) return undefined
  const [seconds = '', fraction = ''] = delay.split('.')
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}

function parseState(text: string | undefined): StateName | undefined {
  if (text === undefined || text === NOT_ASSERTED) return undefined
  const name = STATE_NAMES.find((candidate) => candidate === text)
  if (name === undefined) throw new Error(`no state is called ${text}`)
  return name
}

/** The ladder's text with its columns aligned, without a final newline. */
export function printLadder(ladder: Ladder): string {
  const rows = ladder.lines.map(cells)
  const width = (column: 0 | 1) =>
    Math.max(0, ...rows.map((row) => (typeof row === 'string' ? 0 : row[column].length)))
  const widths = [width(0), width(1)]
  const lines = rows.map((row) => {
    if (typeof row === 'string') return row
    return `${row[0].padEnd(widths[0] ?? 0)}  ${row[1].padEnd(widths[1] ?? 0)}  ${row[2]}`.trimEnd()
  })
  return (ladder.selfConnect ? [SELF_CONNECT, ...lines] : lines).join('\n')
}

function cells(line: LadderLine): string | [left: string, middle: string, right: string] {
  if (line.kind === 'remark') return line.text === '' ? '' : `; ${line.text}`
  const tail = [
    ...(line.rules.length > 0 ? [`! ${line.rules.join(' ')}`] : []),
    ...(line.comment === undefined ? [] : [`; ${line.comment}`]),
  ].map((part) => `  ${part}`)
  const right = `${line.right ?? NOT_ASSERTED}${tail.join('')}`
  const place = line.connection === undefined ? [] : [`#${line.connection}`]
  if (line.kind === 'wait') {
    const left = [...place, line.left ?? NOT_ASSERTED].join(' ')
    return [left, `+${formatMicros(line.delayMicros)}`, `    ${right}`]
  }
  const delay = line.delayMicros === undefined ? [] : [`+${formatMicros(line.delayMicros)}`]
  const left = [...place, ...delay, ...(line.left === undefined ? [] : [line.left])].join(' ')
  const arrow =
    ARROWS.find(({ fromLeft, fate }) => fromLeft === line.fromLeft && fate === line.fate)?.text ?? ''
  return [left, `${arrow} ${printSegment(line.segment)}`, `${arrow} ${right}`]
}

function formatMicros(micros: number): string {
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${Math.floor(micros / 1_000_000)}${fraction === '' ? '' : `.${fraction}`}`
}
