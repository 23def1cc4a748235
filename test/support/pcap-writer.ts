import { concatBytes } from './frame-builder.ts'

export interface CapturedFrame {
  /** Nanoseconds since 1970-01-01 UTC; what the format cannot hold is cut off. */
  time: bigint
  data: Uint8Array
  /** Length on the wire; `data.length` by default. */
  originalLength?: number
  /** pcapng: frames of each link type get an interface of their own. Classic pcap cannot mix them. */
  linkType?: number
}

export interface PcapOptions {
  /** `pcap-modified` has Alexey Kuznetsov's 24-byte record headers. Default `pcap`. */
  format?: 'pcap' | 'pcap-ns' | 'pcap-modified' | 'pcapng'
  byteOrder?: 'little' | 'big'
  linkType?: number
  /** Frames are cut to it; the wire length stays. */
  snaplen?: number
  /** pcapng if_tsresol as written: 6 for microseconds, 9 for nanoseconds, 0x80 + n for 2^-n. Default 9. */
  timestampResolution?: number
  /** pcapng if_tsoffset in seconds; absolute times stay the same. */
  timestampOffset?: bigint
}

/** A whole capture file. */
export function writePcap(frames: readonly CapturedFrame[], options: PcapOptions = {}): Uint8Array {
  return options.format === 'pcapng' ? writePcapng(frames, options) : writeClassicPcap(frames, options)
}

const CLASSIC_MAGIC = { pcap: 0xa1b2c3d4, 'pcap-ns': 0xa1b23c4d, 'pcap-modified': 0xa1b2cd34 }

function writeClassicPcap(frames: readonly CapturedFrame[], options: PcapOptions): Uint8Array {
  const format = options.format === undefined || options.format === 'pcapng' ? 'pcap' : options.format
  const { half, word } = integers(options.byteOrder === 'big')
  const snaplen = options.snaplen ?? 262144
  const linkType = options.linkType ?? 1
  const parts = [
    concatBytes(
      word(CLASSIC_MAGIC[format]),
      half(2),
      half(4),
      word(0),
      word(0),
      word(snaplen),
      word(linkType),
    ),
  ]
  for (const frame of frames) {
    const data = frame.data.slice(0, snaplen)
    const fraction = Number(frame.time % 1_000_000_000n)
    parts.push(
      word(Number(frame.time / 1_000_000_000n)),
      word(format === 'pcap-ns' ? fraction : Math.floor(fraction / 1000)),
      word(data.length),
      word(frame.originalLength ?? frame.data.length),
      // Interface index, protocol, packet type and one byte of padding.
      format === 'pcap-modified' ? concatBytes(word(1), half(0x0800), [0, 0]) : new Uint8Array(0),
      data,
    )
  }
  return concatBytes(...parts)
}

function writePcapng(frames: readonly CapturedFrame[], options: PcapOptions): Uint8Array {
  const blocks = pcapngBlocks(options.byteOrder)
  const resolution = options.timestampResolution ?? 9
  const offset = options.timestampOffset ?? 0n
  const defaultLinkType = options.linkType ?? 1
  const linkTypes = [
    ...new Set([defaultLinkType, ...frames.map((frame) => frame.linkType ?? defaultLinkType)]),
  ]
  const snaplen = options.snaplen ?? 262144
  const unitsPerSecond =
    (resolution & 0x80) !== 0 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
  return concatBytes(
    blocks.sectionHeader(),
    ...linkTypes.map((linkType) => blocks.interfaceDescription(linkType, snaplen, resolution, offset)),
    ...frames.map((frame) =>
      blocks.enhancedPacket(
        linkTypes.indexOf(frame.linkType ?? defaultLinkType),
        ((frame.time - offset * 1_000_000_000n) * unitsPerSecond) / 1_000_000_000n,
        frame.data.slice(0, snaplen),
        frame.originalLength ?? frame.data.length,
      ),
    ),
  )
}

/** The single blocks of a pcapng file in one byte order, to be joined with `concatBytes`. */
export function pcapngBlocks(byteOrder: 'little' | 'big' = 'little') {
  const { half, word, doubleWord } = integers(byteOrder === 'big')

  function block(type: number, body: Uint8Array): Uint8Array {
    const padded = padToWord(body)
    const length = word(12 + padded.length)
    return concatBytes(word(type), length, padded, length)
  }

  function option(code: number, value: Uint8Array): Uint8Array {
    return concatBytes(half(code), half(value.length), padToWord(value))
  }

  return {
    block,
    option,
    sectionHeader: (options: Uint8Array = new Uint8Array(0)): Uint8Array =>
      block(0x0a0d0d0a, concatBytes(word(0x1a2b3c4d), half(1), half(0), word(-1), word(-1), options)),
    /** Without `resolution` there are no options: microseconds. */
    interfaceDescription: (linkType = 1, snaplen = 0, resolution?: number, offset = 0n): Uint8Array =>
      block(
        1,
        concatBytes(
          half(linkType),
          half(0),
          word(snaplen),
          resolution === undefined ? [] : option(9, Uint8Array.of(resolution)),
          offset === 0n ? [] : option(14, doubleWord(offset)),
          resolution === undefined && offset === 0n ? [] : option(0, new Uint8Array(0)),
        ),
      ),
    /** `timestamp` in the interface's own units. */
    enhancedPacket: (
      interfaceId: number,
      timestamp: bigint,
      data: Uint8Array,
      originalLength = data.length,
    ): Uint8Array =>
      block(
        6,
        concatBytes(
          word(interfaceId),
          word(Number((timestamp >> 32n) & 0xffffffffn)),
          word(Number(timestamp & 0xffffffffn)),
          word(data.length),
          word(originalLength),
          data,
        ),
      ),
    /** Interface Statistics Block with isb_ifdrop and isb_osdrop, where given. */
    statistics: (interfaceId: number, drops: { ifdrop?: bigint; osdrop?: bigint }): Uint8Array =>
      block(
        5,
        concatBytes(
          word(interfaceId),
          word(0),
          word(0),
          drops.ifdrop === undefined ? [] : option(5, doubleWord(drops.ifdrop)),
          drops.osdrop === undefined ? [] : option(7, doubleWord(drops.osdrop)),
        ),
      ),
    simplePacket: (data: Uint8Array, originalLength = data.length): Uint8Array =>
      block(3, concatBytes(word(originalLength), data)),
    /** The obsolete Packet Block. */
    packet: (
      interfaceId: number,
      timestamp: bigint,
      data: Uint8Array,
      originalLength = data.length,
    ): Uint8Array =>
      block(
        2,
        concatBytes(
          half(interfaceId),
          half(0),
          word(Number((timestamp >> 32n) & 0xffffffffn)),
          word(Number(timestamp & 0xffffffffn)),
          word(data.length),
          word(originalLength),
          data,
        ),
      ),
  }
}

function integers(bigEndian: boolean) {
  const ordered = (bytes: Uint8Array): Uint8Array => (bigEndian ? bytes : bytes.reverse())
  return {
    half: (value: number): Uint8Array => ordered(Uint8Array.of(value >>> 8, value)),
    word: (value: number): Uint8Array =>
      ordered(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)),
    doubleWord: (value: bigint): Uint8Array =>
      ordered(
        Uint8Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(56 - 8 * index)) & 0xffn)),
      ),
  }
}

function padToWord(bytes: Uint8Array): Uint8Array {
  return concatBytes(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4))
}
