import { endianness } from 'node:os'
import type { HostEnd, Writable } from '../tracker/host-totals.ts'
import {
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SYN_RCVD,
  SYN_SENT,
  type TcpState,
  TIME_WAIT,
  UNKNOWN,
} from '../tracker/tcp-state.ts'

/** Our states by the kernel's numbers (include/net/tcp_states.h); 12 is TCP_NEW_SYN_RECV, which tables show as 3. */
const STATES: readonly TcpState[] = [
  UNKNOWN,
  ESTABLISHED,
  SYN_SENT,
  SYN_RCVD,
  FIN_WAIT_1,
  FIN_WAIT_2,
  TIME_WAIT,
  CLOSED,
  CLOSE_WAIT,
  LAST_ACK,
  LISTEN,
  CLOSING,
  SYN_RCVD,
]

/** The columns that are read, by their place in a line; `tx_queue rx_queue` and `tr tm->when` are one word each there. */
const LOCAL = 1
const REMOTE = 2
const STATE = 3
const QUEUES = 4
const RETRANSMITS = 6
const USER = 7
const INODE = 9

const HEADER =
  /^\s*sl\s+local_address\s+rem(?:ote)?_address\s+st\s+tx_queue\s+rx_queue\s+tr\s+tm->when\s+retrnsmt\s+uid\s+timeout\s+inode\b/

/** Whether a table begins with the columns that `KernelSocket.read` knows; more may follow. */
export function isSocketHeader(line: string): boolean {
  return HEADER.test(line)
}

/** A line of /proc/net/tcp or tcp6; one object, read into anew for each line. An IPv4-mapped address is one of IPv4. */
export class KernelSocket {
  readonly local: Writable<HostEnd> = { ipVersion: 4, address: [0, 0, 0, 0], port: 0 }
  readonly remote: Writable<HostEnd> = { ipVersion: 4, address: [0, 0, 0, 0], port: 0 }
  state: TcpState = UNKNOWN
  /** Bytes written that the peer has not acknowledged; of a listener, and of what is no whole socket, something else. */
  unacknowledged = 0
  /** How often its retransmission timer has run out since the peer last acknowledged something; probes do not count. */
  retransmits = 0
  /** The user it was made by. */
  uid = 0
  /** What names it among the files of a process; 0 if no process has it: not accepted yet, closed, TIME_WAIT. */
  inode = 0
  /** The socket is one of IPv6, whatever its addresses are. */
  isVersion6 = false
  readonly #littleEndian: boolean

  constructor(littleEndian = endianness() === 'LE') {
    this.#littleEndian = littleEndian
  }

  /** False for a line that is not one of such a table; what is in the object then means nothing. */
  read(line: string): boolean {
    const words = line.trim().split(/\s+/)
    const state = hexNumber(words[STATE], 2)
    const sent = hexNumber(words[QUEUES]?.split(':')[0], 8)
    const retransmits = hexNumber(words[RETRANSMITS], 8)
    const uid = decimalNumber(words[USER])
    const inode = decimalNumber(words[INODE])
    if (state === undefined || sent === undefined || retransmits === undefined) return false
    if (uid === undefined || inode === undefined) return false
    this.state = STATES[state] ?? UNKNOWN
    this.unacknowledged = sent
    this.retransmits = retransmits
    this.uid = uid
    this.inode = inode
    this.isVersion6 = (words[LOCAL]?.length ?? 0) > 13
    return this.#readEnd(words[LOCAL], this.local) && this.#readEnd(words[REMOTE], this.remote)
  }

  /** `0100007F:1F90`: the words of the address as numbers of this machine, the port as it is. */
  #readEnd(text: string | undefined, end: Writable<HostEnd>): boolean {
    const [address = '', portText] = text?.split(':') ?? []
    const port = hexNumber(portText, 4)
    if (port === undefined || (address.length !== 8 && address.length !== 32)) return false
    const words: [number, number, number, number] = [0, 0, 0, 0]
    for (let word = 0; 8 * word < address.length; word++) {
      const number = hexNumber(address.slice(8 * word, 8 * word + 8), 8)
      if (number === undefined) return false
      words[word] = this.#littleEndian ? swapped(number) : number | 0
    }
    end.port = port
    const isMapped = address.length === 32 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff
    end.ipVersion = address.length === 8 || isMapped ? 4 : 6
    end.address = isMapped ? [words[3], 0, 0, 0] : words
    return true
  }
}

function swapped(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}

function hexNumber(text: string | undefined, digits: number): number | undefined {
  if (text === undefined || text.length !== digits || !/^[0-9A-Fa-f]+$/.test(text)) return undefined
  return Number.parseInt(text, 16)
}

function decimalNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined
}
