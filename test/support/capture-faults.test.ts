import { describe, expect, it } from 'vitest'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { CHECKSUM_PARTIAL, verifyTcpChecksum } from '../../src/decode/checksum.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { Segment } from '../../src/decode/segment.ts'
import { ACK, PSH } from '../../src/decode/tcp-flags.ts'
import { type CaptureFaultName, withFault } from './capture-faults.ts'
import { buildFrame } from './frame-builder.ts'
import type { CapturedFrame } from './pcap-writer.ts'
import { type ReadPacket, readBytes } from './read-packets.ts'

const CLIENT = { source: '10.0.0.5', destination: '10.0.0.9' }
const SERVER = { source: '10.0.0.9', destination: '10.0.0.5' }

/** Two data segments of the client, the server's acknowledgment, and so on. */
function conversation(count: number, ends: readonly object[] = [CLIENT, CLIENT, SERVER]): CapturedFrame[] {
  return Array.from({ length: count }, (_, index) => {
    const isServer = index % 3 === 2
    const sent = 1000 * (Math.floor(index / 3) * 2 + (index % 3))
    const tcp = isServer
      ? { sourcePort: 443, destinationPort: 4000, flags: ACK, seq: 7, ack: sent }
      : { sourcePort: 4000, destinationPort: 443, flags: ACK | PSH, seq: sent, ack: 7, payloadLength: 1000 }
    return { time: BigInt(index) * 1_000_000n, data: buildFrame({ ...ends[index % 3], ttl: 64, tcp }) }
  })
}

function decoded(packet: ReadPacket): Segment {
  const segment = new Segment()
  const record = new PacketRecord()
  record.view = new DataView(packet.data.buffer)
  record.end = packet.data.length
  record.originalLength = packet.originalLength
  record.linkType = packet.linkType
  decodePacket(record, segment)
  return segment
}

async function faulty(fault: CaptureFaultName, frames = conversation(300)) {
  const { packets } = await readBytes(withFault(frames, fault))
  return packets.map((packet) => ({ ...packet, segment: decoded(packet) }))
}

describe('a capture with', () => {
  it('each frame twice has the same bytes twice', async () => {
    const packets = await faulty('each frame twice')
    expect(packets).toHaveLength(600)
    for (let at = 0; at < 600; at += 2) {
      expect(Buffer.compare(packets[at + 1]?.data as Uint8Array, packets[at]?.data as Uint8Array)).toBe(0)
    }
  })

  it('each frame again behind a router has them with one hop less and from other cards', async () => {
    const packets = await faulty('each frame again behind a router')
    expect(packets.map(({ segment }) => segment.ttl).filter((ttl) => ttl === 63)).toHaveLength(300)
    expect(new Set(packets.map(({ segment }) => segment.sourceMacLow)).size).toBe(2)
    expect(packets.map(({ time }) => time)).toEqual(packets.map(({ time }) => time).sort((a, b) => a - b))
  })

  it('two VLANs has each frame with and without a tag', async () => {
    const packets = await faulty('each frame in two VLANs')
    expect(packets.map(({ segment }) => segment.outerVlan).slice(0, 4)).toEqual([-1, 20, -1, 20])
    expect(packets.every(({ segment }) => segment.sourcePort > 0)).toBe(true)
  })

  it('frames removed has about so many less, and the same ones for the same seed', async () => {
    const frames = conversation(3000)
    const some = withFault(frames, '1 % of frames removed', 5)
    const { packets } = await readBytes(some)
    expect(packets.length).toBeGreaterThan(2940)
    expect(packets.length).toBeLessThan(2990)
    expect(Buffer.compare(withFault(frames, '1 % of frames removed', 5), some)).toBe(0)
    expect(await faulty('one frame removed')).toHaveLength(299)
  })

  it('neighbours swapped has another order, or times that run backwards', async () => {
    const backwards = (list: readonly { time: number }[]) =>
      list.filter(({ time }, index) => index > 0 && time < (list[index - 1]?.time ?? 0)).length
    expect(backwards(await faulty('neighbours swapped'))).toBe(3)
    const renumbered = await faulty('neighbours and their times swapped')
    expect(backwards(renumbered)).toBe(0)
    expect(renumbered.map(({ data }) => data)).not.toEqual(conversation(300).map(({ data }) => data))
  })

  it('snaplen 54 has no payload, but its length', async () => {
    const packets = await faulty('snaplen 54')
    expect(packets.every(({ data }) => data.length === 54)).toBe(true)
    expect(packets[0]?.segment.payloadLength).toBe(1000)
  })

  it('one direction removed has one sender', async () => {
    const packets = await faulty('one direction removed')
    expect(new Set(packets.map(({ segment }) => segment.sourcePort))).toEqual(new Set([4000]))
  })

  it.each([
    ['IPv4', [CLIENT, CLIENT, SERVER]],
    ['IPv6', [{ ip: 6 }, { ip: 6 }, { ip: 6, source: '2001:db8::2', destination: '2001:db8::1' }]],
  ])('segments merged by offload has long ones with the same data, %s', async (_name, ends) => {
    const packets = await faulty('segments merged by offload', conversation(300, ends))
    expect(packets).toHaveLength(200)
    expect(packets.slice(0, 3).map(({ segment }) => segment.payloadLength)).toEqual([2000, 0, 2000])
    const [first] = packets
    expect(first?.data.slice(-2000)).toEqual(
      Uint8Array.from([
        ...(conversation(2, ends)[0]?.data.slice(-1000) ?? []),
        ...(conversation(2, ends)[1]?.data.slice(-1000) ?? []),
      ]),
    )
    for (const { segment } of packets) {
      if (segment.payloadLength > 0) expect(verifyTcpChecksum(segment)).toBe(CHECKSUM_PARTIAL)
    }
  })
})
