import type { CaptureSource } from '../capture/capture-source.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary, EndpointSummary } from '../tracker/connection-summary.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { addressText } from './endpoint-text.ts'
import type { RowFormat } from './row-format.ts'
import { surroundingsShort } from './surroundings-text.ts'
import { printable } from './text-layout.ts'
import { Timestamp } from './timestamp.ts'

/** A number is written as one; of the others, what a spreadsheet would calculate is made a text. */
type Cell = string | number | boolean | null | Decimal

/** Seconds as an exact decimal, never with an exponent. */
interface Decimal {
  readonly nanoseconds: number
}

interface RowContext {
  readonly timestamp: Timestamp
  readonly origins: PacketOrigins | undefined
  readonly sources: readonly string[]
  readonly findings: readonly string[]
}

type Column<T> = readonly [name: string, cell: (from: T, context: RowContext) => Cell]

/** Named by their place in the JSON of a connection, where they have one. */
const ENDPOINT_COLUMNS: readonly Column<EndpointSummary>[] = [
  ['address', (end) => addressText(end)],
  ['port', (end) => end.port],
  ['state', (end) => stateName(end.state)],
  ['stateSince', (end, { timestamp }) => timestamp.rfc3339(end.stateSince)],
  ['stateBasis', (end) => basisName(end.stateBasis)],
  ['packets', (end) => end.packets],
  ['bytes', (end) => end.bytes],
  ['payloadBytes', (end) => end.payloadBytes],
  ['uniqueBytes', (end) => end.uniqueBytes],
  ['retransmissions', (end) => end.retransmissions],
  ['outOfOrder', (end) => end.outOfOrder],
  ['duplicateAcks', (end) => end.duplicateAcks],
  ['zeroWindows', (end) => end.zeroWindows],
  ['keepAlives', (end) => end.keepAlives],
  ['resets', (end) => end.resets],
  ['rttSeconds.min', ({ rtt }) => seconds(rtt?.min)],
  ['rttSeconds.mean', ({ rtt }) => seconds(rtt?.mean)],
  ['rttSeconds.max', ({ rtt }) => seconds(rtt?.max)],
]

const COLUMNS: readonly Column<ConnectionSummary>[] = [
  ['id', ({ id }) => id],
  ['stream', ({ stream }, { origins }) => (origins === undefined ? stream : null)],
  ['capture', ({ firstPacket }, { origins, sources }) => sources[origins?.source(firstPacket) ?? 0] ?? null],
  ...endColumns('client'),
  ...endColumns('server'),
  ['roleBasis', ({ roleBasis }) => roleBasis],
  ['start', ({ start }, { timestamp }) => timestamp.rfc3339(start)],
  ['end', ({ end }, { timestamp }) => timestamp.rfc3339(end)],
  ['durationSeconds', ({ start, end }) => seconds(end - start)],
  ['firstPacket', ({ firstPacket }, { origins }) => origins?.packet(firstPacket) ?? firstPacket],
  ['lastPacket', ({ lastPacket }, { origins }) => origins?.packet(lastPacket) ?? lastPacket],
  ['packets', ({ packets }) => packets],
  ['midstream', ({ midstream }) => midstream],
  ['evicted', ({ evicted }) => evicted],
  ['oneSided', ({ oneSided }) => oneSided],
  ['surroundings', (connection) => surroundingsShort(connection) ?? null],
  ['outcome', ({ outcome }) => outcome],
  ['closedFirst', ({ closedFirst }) => closedFirst],
  ['handshake.rttSeconds', ({ handshake }) => seconds(handshake?.rtt)],
  ['handshake.synRetries', ({ handshake }) => handshake?.synRetries ?? null],
  ['handshake.synAckRetries', ({ handshake }) => handshake?.synAckRetries ?? null],
  ['zeek.connState', ({ zeek }) => zeek.connState],
  ['zeek.history', ({ zeek }) => zeek.history],
  ['findings', (_, { findings }) => findings.join(' ')],
]

/** The names of all columns, in order. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name)

/** `--format csv`: a row for each connection (RFC 4180), which spreadsheets may open. */
export class ConnectionCsv implements RowFormat {
  readonly #timestamp: Timestamp
  readonly #origins: PacketOrigins | undefined
  readonly #sources: readonly string[]

  constructor(source: CaptureSource) {
    this.#timestamp = new Timestamp(source.epoch)
    this.#origins = source.origins
    this.#sources = (source.parts ?? [source]).map(({ name }) => name)
  }

  head(): string {
    return csvRow(CSV_COLUMNS)
  }

  row(connection: ConnectionSummary, findings: readonly string[]): string {
    const context = {
      timestamp: this.#timestamp,
      origins: this.#origins,
      sources: this.#sources,
      findings,
    }
    return csvRow(COLUMNS.map(([, cell]) => textOf(cell(connection, context))))
  }

  tail(): string {
    return ''
  }
}

function endColumns(end: 'client' | 'server'): Column<ConnectionSummary>[] {
  return ENDPOINT_COLUMNS.map(([name, cell]) => [
    `${end}.${name}`,
    (connection, context) => cell(connection[end], context),
  ])
}

function seconds(nanoseconds: number | null | undefined): Decimal | null {
  return nanoseconds === null || nanoseconds === undefined ? null : { nanoseconds }
}

function textOf(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return defused(printable(cell))
  if (typeof cell === 'object') return (cell.nanoseconds / 1e9).toFixed(9).replace(/\.?0+$/, '')
  return String(cell)
}

/** What a spreadsheet takes for a formula is made a text by an apostrophe, as OWASP advises; their full-width forms too. */
export function defused(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`
}

/** RFC 4180 section 2. */
export function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
