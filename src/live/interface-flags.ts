import { type LoadedLibpcap, memoryOf } from './libpcap.ts'

/** Linux: linux/sockios.h, linux/if.h, bits/socket.h. */
const SIOCGIFFLAGS = 0x8913
const IFF_UP = 1
const AF_INET = 2
const SOCK_DGRAM = 2

/** struct ifreq: a name, then a union that begins with the flags. */
const REQUEST_LENGTH = 40
const NAME_LENGTH = 16

/**
 * Whether the interface is up. libpcap goes on waiting when an interface is taken down, in case it comes back. True if
 * nobody knows: `any` is none, and what is gone libpcap tells by itself.
 */
export function isInterfaceUp({ c }: LoadedLibpcap, name: string): boolean {
  if (process.platform !== 'linux' || name.length >= NAME_LENGTH) return true
  const request = memoryOf(REQUEST_LENGTH)
  request.set(Buffer.from(name))
  const socket = c.socket(AF_INET, SOCK_DGRAM, 0)
  if (socket === -1) return true
  const status = c.ioctl(socket, SIOCGIFFLAGS, request)
  c.close(socket)
  return status !== 0 || ((request[NAME_LENGTH] as number) & IFF_UP) !== 0
}
