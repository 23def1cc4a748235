import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { formatAddress } from '../../src/decode/address.ts'
import { PacketDecoder } from '../../src/decode/packet-decoder.ts'
import { KIND_ICMP_ERROR, KIND_TCP, Segment } from '../../src/decode/segment.ts'
import { ACK, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { buildFrame, type FrameFields, hexBytes } from '../support/frame-builder.ts'
import { buildIcmpError } from '../support/icmp-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { trackCapture } from '../support/track-capture.ts'
import { buildTunneled, canCarry, TUNNEL_NAMES } from '../support/tunnel-builder.ts'

const FIELDS = [
  'frame.number',
  'tcp.stream',
  'tcp.srcport',
  'tcp.dstport',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
]

/** tshark 4.0 has to be told of Linux’s own port. */
const LINUX_VXLAN = 'udp.port==8472,vxlan'

/** The innermost of each field, a line per frame that tshark numbers. */
function tsharkLines(path: string): string[][] {
  const fields = FIELDS.flatMap((field) => ['-e', field])
  const args = [
    '-n',
    '-d',
    LINUX_VXLAN,
    '-r',
    path,
    '-Y',
    'tcp.stream',
    '-T',
    'fields',
    '-E',
    'occurrence=l',
    ...fields,
  ]
  const { stdout, status, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

const ANY = fc.record({
  way: fc.constantFrom('plain', 'vlan', 'icmp', 'icmp', 'fragments', ...TUNNEL_NAMES),
  ip: fc.constantFrom(4 as const, 6 as const),
  port: fc.constantFrom(40_000, 40_001, 40_002),
  fromClient: fc.boolean(),
  flags: fc.constantFrom(SYN, SYN, SYN | ACK, ACK, RST),
  seq: fc.constantFrom(0, 1, 1000, 5000),
  ack: fc.constantFrom(0, 1, 1001),
  tcpBytes: fc.constantFrom(8, 15, 16, 18, 19, 20),
  delay: fc.constantFrom(1_000_000n, 2_000_000_000n, 90_000_000_000n),
})

type Any = typeof ANY extends fc.Arbitrary<infer T> ? T : never

/** The segment in one frame, or in the fragments of one. */
function framesOf({ way, ip, port, fromClient, flags, seq, ack, tcpBytes }: Any, ipId: number): Uint8Array[] {
  const [client, server] = ip === 4 ? ['10.0.0.1', '10.0.0.2'] : ['2001:db8::1', '2001:db8::2']
  const fields: FrameFields = {
    ip,
    ipId,
    source: fromClient ? client : server,
    destination: fromClient ? server : client,
    tcp: {
      sourcePort: fromClient ? port : 80,
      destinationPort: fromClient ? 80 : port,
      flags,
      seq,
      ack,
      payloadLength: way === 'fragments' ? 40 : 0,
    },
  }
  switch (way) {
    case 'plain':
      return [buildFrame(fields)]
    case 'vlan':
      return [buildFrame({ ...fields, vlans: [1 + (ipId % 3)] })]
    case 'icmp':
      return [buildIcmpError(fields, { type: ip === 4 ? 3 : 1, code: 3, tcpBytes })]
    case 'fragments': {
      const packet = buildFrame({ ...fields, link: 'raw' }).subarray(ip === 4 ? 20 : 40)
      return [0, 24, 48].map((start) =>
        buildFrame({
          ...fields,
          dontFragment: false,
          fragmentOffset: start,
          moreFragments: start < 48,
          ipPayload: packet.subarray(start, start + 24),
          protocol: 6,
        }),
      )
    }
    default:
      return canCarry(way, ip) ? [buildTunneled(way, fields, { id: 1 + (ipId % 3) })] : [buildFrame(fields)]
  }
}

async function both(frames: readonly { time: bigint; data: Uint8Array }[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tcpaudit-layers-'))
  const path = join(folder, 'any.pcap')
  await writeFile(path, writePcap([...frames]))
  const theirs = tsharkLines(path)
  const ours = await trackCapture(path)
  const ends = await innermostEnds(path)
  await rm(folder, { recursive: true })
  return { theirs, ours, ends }
}

interface Ends {
  readonly packet: number
  readonly ipVersion: number
  /** Ports and addresses as tshark writes them. */
  readonly text: string
}

/** Between whom the innermost segment of each frame passes, as decoded. */
async function innermostEnds(path: string): Promise<Ends[]> {
  const decoder = new PacketDecoder({ separateVlans: false })
  const record = new PacketRecord()
  const segment = new Segment()
  const source = await openCapture(path)
  const ends: Ends[] = []
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) await source.fill()
    else if (status !== READ_PACKET) break
    else {
      const kind = decoder.decode(record, segment)
      if (kind !== KIND_TCP && kind !== KIND_ICMP_ERROR) continue
      const { ipVersion, sourcePort, destinationPort } = segment
      const { source0, source1, source2, source3 } = segment
      const { destination0, destination1, destination2, destination3 } = segment
      const from = formatAddress(ipVersion, source0, source1, source2, source3)
      const to = formatAddress(ipVersion, destination0, destination1, destination2, destination3)
      ends.push({ packet: record.packet, ipVersion, text: `${sourcePort} ${destinationPort} ${from} ${to}` })
    }
  }
  await source.close()
  return ends
}

const EPOCH = 1_700_000_000_000_000_000n

describe.runIf(isAvailable('tshark', hasCommand('tshark')))('tshark numbers the same', () => {
  it('in tunnels, VLANs, fragments and quotes of ICMP, on the same few tuples', async () => {
    let time = EPOCH
    const samples = fc.sample(ANY, { numRuns: 6000, seed: 20_261_125 })
    const frames = samples.flatMap((sample, index) => {
      time += sample.delay
      return framesOf(sample, 1 + (index % 60_000)).map((data) => ({ time, data }))
    })
    const { theirs, ours, ends } = await both(frames)
    const all = [...ours.frames, ...ours.quoted].sort((a, b) => a.packet - b.packet)
    expect(all.map(({ packet, stream }) => `${packet} ${stream}`)).toEqual(
      theirs.map(([packet, stream]) => `${packet} ${stream}`),
    )
    expect(new Set(all.map(({ stream }) => stream)).size).toBeGreaterThan(500)
    expect(ours.quoted.length).toBeGreaterThan(100)

    const ofPacket = new Map(ends.map((end) => [end.packet, end]))
    for (const [packet, , sourcePort, destinationPort, ...addresses] of theirs) {
      const end = ofPacket.get(Number(packet))
      const [from, to] = end?.ipVersion === 6 ? addresses.slice(2) : addresses
      expect(`#${packet} ${end?.text}`).toBe(`#${packet} ${sourcePort} ${destinationPort} ${from} ${to}`)
    }
  })

  it('and takes equal tuples of different tunnels and VLANs for one stream, as we do not', async () => {
    const tcp = { flags: SYN, seq: 1 }
    const frames = [buildFrame({ tcp }), buildFrame({ vlans: [5], tcp }), buildTunneled('vxlan', { tcp })]
    const { theirs, ours } = await both(
      frames.map((data, index) => ({ time: EPOCH + 10_000_000n * BigInt(index), data })),
    )
    expect(theirs.map(([, stream]) => stream)).toEqual(['0', '0', '0'])
    expect(ours.connections.map(({ stream, tunnels }) => [stream, tunnels.length])).toEqual([
      [0, 0],
      [0, 1],
    ])
  })
})

describe('UDP on the ports of a connection', () => {
  it('is not the connection', async () => {
    const udp = hexBytes('9c40 0050 0008 0000')
    const folder = await mkdtemp(join(tmpdir(), 'tcpaudit-layers-'))
    const path = join(folder, 'udp.pcap')
    const frames = [buildFrame({ tcp: { flags: SYN } }), buildFrame({ protocol: 17, ipPayload: udp })]
    await writeFile(path, writePcap(frames.map((data, index) => ({ time: EPOCH + BigInt(index), data }))))
    const { connections } = await trackCapture(path)
    await rm(folder, { recursive: true })
    expect(connections.map(({ packets }) => packets)).toEqual([1])
  })
})
