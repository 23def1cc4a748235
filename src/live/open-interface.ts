import { formatLinkType, isSupportedLinkType } from '../capture/link-type.ts'
import { ERROR_LENGTH, type LoadedLibpcap, memoryOf, type Pointer, textOf } from './libpcap.ts'
import { LiveError } from './live-error.ts'
import type { LiveOptions } from './live-input.ts'
import { compileFilter } from './packet-filter.ts'

/**
 * Milliseconds after which the kernel hands on packets that do not fill a block of its buffer (TPACKET_V3). Each time
 * uses up a block, 128 KiB of the buffer, however little is in it.
 */
export const HANDED_ON_AFTER = 20

/** pcap.h */
const NANOSECONDS = 1
export const NO_SUCH_DEVICE = -5
export const PERMISSION_DENIED = -8
export const NOT_UP = -9
const PROMISCUOUS_DENIED = -11

/** fcntl.h */
const F_SETFD = 2
const FD_CLOEXEC = 1

const MAY_CAPTURE =
  "run as root, or allow it for good: 'sudo setcap cap_net_raw+ep $(readlink -f $(which node))' (for every program in Node)"

/** What is to be done about the errors of pcap_activate. */
export function activationError(name: string, status: number, reason: string): LiveError {
  switch (status) {
    case NO_SUCH_DEVICE:
      return new LiveError(
        'no-such-interface',
        `there is no interface '${name}': 'tcpaudit interfaces' lists those there are`,
      )
    case PERMISSION_DENIED:
    case PROMISCUOUS_DENIED:
      return new LiveError('no-permission', `this user may not capture on ${name}: ${MAY_CAPTURE}`)
    case NOT_UP:
      return new LiveError('interface-down', `${name} is down: 'ip link set ${name} up'`)
    default:
      return new LiveError(
        'not-captured',
        `${name} cannot be captured on (${reason}): 'tcpaudit interfaces' lists what can`,
      )
  }
}

/** A handle that is activated, reads without waiting and has its filter. Throws LiveError and FilterError. */
export function openHandle(libpcap: LoadedLibpcap, name: string, options: LiveOptions): Pointer {
  const { c } = libpcap
  const error = memoryOf(ERROR_LENGTH)
  const handle = c.pcap_create(name, error)
  if (handle === null) throw activationError(name, 0, textOf(error))
  try {
    c.pcap_set_snaplen(handle, options.snaplen)
    c.pcap_set_promisc(handle, options.promiscuous ? 1 : 0)
    c.pcap_set_timeout(handle, HANDED_ON_AFTER)
    c.pcap_set_buffer_size(handle, options.bufferLength)
    // Where it is not to be had, microseconds stay.
    c.pcap_set_tstamp_precision(handle, NANOSECONDS)
    const status = c.pcap_activate(handle)
    if (status < 0) throw activationError(name, status, reasonOf(libpcap, handle, status))
    // libpcap leaves the socket open to every program that we start: it could read and send raw packets.
    c.fcntl(c.pcap_get_selectable_fd(handle), F_SETFD, FD_CLOEXEC)
    const linkType = c.pcap_datalink(handle)
    if (!isSupportedLinkType(linkType)) {
      throw new LiveError(
        'unsupported-link-type',
        `${name}: ${formatLinkType(linkType)} is not decoded: listen on an Ethernet, "any", loopback or tunnel interface`,
      )
    }
    if (c.pcap_setnonblock(handle, 1, error) !== 0) throw activationError(name, 0, textOf(error))
    if (options.filter !== undefined) setFilter(libpcap, handle, options.filter)
    return handle
  } catch (problem) {
    c.pcap_close(handle)
    throw problem
  }
}

function setFilter(libpcap: LoadedLibpcap, handle: Pointer, expression: string): void {
  const { c } = libpcap
  const program = compileFilter(libpcap, handle, expression)
  const status = c.pcap_setfilter(handle, program)
  c.pcap_freecode(program)
  if (status !== 0)
    throw new LiveError(
      'not-captured',
      `the filter cannot be set (${c.pcap_geterr(handle)}): try a shorter one`,
    )
}

/** libpcap says more of some errors than their name. */
function reasonOf({ c }: LoadedLibpcap, handle: Pointer, status: number): string {
  return c.pcap_geterr(handle) || c.pcap_statustostr(status)
}
