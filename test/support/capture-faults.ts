import { Random } from '../../bench/random.js'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'
import { ACK, FIN, PSH } from '../../src/decode/tcp-flags.ts'
import { concatBytes } from './frame-builder.ts'
import { type CapturedFrame, writePcap } from './pcap-writer.ts'
import { readPackets } from './read-packets.ts'

/** What a capture can do to the packets it captures, which says nothing about those who sent them. */
export type CaptureFault = (frames: readonly CapturedFrame[], random: Random) => CapturedFrame[]

/** A copy leaves the same interface at once; a routed one passes it again a little later. */
const SAME_BOX_DELAY = 3_000n
const ROUTER_DELAY = 250_000n
const CLOCK_DIFFERENCE = 1_000_000n

export const CAPTURE_FAULTS = {
  'each frame twice': (frames) =>
    frames.flatMap((frame) => [frame, { ...frame, time: frame.time + SAME_BOX_DELAY }]),
  'each frame again behind a router': (frames) =>
    inOrder(frames.flatMap((frame) => [frame, delayed(routed(frame), ROUTER_DELAY)])),
  'each frame in two VLANs': (frames) =>
    frames.flatMap((frame) => [frame, delayed(tagged(frame, 20), SAME_BOX_DELAY)]),
  '1 % of frames removed': (frames, random) => frames.filter(() => !random.chance(0.01)),
  'one frame removed': (frames, random) => {
    const removed = random.below(frames.length)
    return frames.filter((_, index) => index !== removed)
  },
  'a burst of frames removed': (frames) => {
    const length = Math.max(1, Math.floor(frames.length / 20))
    const at = Math.floor(frames.length / 2)
    return frames.filter((_, index) => index < at || index >= at + length)
  },
  'times in whole milliseconds': (frames) =>
    frames.map((frame) => ({ ...frame, time: frame.time - (frame.time % 1_000_000n) })),
  'the directions on two clocks': (frames) =>
    inOrder(frames.map((frame) => (isFromHigherEnd(frame) ? delayed(frame, -CLOCK_DIFFERENCE) : frame))),
  'neighbours swapped': (frames, random) => neighbours(frames, random, (first, second) => [second, first]),
  'neighbours and their times swapped': (frames, random) =>
    neighbours(frames, random, (first, second) => [
      { ...second, time: first.time },
      { ...first, time: second.time },
    ]),
  'snaplen 54': (frames) => frames.map((frame) => cutTo(frame, 54)),
  'one direction removed': (frames) => frames.filter((frame) => !isFromHigherEnd(frame)),
  'segments merged by offload': (frames) => mergedByOffload(frames),
} satisfies Record<string, CaptureFault>

export type CaptureFaultName = keyof typeof CAPTURE_FAULTS
export const CAPTURE_FAULT_NAMES = Object.keys(CAPTURE_FAULTS) as CaptureFaultName[]

/** The frames of a capture file. */
export async function capturedFrames(path: string): Promise<CapturedFrame[]> {
  const { source, packets } = await readPackets(await openCapture(path))
  return packets.map(({ data, originalLength, linkType, time }) => ({
    time: source.epoch + BigInt(Math.round(time)),
    data,
    originalLength,
    linkType,
  }))
}

/** The capture as a pcapng file with a fault in it. */
export function withFault(frames: readonly CapturedFrame[], fault: CaptureFaultName, seed = 1): Uint8Array {
  return pcapOf(CAPTURE_FAULTS[fault](frames, new Random(seed)))
}

/** Frames as a pcapng file, of the link type of the first. */
export function pcapOf(frames: readonly CapturedFrame[]): Uint8Array {
  const [first] = frames
  return writePcap(frames, {
    format: 'pcapng',
    ...(first?.linkType !== undefined && { linkType: first.linkType }),
  })
}

/** What the decoders see in a frame; borrowed until the next call. */
function segmentOf({ data, originalLength, linkType }: CapturedFrame): Segment | undefined {
  record.view = new DataView(data.buffer, data.byteOffset, data.length)
  record.end = data.length
  record.originalLength = originalLength ?? data.length
  record.linkType = linkType ?? 1
  return decodePacket(record, segment) === KIND_TCP ? segment : undefined
}

const record = new PacketRecord()
const segment = new Segment()

function delayed(frame: CapturedFrame, delay: bigint): CapturedFrame {
  return { ...frame, time: frame.time + delay }
}

function inOrder(frames: CapturedFrame[]): CapturedFrame[] {
  return frames.sort((first, second) => (first.time < second.time ? -1 : first.time > second.time ? 1 : 0))
}

/** As the next hop sees it: one less to live, other MAC addresses. */
function routed(frame: CapturedFrame): CapturedFrame {
  const found = segmentOf(frame)
  if (found === undefined) return frame
  const data = Uint8Array.from(frame.data)
  const { ipStart, ipVersion } = found
  const lifeAt = ipStart + (ipVersion === 4 ? 8 : 7)
  data[lifeAt] = Math.max(1, (data[lifeAt] ?? 0) - 1)
  if (ipVersion === 4) setIpv4Checksum(data, ipStart)
  if (isEthernet(frame)) data.set([2, 0, 0, 0, 0, 0x99, 2, 0, 0, 0, 0, 0x98])
  return { ...frame, data }
}

function tagged(frame: CapturedFrame, vlan: number): CapturedFrame {
  if (!isEthernet(frame)) return frame
  const { data, originalLength = data.length } = frame
  return {
    ...frame,
    data: concatBytes(data.slice(0, 12), [0x81, 0, 0, vlan], data.slice(12)),
    originalLength: originalLength + 4,
  }
}

function isEthernet({ linkType, data }: CapturedFrame): boolean {
  return (linkType ?? 1) === 1 && data.length >= 14
}

/** One pair in a hundred, at least one of the capture. */
function neighbours(
  frames: readonly CapturedFrame[],
  random: Random,
  swap: (first: CapturedFrame, second: CapturedFrame) => [CapturedFrame, CapturedFrame],
): CapturedFrame[] {
  const swapped = [...frames]
  if (frames.length < 2) return swapped
  const count = Math.max(1, Math.round(frames.length / 100))
  for (let done = 0; done < count; done++) {
    const at = random.below(frames.length - 1)
    const [first, second] = swapped.slice(at, at + 2) as [CapturedFrame, CapturedFrame]
    swapped.splice(at, 2, ...swap(first, second))
  }
  return swapped
}

function cutTo(frame: CapturedFrame, snaplen: number): CapturedFrame {
  return {
    ...frame,
    data: frame.data.slice(0, snaplen),
    originalLength: frame.originalLength ?? frame.data.length,
  }
}

function isFromHigherEnd(frame: CapturedFrame): boolean {
  const found = segmentOf(frame)
  if (found === undefined) return false
  const source = [found.source0 >>> 0, found.source1 >>> 0, found.source2 >>> 0, found.source3 >>> 0]
  const destination = [
    found.destination0 >>> 0,
    found.destination1 >>> 0,
    found.destination2 >>> 0,
    found.destination3 >>> 0,
  ]
  for (const [index, word] of source.entries()) {
    const other = destination[index] ?? 0
    if (word !== other) return word > other
  }
  return found.sourcePort > found.destinationPort
}

/** Longest segment that a card is given, IP header included. */
const LONGEST_OFFLOAD = 65_535

/**
 * Data segments that follow each other from one sender, nothing of the connection between, as the one that the sending
 * host gave to its card: longer than any MTU, its checksum left to the card.
 */
function mergedByOffload(frames: readonly CapturedFrame[]): CapturedFrame[] {
  const merged: CapturedFrame[] = []
  for (const frame of frames) {
    const before = merged.at(-1)
    const whole = before === undefined ? undefined : joined(before, frame)
    if (whole === undefined) merged.push(frame)
    else merged[merged.length - 1] = whole
  }
  return merged
}

function joined(before: CapturedFrame, frame: CapturedFrame): CapturedFrame | undefined {
  const next = dataOf(frame)
  const first = dataOf(before)
  if (first === undefined || next === undefined || first.tuple !== next.tuple) return undefined
  if (first.ack !== next.ack || first.end !== next.seq || first.headerLength !== next.headerLength) {
    return undefined
  }
  const length = first.ipLength + next.payload.length
  if (length > LONGEST_OFFLOAD || (first.flags & FIN) !== 0) return undefined
  const data = concatBytes(before.data.slice(0, first.payloadEnd), next.payload)
  const view = new DataView(data.buffer)
  const isIpv4 = first.ipVersion === 4
  view.setUint16(first.ipStart + (isIpv4 ? 2 : 4), isIpv4 ? length : length - 40)
  if (isIpv4) setIpv4Checksum(data, first.ipStart)
  view.setUint8(first.tcpStart + 13, next.flags & 0xff)
  view.setUint16(first.tcpStart + 16, pseudoHeaderSum(data, first, length))
  return { ...before, data, originalLength: data.length }
}

/** What of a whole data segment is needed to join it with its neighbour. */
function dataOf(frame: CapturedFrame) {
  const found = segmentOf(frame)
  if (found === undefined || found.payloadLength === 0) return undefined
  if ((found.flags & ~(ACK | PSH | FIN)) !== 0 || found.ipEnd > found.captureEnd) return undefined
  const { ipStart, ipEnd, ipVersion, tcpStart, payloadStart, flags, seq, ack } = found
  const tuple = [
    ...frame.data.slice(ipVersion === 4 ? ipStart + 12 : ipStart + 8, ipStart + (ipVersion === 4 ? 20 : 40)),
    found.sourcePort,
    found.destinationPort,
  ].join()
  return {
    tuple,
    ipStart,
    ipVersion,
    tcpStart,
    flags,
    seq,
    ack,
    end: (seq + found.payloadLength) | 0,
    headerLength: payloadStart - ipStart,
    ipLength: ipEnd - ipStart,
    payloadEnd: ipEnd,
    payload: frame.data.slice(payloadStart, ipEnd),
  }
}

function setIpv4Checksum(data: Uint8Array, ipStart: number): void {
  const view = new DataView(data.buffer, data.byteOffset)
  const length = (view.getUint8(ipStart) & 15) * 4
  if (ipStart + length > data.length) return
  view.setUint16(ipStart + 10, 0)
  view.setUint16(ipStart + 10, ~sumOf(data, ipStart, ipStart + length) & 0xffff)
}

/** What Linux leaves in the checksum field for the card to finish (tcp_v4_send_check, tcp_v6_send_check). */
function pseudoHeaderSum(
  data: Uint8Array,
  { ipStart, ipVersion, tcpStart }: { ipStart: number; ipVersion: number; tcpStart: number },
  ipLength: number,
): number {
  const [from, to] = ipVersion === 4 ? [ipStart + 12, ipStart + 20] : [ipStart + 8, ipStart + 40]
  const tcpLength = ipLength - (tcpStart - ipStart)
  return folded(sumOf(data, from, to) + 6 + tcpLength)
}

function sumOf(data: Uint8Array, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at += 2) sum += ((data[at] ?? 0) << 8) + (data[at + 1] ?? 0)
  return folded(sum)
}

function folded(sum: number): number {
  let half = sum
  while (half > 0xffff) half = (half & 0xffff) + (half >>> 16)
  return half
}
