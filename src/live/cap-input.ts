import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { NOTHING_YET } from '../capture/byte-window.ts'
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_NULL, LINKTYPE_RAW } from '../capture/link-type.ts'
import { MAGIC_NANOSECONDS, PCAP_HEADER_LENGTH } from '../capture/pcap-reader.ts'
import { ByteQueue } from './byte-queue.ts'
import { FilterError, LiveError } from './live-error.ts'
import {
  IS_LITTLE_ENDIAN,
  type LiveInput,
  type LiveOptions,
  nextTurn,
  QUEUE_LENGTH,
  SILENCE,
} from './live-input.ts'
import { activationError, NO_SUCH_DEVICE, NOT_UP, PERMISSION_DENIED } from './open-interface.ts'

/** What is used of the package. */
interface Cap {
  /** Keeps the address of `buffer`, and copies each packet there. Returns the name of the link type. */
  open(device: string, filter: string, bufferLength: number, buffer: Buffer): string
  on(event: 'packet', listener: (length: number, isCut: boolean) => void): void
  close(): void
}

/** Its names of link types, as far as we decode them. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  ETHERNET: LINKTYPE_ETHERNET,
  NULL: LINKTYPE_NULL,
  RAW: LINKTYPE_RAW,
  LINKTYPE_LINUX_SLL: LINKTYPE_LINUX_SLL,
}

/** The snaplen that the package sets. */
const LONGEST = 65_535
const RECORD_HEADER_LENGTH = 16
const LOOK_INTERVAL = 1000
/**
 * Those that could not be opened. They are never let go of: when one is collected, the package's destructor (binding.cc,
 * ~Pcap) stops a poll handle that was never begun, and the process aborts.
 */
const failed: Cap[] = []
/** IFF_UP in /sys/class/net/NAME/flags. */
const IFF_UP = 1

export function openCapInput(name: string, options: LiveOptions): CapInput {
  return new CapInput(loadCap(), name, options)
}

/** Throws LiveError with what is to be installed. */
function loadCap(): new () => Cap {
  try {
    return (createRequire(import.meta.url)('cap') as { readonly Cap: new () => Cap }).Cap
  } catch {
    throw new LiveError(
      'no-cap',
      "the package cap is not built: 'apt-get install libpcap-dev build-essential', then 'npm install cap' where tcpaudit is installed",
    )
  }
}

/**
 * An interface through the npm package cap, for where libpcap cannot be called through koffi. It calls JavaScript for each
 * packet, hands on neither the kernel's times nor its counters, and always listens to packets for others too.
 */
export class CapInput implements LiveInput {
  readonly backend = 'cap'
  readonly timestamps = 'arrival'
  readonly readsAhead = false
  bytesRead = 0
  quietUntil: number | undefined
  damage: string | undefined
  readonly #name: string
  readonly #cap: Cap
  /** Written by C for as long as the capture is open: it must not be collected before. */
  readonly #buffer = Buffer.from(new ArrayBuffer(LONGEST))
  readonly #queue = new ByteQueue(QUEUE_LENGTH)
  readonly #record = new Uint8Array(RECORD_HEADER_LENGTH + LONGEST)
  readonly #view = new DataView(this.#record.buffer)
  readonly #snaplen: number
  /** Whether /sys tells of this interface. */
  readonly #isInSys: boolean
  #hasEnded = false
  #wake: (() => void) | undefined
  #nextLook = 0

  constructor(Cap: new () => Cap, name: string, { filter = '', snaplen, bufferLength }: LiveOptions) {
    this.#name = name
    this.#snaplen = Math.min(snaplen, LONGEST)
    this.#cap = new Cap()
    const linkType = this.#open(filter, bufferLength)
    this.#isInSys = isUpInSys(name) === true
    this.#queue.push(fileHeader(linkType, this.#snaplen))
    this.#cap.on('packet', (length) => this.#take(length))
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    // The package calls from Node's loop, which must have its turn.
    await nextTurn()
    if (this.#queue.length === 0 && !this.#hasEnded) await this.#waitForPackets()
    const taken = this.#queue.take(buffer, offset, length)
    this.bytesRead += taken
    if (taken > 0) return taken
    // Whatever comes is stamped when it does.
    this.quietUntil = Date.now()
    if (!this.#hasEnded) this.#look()
    return this.#hasEnded ? 0 : NOTHING_YET
  }

  stop(): void {
    this.#hasEnded = true
    this.#wake?.()
  }

  cancel(): void {
    this.stop()
  }

  async close(): Promise<void> {
    this.stop()
    this.#cap.close()
  }

  #open(filter: string, bufferLength: number): number {
    try {
      const name = this.#cap.open(this.#name, filter, bufferLength, this.#buffer)
      const linkType = LINK_TYPES[name]
      if (linkType !== undefined) return linkType
      this.#cap.close()
      throw new LiveError(
        'unsupported-link-type',
        `${this.#name}: cap calls its link type '${name}', which is not decoded: listen on an Ethernet, "any", loopback or tunnel interface`,
      )
    } catch (error) {
      if (error instanceof LiveError) throw error
      failed.push(this.#cap)
      throw openError(this.#name, filter, String((error as Error).message))
    }
  }

  #take(length: number): void {
    if (this.#hasEnded || this.#queue.isFull) return
    const captured = Math.min(length, this.#snaplen)
    const now = performance.timeOrigin + performance.now()
    const seconds = Math.floor(now / 1000)
    this.#view.setUint32(0, seconds, IS_LITTLE_ENDIAN)
    this.#view.setUint32(4, Math.floor((now - seconds * 1000) * 1e6), IS_LITTLE_ENDIAN)
    this.#view.setUint32(8, captured, IS_LITTLE_ENDIAN)
    this.#view.setUint32(12, length, IS_LITTLE_ENDIAN)
    this.#record.set(this.#buffer.subarray(0, captured), RECORD_HEADER_LENGTH)
    this.#queue.push(this.#record.subarray(0, RECORD_HEADER_LENGTH + captured))
    this.#wake?.()
  }

  #look(): void {
    const now = performance.now()
    if (!this.#isInSys || now < this.#nextLook) return
    this.#nextLook = now + LOOK_INTERVAL
    const isUp = isUpInSys(this.#name)
    if (isUp === true) return
    this.damage = isUp === undefined ? 'the interface disappeared' : 'the interface went down'
    this.#hasEnded = true
  }

  /** Ends when there are packets, when it is to stop, or after SILENCE. */
  async #waitForPackets(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, SILENCE)
      this.#wake = () => {
        clearTimeout(timeout)
        resolve()
      }
    })
    this.#wake = undefined
  }
}

/** The package tells of errors in libpcap's words only. */
function openError(name: string, filter: string, reason: string): Error {
  if (/No such device/i.test(reason)) return activationError(name, NO_SUCH_DEVICE, reason)
  if (/permission|not permitted/i.test(reason)) return activationError(name, PERMISSION_DENIED, reason)
  if (/is not up|network is down/i.test(reason)) return activationError(name, NOT_UP, reason)
  if (/filter|syntax|parse|unknown/i.test(reason) && filter !== '') return new FilterError(filter, reason)
  return activationError(name, 0, reason)
}

/** Of a pcap file with nanoseconds (draft-ietf-opsawg-pcap section 4). */
function fileHeader(linkType: number, snaplen: number): Uint8Array {
  const header = new Uint8Array(PCAP_HEADER_LENGTH)
  const view = new DataView(header.buffer)
  view.setUint32(0, MAGIC_NANOSECONDS, IS_LITTLE_ENDIAN)
  view.setUint16(4, 2, IS_LITTLE_ENDIAN)
  view.setUint16(6, 4, IS_LITTLE_ENDIAN)
  view.setUint32(16, snaplen, IS_LITTLE_ENDIAN)
  view.setUint32(20, linkType, IS_LITTLE_ENDIAN)
  return header
}

/** undefined where /sys does not know it. */
function isUpInSys(name: string): boolean | undefined {
  try {
    const flags = readFileSync(`/sys/class/net/${name.replaceAll('/', '')}/flags`, 'utf8')
    return (Number.parseInt(flags, 16) & IFF_UP) !== 0
  } catch {
    return undefined
  }
}
