import type { CaptureSource, Listening } from '../capture/capture-source.ts'
import { formatLinkType } from '../capture/link-type.ts'
import { printable } from './text-layout.ts'

const TIMES: Readonly<Record<Listening['timestamps'], string>> = {
  'kernel-nanoseconds': 'times of the kernel in nanoseconds',
  'kernel-microseconds': 'times of the kernel in microseconds',
  arrival: 'times of arrival at tcpaudit, drops unknown',
}

/** `listening on eth0: link type 1 (Ethernet), by libpcap, times of the kernel in nanoseconds; Ctrl-C ends`. */
export function listeningText({ name, linkTypes, listening, filter }: CaptureSource): string {
  const [linkType = 0] = linkTypes
  const parts = [
    `listening on ${printable(name)}: ${formatLinkType(linkType)}`,
    ...(listening === undefined ? [] : [`by ${listening.backend}, ${TIMES[listening.timestamps]}`]),
    ...(filter === undefined ? [] : [`only '${printable(filter)}'`]),
  ]
  return `${parts.join(', ')}; Ctrl-C ends`
}
