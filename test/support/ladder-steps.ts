import { ACK, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { buildFrame, concatBytes, type FrameFields, hexBytes, tcpOption } from './frame-builder.ts'
import { buildIcmpError, type IcmpFields } from './icmp-builder.ts'
import { DEFAULT_DELAY_MICROS, type Ladder, type LadderLine, type LadderSegmentLine } from './ladder.ts'
import { DEFAULT_WINDOW, isUnrelatedReset, type LadderOption, type LadderSegment } from './ladder-segment.ts'
import type { LadderVariant } from './ladder-variants.ts'

/** One line of a ladder as it is played: when, and the frame if it is captured. */
export interface LadderStep {
  readonly line: Exclude<LadderLine, { kind: 'remark' }>
  /** Index in `ladder.lines`. */
  readonly lineIndex: number
  /** Nanoseconds since the first captured frame. */
  readonly time: number
  readonly frame: Uint8Array | undefined
}

export function ladderSteps(ladder: Ladder, variant: LadderVariant): LadderStep[] {
  const steps: LadderStep[] = []
  const nextIpId = { left: 0x1001, right: 0x2001 }
  let time = 0
  let firstCapture: number | undefined
  for (const [lineIndex, line] of ladder.lines.entries()) {
    if (line.kind === 'remark') continue
    time += (line.delayMicros ?? DEFAULT_DELAY_MICROS) * 1000
    if (line.kind === 'segment' && line.fate !== 'unseen') {
      firstCapture ??= time
      const ipId = line.segment.ipId ?? defaultIpId(line, nextIpId)
      steps.push({ line, lineIndex, time, frame: frameOf(line, ipId, ladder.selfConnect, variant) })
    } else steps.push({ line, lineIndex, time, frame: undefined })
  }
  return steps.map((step) => ({ ...step, time: step.time - (firstCapture ?? 0) }))
}

/** As Linux numbers: 0 on SYN-ACKs and on RSTs that no socket sent (window 0), else counting up per end. */
function defaultIpId(line: LadderSegmentLine, next: { left: number; right: number }): number {
  const { flags, window } = line.segment
  if ((flags & (SYN | ACK)) === (SYN | ACK) || ((flags & RST) !== 0 && window === 0)) return 0
  return line.fromLeft ? next.left++ : next.right++
}

interface LadderEnd {
  readonly address: string
  readonly port: number
  readonly mac: string
}

/** The ends' addresses and ports: A, then B. */
export function ladderEnds(variant: LadderVariant, selfConnect: boolean): [a: LadderEnd, b: LadderEnd] {
  const network = variant.ipVersion === 4 ? '10.0.0.' : '2001:db8::'
  const client = { address: `${network}1`, port: 40_001, mac: '02:00:00:00:00:01' }
  const server = { address: `${network}2`, port: 80, mac: '02:00:00:00:00:02' }
  if (selfConnect) return [client, client]
  const [a, b] = variant.swapped ? [server, client] : [client, server]
  const { vary = '', number = 0 } = variant.copy ?? {}
  if (number === 0) return [a, b]
  return vary.startsWith('client') ? [another(a, variant), b] : [a, another(b, variant)]
}

function another(end: LadderEnd, { copy, ipVersion }: LadderVariant): LadderEnd {
  const { vary = '', number = 0 } = copy ?? {}
  if (vary.endsWith('port')) return { ...end, port: (end.port < 1000 ? 1000 : end.port) + number }
  const address =
    ipVersion === 4 ? `10.1.${number >>> 8}.${number & 255}` : `2001:db8::1:${number.toString(16)}`
  return { ...end, address }
}

function frameOf(
  line: LadderSegmentLine,
  ipId: number,
  selfConnect: boolean,
  variant: LadderVariant,
): Uint8Array {
  const { segment } = line
  const fromLeft = segment.icmp === undefined ? line.fromLeft : !line.fromLeft
  const [a, b] = ladderEnds(variant, selfConnect)
  const [sender, receiver] = fromLeft ? [a, b] : [b, a]
  const [ownShift, peerShift] = fromLeft ? [variant.shiftA, variant.shiftB] : [variant.shiftB, variant.shiftA]
  const [ownClock, peerClock] = fromLeft ? [variant.clockA, variant.clockB] : [variant.clockB, variant.clockA]
  const hasAck = (segment.flags & ACK) !== 0
  const fields: FrameFields = {
    ip: variant.ipVersion,
    source: sender.address,
    destination: receiver.address,
    sourceMac: sender.mac,
    destinationMac: receiver.mac,
    vlans: variant.vlans,
    ipId,
    ttl: segment.ttl ?? 64,
    tcp: {
      sourcePort: sender.port,
      destinationPort: receiver.port,
      seq: isUnrelatedReset(segment) ? 0 : segment.seq + ownShift,
      ack: (segment.ack ?? 0) + (hasAck ? peerShift : 0),
      flags: segment.flags,
      window: segment.window ?? DEFAULT_WINDOW,
      options: concatBytes(
        ...segment.options.map((option) => optionBytes(option, peerShift, ownClock, peerClock)),
      ),
      payload: payloadOf(segment),
    },
  }
  if (segment.icmp !== undefined) return buildIcmpError(fields, icmpFields(segment.icmp, variant))
  const frame = buildFrame(fields)
  if (segment.badChecksum) {
    const optionLength = Math.ceil((fields.tcp?.options?.length ?? 0) / 4) * 4
    const checksumAt = frame.length - segment.payloadLength - optionLength - 20 + 16
    frame[checksumAt] = (frame[checksumAt] ?? 0) ^ 0x55
  }
  return frame
}

/** What ICMPv6 has for the errors of ICMP: destination unreachable, and the two about the MTU. */
const ICMPV6 = new Map([
  ['3/0', [1, 0]],
  ['3/1', [1, 3]],
  ['3/3', [1, 4]],
  ['3/4', [2, 0]],
  ['3/9', [1, 1]],
  ['3/10', [1, 1]],
  ['3/13', [1, 1]],
  ['11/0', [3, 0]],
])

function icmpFields(
  { type, code, mtu = 0 }: NonNullable<LadderSegment['icmp']>,
  { ipVersion }: LadderVariant,
): IcmpFields {
  if (ipVersion === 4) return { type, code, mtu }
  const [type6, code6] = ICMPV6.get(`${type}/${code}`) ?? []
  if (type6 === undefined || code6 === undefined) throw new Error(`ICMPv6 has nothing like ${type}/${code}`)
  return { type: type6, code: code6, mtu }
}

/** By default bytes that follow from the sequence number as written: what is sent twice is the same twice. */
function payloadOf(segment: LadderSegment): Uint8Array {
  return Uint8Array.from({ length: segment.payloadLength }, (_, index) => {
    return segment.fill ?? 97 + ((segment.seq + index) % 26)
  })
}

function optionBytes(
  option: LadderOption,
  peerShift: number,
  ownClock: number,
  peerClock: number,
): Uint8Array {
  switch (option.name) {
    case 'mss':
      return tcpOption.mss(option.value)
    case 'wscale':
      return tcpOption.windowScale(option.shift)
    case 'sackOK':
      return tcpOption.sackPermitted()
    case 'sack':
      return tcpOption.sack(
        ...option.blocks.map(([left, right]) => [left + peerShift, right + peerShift] as const),
      )
    case 'TS':
      // Nothing to echo yet is 0 (RFC 7323 section 3.2), not a time.
      return tcpOption.timestamps(option.val + ownClock, option.ecr === 0 ? 0 : option.ecr + peerClock)
    case 'tfo':
      return tcpOption.fastOpen(hexBytes(option.cookie))
    case 'nop':
      return tcpOption.noOperation()
    case 'option':
      return tcpOption.any(option.kind, hexBytes(option.bytes))
  }
}
