import { formatAddress } from '../decode/address.ts'
import { ERROR_LENGTH, type LoadedLibpcap, loadLibpcap, memoryOf, type Pointer, textOf } from './libpcap.ts'
import { LiveError } from './live-error.ts'
import { IS_LITTLE_ENDIAN } from './live-input.ts'
import { openHandle } from './open-interface.ts'

/** What `live` could listen on. */
export interface InterfaceFacts {
  readonly name: string
  /** What libpcap says of it; empty for most. */
  readonly description: string
  readonly isUp: boolean
  readonly isLoopback: boolean
  readonly addresses: readonly string[]
  /** Why this user cannot listen on it, tried out; undefined if it can. */
  readonly obstacle: LiveError | undefined
}

/** struct pcap_if on 64-bit systems: next, name, description, addresses, flags. */
const DEVICE_LENGTH = 40
const DEVICE_NEXT = 0
const DEVICE_NAME = 8
const DEVICE_DESCRIPTION = 16
const DEVICE_FLAGS = 32
const DEVICE_ADDRESSES = 24
const IS_LOOPBACK = 1
const IS_UP = 2

/** struct pcap_addr there: next, address and three more; struct sockaddr of Linux: family, then what depends on it. */
const ADDRESS_LENGTH = 16
const ADDRESS_SOCKADDR = 8
const SOCKADDR_LENGTH = 28
const AF_INET = 2
const AF_INET6 = 10
const SOCKADDR_IPV4 = 4
const SOCKADDR_IPV6 = 8

/** What libpcap offers besides interfaces of the network: there is no TCP in them, or opening one has effects. */
const OTHER_DEVICES = /^(nflog|nfqueue|usbmon|bluetooth|bluetooth-monitor|dbus-|can|rdma|dpdk)/

/** Every interface that libpcap knows, tried whether this user may listen on it. */
export function listInterfaces(): InterfaceFacts[] {
  const libpcap = loadLibpcap()
  const first = memoryOf(8)
  const error = memoryOf(ERROR_LENGTH)
  if (libpcap.c.pcap_findalldevs(first, error) !== 0) {
    throw new LiveError('not-captured', `the interfaces cannot be listed (${textOf(error)}): run as root`)
  }
  const start = new DataView(first.buffer).getBigUint64(0, IS_LITTLE_ENDIAN)
  try {
    return [...devices(libpcap, start)].filter(({ name }) => !OTHER_DEVICES.test(name))
  } finally {
    libpcap.c.pcap_freealldevs(start)
  }
}

function* devices(libpcap: LoadedLibpcap, start: Pointer): Generator<InterfaceFacts> {
  for (let at = start; at !== 0n; ) {
    const view = libpcap.view(at, DEVICE_LENGTH)
    const text = (offset: number): string => {
      const pointer = view.getBigUint64(offset, IS_LITTLE_ENDIAN)
      return pointer === 0n ? '' : libpcap.text(pointer)
    }
    const name = text(DEVICE_NAME)
    const flags = view.getUint32(DEVICE_FLAGS, IS_LITTLE_ENDIAN)
    yield {
      name,
      description: text(DEVICE_DESCRIPTION),
      isUp: (flags & IS_UP) !== 0,
      isLoopback: (flags & IS_LOOPBACK) !== 0,
      addresses: [...addresses(libpcap, view.getBigUint64(DEVICE_ADDRESSES, IS_LITTLE_ENDIAN))],
      obstacle: obstacleOf(libpcap, name),
    }
    at = view.getBigUint64(DEVICE_NEXT, IS_LITTLE_ENDIAN)
  }
}

function* addresses(libpcap: LoadedLibpcap, start: Pointer): Generator<string> {
  for (let at = start; at !== 0n; ) {
    const view = libpcap.view(at, ADDRESS_LENGTH)
    const pointer = view.getBigUint64(ADDRESS_SOCKADDR, IS_LITTLE_ENDIAN)
    if (pointer !== 0n) {
      const socket = libpcap.view(pointer, SOCKADDR_LENGTH)
      const family = socket.getUint16(0, IS_LITTLE_ENDIAN)
      const word = (index: number): number => socket.getInt32(SOCKADDR_IPV6 + 4 * index)
      if (family === AF_INET) yield formatAddress(4, socket.getInt32(SOCKADDR_IPV4), 0, 0, 0)
      if (family === AF_INET6) yield formatAddress(6, word(0), word(1), word(2), word(3))
    }
    at = view.getBigUint64(0, IS_LITTLE_ENDIAN)
  }
}

/** Smallest that there is: it is closed at once. */
const TRIAL = { snaplen: 64, bufferLength: 256 * 1024, promiscuous: false } as const

function obstacleOf(libpcap: LoadedLibpcap, name: string): LiveError | undefined {
  try {
    libpcap.c.pcap_close(openHandle(libpcap, name, TRIAL))
    return undefined
  } catch (error) {
    if (error instanceof LiveError) return error
    throw error
  }
}
