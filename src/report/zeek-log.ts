import { createHash } from 'node:crypto'
import type { CaptureSource } from '../capture/capture-source.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { addressText } from './endpoint-text.ts'
import { isPrivate } from './private-addresses.ts'
import { type Report, reportEnd } from './report.ts'
import type { RowFormat } from './row-format.ts'
import { Timestamp } from './timestamp.ts'

/**
 * The columns of Zeek's conn.log (`Conn::Info` of base/protocols/conn/main.zeek) up to `resp_ip_bytes`, in its order and with its
 * types; `tunnel_parents` and `ip_proto` are left out.
 */
const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['resp_bytes', 'count'],
  ['conn_state', 'string'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'count'],
  ['history', 'string'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
]

const UNSET = '-'
/** Bits of a uid, as Zeek's `bits_per_uid`. */
const UID_BYTES = 12
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `--format zeek`: a conn.log as Zeek's ASCII writer has it, with the moments of the capture for those of its writing. */
export class ZeekLog implements RowFormat {
  readonly #timestamp: Timestamp

  constructor({ epoch }: CaptureSource) {
    this.#timestamp = new Timestamp(epoch)
  }

  head(): string {
    return [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      `#unset_field\t${UNSET}`,
      '#path\tconn',
      `#open\t${this.#moment(0)}`,
      `#fields\t${COLUMNS.map(([name]) => name).join('\t')}`,
      `#types\t${COLUMNS.map(([, type]) => type).join('\t')}`,
      '',
    ].join('\n')
  }

  row(connection: ConnectionSummary): string {
    const { client, server, zeek } = connection
    const start = this.#timestamp.seconds(connection.start)
    const from = addressText(client)
    const to = addressText(server)
    const isTimed = zeek.duration > 0
    const values = [
      start,
      uidOf(connection, `${start} ${from} ${client.port} ${to} ${server.port}`),
      from,
      client.port,
      to,
      server.port,
      'tcp',
      // Of what it carries nothing is interpreted.
      UNSET,
      isTimed ? (zeek.duration / 1e9).toFixed(6) : UNSET,
      isTimed ? zeek.origBytes : UNSET,
      isTimed ? zeek.respBytes : UNSET,
      zeek.connState,
      isPrivate(client) ? 'T' : 'F',
      isPrivate(server) ? 'T' : 'F',
      zeek.missedBytes,
      zeek.history === '' ? UNSET : zeek.history,
      client.packets,
      client.bytes,
      server.packets,
      server.bytes,
    ]
    return `${values.join('\t')}\n`
  }

  tail({ capture }: Report): string {
    return `#close\t${this.#moment(reportEnd(capture))}\n`
  }

  /** `2026-11-20-21-03-11`. */
  #moment(time: number): string {
    return this.#timestamp.rfc3339(time).slice(0, -11).replaceAll(/[T:]/g, '-')
  }
}

/** The same for the same connection of the same capture: `id` tells those apart that the rest does not. */
function uidOf({ id, tunnels, vlans }: ConnectionSummary, tuple: string): string {
  const around = tunnels.length + vlans.length === 0 ? '' : JSON.stringify([tunnels, vlans])
  const hash = createHash('sha256').update(`${tuple} ${id} ${around}`).digest()
  let rest = BigInt(`0x${hash.toString('hex', 0, UID_BYTES)}`)
  let text = ''
  for (; rest > 0n; rest /= 62n) text = `${DIGITS[Number(rest % 62n)]}${text}`
  return `C${text}`
}
