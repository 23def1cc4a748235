import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { formatAddress } from '../../src/decode/address.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'
import { OPTION_MSS, OPTION_TIMESTAMPS, OPTION_WINDOW_SCALE } from '../../src/decode/tcp-options.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { capturedFrames } from '../support/capture-faults.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import {
  buildFrame,
  concatBytes,
  type FrameFields,
  LINK_TYPE_OF,
  type LinkName,
  tcpOption,
} from '../support/frame-builder.ts'
import { type CapturedFrame, writePcap } from '../support/pcap-writer.ts'

/** tshark's field, and our text for the same. */
type Column = readonly [field: string, text: (segment: Segment, epoch: bigint) => string]

const COLUMNS: readonly Column[] = [
  ['frame.number', (segment) => `${segment.packet}`],
  ['frame.time_epoch', (segment, epoch) => seconds(epoch + BigInt(segment.time))],
  ['frame.len', (segment) => `${segment.originalLength}`],
  ['frame.cap_len', (segment) => `${segment.capturedLength}`],
  ['ip.src', (segment) => (segment.ipVersion === 4 ? sourceOf(segment) : '')],
  ['ip.dst', (segment) => (segment.ipVersion === 4 ? destinationOf(segment) : '')],
  ['ipv6.src', (segment) => (segment.ipVersion === 6 ? sourceOf(segment) : '')],
  ['ipv6.dst', (segment) => (segment.ipVersion === 6 ? destinationOf(segment) : '')],
  ['ip.ttl', (segment) => (segment.ipVersion === 4 ? `${segment.ttl}` : '')],
  ['ipv6.hlim', (segment) => (segment.ipVersion === 6 ? `${segment.ttl}` : '')],
  ['ip.id', (segment) => (segment.ipId < 0 ? '' : `0x${segment.ipId.toString(16).padStart(4, '0')}`)],
  ['tcp.srcport', (segment) => `${segment.sourcePort}`],
  ['tcp.dstport', (segment) => `${segment.destinationPort}`],
  ['tcp.seq_raw', (segment) => `${segment.seq >>> 0}`],
  ['tcp.ack_raw', (segment) => `${segment.ack >>> 0}`],
  ['tcp.hdr_len', (segment) => `${segment.tcpHeaderLength}`],
  [
    'tcp.flags',
    (segment) => `0x${((segment.reservedBits << 9) | segment.flags).toString(16).padStart(4, '0')}`,
  ],
  ['tcp.window_size_value', (segment) => `${segment.window}`],
  ['tcp.len', (segment) => `${segment.payloadLength}`],
  ['tcp.options.mss_val', ({ options }) => (has(options.present, OPTION_MSS) ? `${options.mss}` : '')],
  [
    'tcp.options.wscale.shift',
    ({ options }) => (has(options.present, OPTION_WINDOW_SCALE) ? `${options.windowScale}` : ''),
  ],
  [
    'tcp.options.timestamp.tsval',
    ({ options }) => (has(options.present, OPTION_TIMESTAMPS) ? `${options.tsVal >>> 0}` : ''),
  ],
  [
    'tcp.options.timestamp.tsecr',
    ({ options }) => (has(options.present, OPTION_TIMESTAMPS) ? `${options.tsEcr >>> 0}` : ''),
  ],
  ['tcp.options.sack.count', ({ options }) => (options.sackCount > 0 ? `${options.sackCount}` : '')],
]

const has = (present: number, option: number) => (present & option) !== 0

const seconds = (nanoseconds: bigint) =>
  `${nanoseconds / 1_000_000_000n}.${`${nanoseconds % 1_000_000_000n}`.padStart(9, '0')}`

const sourceOf = (segment: Segment) =>
  formatAddress(segment.ipVersion, segment.source0, segment.source1, segment.source2, segment.source3)

const destinationOf = (segment: Segment) =>
  formatAddress(
    segment.ipVersion,
    segment.destination0,
    segment.destination1,
    segment.destination2,
    segment.destination3,
  )

/** tshark shows nothing behind the ports of a TCP header of which less than this was captured. */
const LEAST_TCP_BYTES = 16
const BEHIND_PORTS = COLUMNS.findIndex(([field]) => field === 'tcp.seq_raw')

function lineOf(segment: Segment, epoch: bigint): string {
  const shown = segment.tcpCaptured < LEAST_TCP_BYTES ? BEHIND_PORTS : COLUMNS.length
  return COLUMNS.map(([, text], index) => (index < shown ? text(segment, epoch) : '')).join('|')
}

/** A line of fields for each packet that is TCP. */
async function ourLines(path: string): Promise<string[]> {
  const source = await openCapture(path)
  const record = new PacketRecord()
  const segment = new Segment()
  const lines: string[] = []
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) {
      await source.fill()
    } else if (status === READ_PACKET) {
      if (decodePacket(record, segment) !== KIND_TCP) continue
      lines.push(lineOf(segment, source.epoch))
    } else {
      await source.close()
      return lines
    }
  }
}

/** Packets with TCP in an ICMP error or a fragment are not TCP here. */
const FILTER = 'tcp and not icmp and not icmpv6 and not ip.flags.mf == 1 and not ip.frag_offset > 0'

function tsharkLines(path: string): string[] {
  const fields = COLUMNS.flatMap(([field]) => ['-e', field])
  const fixed = [
    '-n',
    '-t',
    'e',
    '-o',
    'ip.defragment:FALSE',
    '-T',
    'fields',
    '-E',
    'separator=|',
    '-E',
    'occurrence=f',
  ]
  const { stdout, status, stderr } = spawnSync('tshark', ['-r', path, '-Y', FILTER, ...fixed, ...fields], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

const LINKS = Object.entries(LINK_TYPE_OF) as [LinkName, number][]
/** tshark reads no netfilter log that is cut, padded, or in another byte order than its own machine's. */
const NETFILTER_LOG: readonly LinkName[] = ['nflog', 'nflog-big-endian']

/** Combinations of what headers can be, each with ports and numbers of its own. */
function builtFrames(links: readonly (readonly [LinkName, number])[]): CapturedFrame[] {
  const extension = (protocol: number) => ({ protocol, body: Uint8Array.of(0, 1, 4, 0, 0, 0, 0) })
  const shapes: FrameFields[] = [
    {},
    { padding: 6 },
    { ipLength: 0 },
    { ipOptions: Uint8Array.of(1, 1, 1, 1) },
    { dontFragment: false, moreFragments: true },
    { fragmentOffset: 64 },
    { protocol: 17, ipPayload: new Uint8Array(8) },
    { ip: 6 },
    { ip: 6, padding: 2 },
    { ip: 6, extensions: [extension(0), extension(60)] },
    { ip: 6, extensions: [extension(43)] },
  ]
  const options = [
    new Uint8Array(0),
    concatBytes(tcpOption.mss(1460), tcpOption.sackPermitted(), tcpOption.windowScale(9)),
    concatBytes([1, 1], tcpOption.timestamps(0x89abcdef, 5)),
    concatBytes([1, 1], tcpOption.sack([1, 2], [3, 4], [5, 6])),
  ]
  return links.flatMap(([link, linkType]) =>
    shapes
      .filter(({ ip = 4 }) => link !== (ip === 4 ? 'ipv6' : 'ipv4'))
      .filter(({ padding = 0 }) => padding === 0 || link !== 'nflog')
      .flatMap((shape) =>
        options.map((bytes, index) => {
          const vlans = link.startsWith('ethernet') ? [1, 2].slice(0, index) : []
          const tcp = {
            sourcePort: 4000 + index,
            seq: 0xfffffff0 + index,
            options: bytes,
            payloadLength: 60 * index,
          }
          return { time: EPOCH, data: buildFrame({ ...shape, link, vlans, tcp }), linkType }
        }),
      ),
  )
}

const EPOCH = 1_700_000_000_123_456_789n

const ownPaths = captureFiles(FIXTURES)
const publicPaths = captureFiles(PUBLIC_CAPTURES)

/** Many captures as one, so that tshark starts once. */
async function joined(paths: readonly string[]): Promise<Uint8Array> {
  const captures = await Promise.all(paths.map(capturedFrames))
  return writePcap(captures.flat(), { format: 'pcapng' })
}

async function bothLines(capture: Uint8Array): Promise<{ ours: string[]; theirs: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tcpaudit-tshark-'))
  const path = join(folder, 'built.pcapng')
  await writeFile(path, capture)
  const lines = { ours: await ourLines(path), theirs: tsharkLines(path) }
  await rm(folder, { recursive: true })
  return lines
}

describe.runIf(isAvailable('tshark', hasCommand('tshark')))('tshark decodes the same', () => {
  it('from every frame of our captures', async () => {
    const { ours, theirs } = await bothLines(await joined(ownPaths))
    expect(ours.length).toBeGreaterThan(5000)
    expect(ours).toEqual(theirs)
  })

  it('from frames of every link type, with VLAN tags, extension headers, fragments, padding and cuts', async () => {
    const links = LINKS.filter(([link]) => !NETFILTER_LOG.includes(link))
    const { ours, theirs } = await bothLines(
      writePcap(builtFrames(links), { format: 'pcapng', snaplen: 120 }),
    )
    expect(ours.length).toBeGreaterThan(500)
    expect(ours).toEqual(theirs)
  })

  it('from frames of a whole netfilter log', async () => {
    const frames = builtFrames([['nflog', LINK_TYPE_OF.nflog]])
    const { ours, theirs } = await bothLines(writePcap(frames, { format: 'pcapng' }))
    expect(ours.length).toBeGreaterThan(20)
    expect(ours).toEqual(theirs)
  })

  describe.runIf(isAvailable('the folder of public captures', publicPaths.length > 0))(
    'from public captures',
    () => {
      it.each(publicPaths.map((path) => [basename(path), path]))('%s', async (_name, path) => {
        const lines = await ourLines(path)
        expect(lines.length).toBeGreaterThan(0)
        expect(lines).toEqual(tsharkLines(path))
      })

      it('of which there are some', () => {
        expect(publicPaths.length).toBeGreaterThan(0)
      })
    },
  )
})
