import { Option } from 'commander'
import { parsePositive } from './shared-options.ts'
import { UsageError } from './usage-error.ts'

/** Headers with all options, in every tunnel that is followed, and the packet that an ICMP error quotes. */
export const DEFAULT_SNAPLEN = 256
/** Less than all headers take on an ordinary link. */
const LEAST_SNAPLEN = 96
const MOST_SNAPLEN = 262_144

/** MiB. The kernel hands packets on in blocks of 128 KiB, full or not, 50 times a second: 32 MiB last for 5 s at least. */
export const DEFAULT_BUFFER = 32
const MOST_BUFFER = 2047

export function snaplenOption(): Option {
  return new Option(
    '--snaplen <n>',
    `keep so many bytes of each packet (default ${DEFAULT_SNAPLEN})`,
  ).argParser((text) => between('--snaplen', text, LEAST_SNAPLEN, MOST_SNAPLEN))
}

export function bufferOption(): Option {
  return new Option(
    '--buffer <MiB>',
    `room in the kernel for packets that wait for us (default ${DEFAULT_BUFFER})`,
  ).argParser((text) => between('--buffer', text, 1, MOST_BUFFER))
}

export function between(option: string, text: string, least: number, most: number): number {
  const number = parsePositive(option, text)
  if (number >= least && number <= most) return number
  throw new UsageError(`${option} takes no ${text}: give a number from ${least} to ${most}`)
}
