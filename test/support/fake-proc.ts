import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { endianness, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseAddress } from '../../src/decode/address.ts'

/** A socket as a test says it: `10.0.0.9:8080`, `[::1]:80`; the kernel's number of the state. */
export interface FakeSocket {
  readonly local: string
  readonly remote?: string
  readonly state: number
  readonly inode?: number
  readonly unacknowledged?: number
  readonly retransmits?: number
}

export const KERNEL_ESTABLISHED = 1
export const KERNEL_FIN_WAIT_1 = 4
export const KERNEL_FIN_WAIT_2 = 5
export const KERNEL_CLOSE_WAIT = 8
export const KERNEL_LISTEN = 10

/** A folder that looks like /proc as far as its files are written. */
export class FakeProc {
  readonly path = mkdtempSync(join(tmpdir(), 'tcpaudit-proc-'))

  write(name: string, text: string): this {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return this
  }

  sockets(...sockets: readonly FakeSocket[]): this {
    const isSix = ({ local }: FakeSocket) => local.startsWith('[')
    this.write('net/tcp', tableText(sockets.filter((one) => !isSix(one))))
    return this.write('net/tcp6', tableText(sockets.filter(isSix)))
  }

  /** A process with these sockets open, and some other files. */
  process(pid: number, name: string, inodes: readonly number[]): this {
    this.write(`${pid}/comm`, `${name}\n`)
    mkdirSync(join(this.path, `${pid}/fd`))
    const targets = ['/dev/null', 'pipe:[77]', ...inodes.map((inode) => `socket:[${inode}]`)]
    for (const [fd, target] of targets.entries()) symlinkSync(target, join(this.path, `${pid}/fd/${fd}`))
    return this
  }

  counters(ext: Readonly<Record<string, number>>, tcp: Readonly<Record<string, number>> = {}): this {
    this.write('net/netstat', `${countersText('TcpExt', ext)}IpExt: InOctets\nIpExt: 7\n`)
    return this.write('net/snmp', `Ip: Forwarding\nIp: 1\n${countersText('Tcp', { MaxConn: -1, ...tcp })}`)
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}

function countersText(group: string, values: Readonly<Record<string, number>>): string {
  const line = (words: readonly (string | number)[]) => `${[`${group}:`, ...words].join(' ')}\n`
  return line(Object.keys(values)) + line(Object.values(values))
}

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'

function tableText(sockets: readonly FakeSocket[]): string {
  return HEADER + sockets.map((socket, index) => `${socketLine(socket, index)}\n`).join('')
}

/** A line as the kernel prints it (tcp4_seq_show): `%4d: %08X:%04X %08X:%04X %02X %08X:%08X %02X:%08lX %08X %5u %8d %lu`. */
export function socketLine(
  { local, remote, state, inode = 0, unacknowledged = 0, retransmits = 0 }: FakeSocket,
  index = 0,
): string {
  const isSix = local.startsWith('[')
  const hex = (value: number, width: number) => (value >>> 0).toString(16).toUpperCase().padStart(width, '0')
  const any = isSix ? '[::]:0' : '0.0.0.0:0'
  const ends = [local, remote ?? any].map((text) => endText(text, isSix)).join(' ')
  const rest = `${hex(state, 2)} ${hex(unacknowledged, 8)}:00000000 00:00000000 ${hex(retransmits, 8)}`
  return `${String(index).padStart(4)}: ${ends} ${rest} ${'1000'.padStart(5)} ${'0'.padStart(8)} ${inode} 1 0000000000000000 20 4 30 10 -1`
}

function endText(text: string, isSix: boolean): string {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? []
  const address = parseAddress(host)
  if (address === undefined) throw new Error(`no address: ${text}`)
  const bytes = Buffer.alloc(16)
  for (const [index, word] of address.words.entries()) bytes.writeInt32BE(word, 4 * index)
  const words = Array.from({ length: isSix ? 4 : 1 }, (_, index) =>
    endianness() === 'LE' ? bytes.readUInt32LE(4 * index) : bytes.readUInt32BE(4 * index),
  )
  const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')
  return `${words.map((word) => hex(word, 8)).join('')}:${hex(Number(port), 4)}`
}
