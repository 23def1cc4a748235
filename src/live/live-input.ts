import type { ByteInput } from '../capture/byte-window.ts'
import type { Listening } from '../capture/capture-source.ts'

export interface LiveOptions {
  /** pcap filter syntax. */
  readonly filter?: string | undefined
  /** Bytes kept of each packet. */
  readonly snaplen: number
  /** Of the kernel, in which packets wait for us; bytes. */
  readonly bufferLength: number
  /** Packets for others too, where the card gets to see them. */
  readonly promiscuous: boolean
}

/**
 * An interface that is listened on, as a pcap file that goes on: its header first. A read waits for packets, and gives
 * NOTHING_YET when there were none for a while.
 */
export interface LiveInput extends ByteInput, Omit<Listening, 'clockStepped'> {
  /** Everything that passed before has been read; milliseconds since 1970 by the system's clock; undefined at first. */
  readonly quietUntil: number | undefined
  /** Ends it: what has passed by now is still read. */
  stop(): void
}

/** Who gets the packets from the kernel: libpcap called by us, or the npm package cap. */
export const BACKENDS = ['libpcap', 'cap'] as const
export type Backend = (typeof BACKENDS)[number]

/** What our own queue holds at most, bytes: a million packets of the usual snaplen. It takes memory only when it is needed. */
export const QUEUE_LENGTH = 256 * 1024 * 1024

/** Numbers in headers of pcap files are in the order of the machine that writes them. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Milliseconds without a packet after which a read gives NOTHING_YET. */
export const SILENCE = 100

/** Lets timers, signals and other input have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
