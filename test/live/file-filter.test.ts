import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { SYN } from '../../src/decode/tcp-flags.ts'
import { FilteredCapture } from '../../src/live/filtered-capture.ts'
import { PacketFilter } from '../../src/live/packet-filter.ts'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { buildFrame, LINK_TYPE_OF, type LinkName } from '../support/frame-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { runMain } from '../support/run-cli.ts'
import { libpcapIsThere } from './libpcap-is-there.ts'

const QUEUE = 'fixtures/kernel/accept-queue-full.pcap'
const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-filter-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Numbers of the packets that pass. */
async function passing(path: string, expression: string): Promise<number[]> {
  const source = new FilteredCapture(await openCapture(path), new PacketFilter(expression))
  const record = new PacketRecord()
  const packets: number[] = []
  for (;;) {
    const status = source.next(record)
    if (status === READ_PACKET) packets.push(record.packet)
    else if (status === READ_NEEDS_DATA) await source.fill()
    else break
  }
  await source.close()
  return packets
}

/** The same, as tcpdump prints them with --number. */
function passingTcpdump(path: string, expression: string): number {
  const { stdout, status, stderr } = spawnSync('tcpdump', ['-n', '-t', '-r', path, expression], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '' && !/^\s/.test(line)).length
}

async function report(...args: readonly string[]): Promise<ReportDocument> {
  const { stdout, stderr, code } = await runMain(['file', ...args, '--json', '--no-config'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

describe.runIf(libpcapIsThere())('file --filter', () => {
  it.runIf(isAvailable('tcpdump', hasCommand('tcpdump'))).each([
    [QUEUE, 'tcp port 40002'],
    [QUEUE, 'tcp[tcpflags] & tcp-syn != 0'],
    [QUEUE, 'udp'],
    ['fixtures/kernel/mirrored-with-vlan-tags-tagged.pcap', 'vlan 7 and tcp src port 5001'],
    ['fixtures/kernel/loopback-conversation.pcap', 'host 127.0.0.1 and greater 1000'],
    ['fixtures/kernel/ipv6-orderly-close.pcap', 'ip6 and dst port 5001'],
  ])('lets pass of %s with %s what tcpdump does', async (path, expression) => {
    expect((await passing(path, expression)).length).toBe(passingTcpdump(path, expression))
  })

  it.each(['ethernet', 'linux-sll', 'linux-sll2', 'null', 'raw', 'ipv4', 'nflog'] as const)(
    'knows the headers of %s',
    async (link: LinkName) => {
      const path = join(folder, `${link}.pcap`)
      const frames = [443, 80, 443].map((destinationPort, time) => ({
        data: buildFrame({ link, tcp: { flags: SYN, destinationPort } }),
        time: BigInt(time),
      }))
      writeFileSync(path, writePcap(frames, { linkType: LINK_TYPE_OF[link] }))
      // libpcap does not look into netfilter's log.
      const expression = link === 'nflog' ? 'greater 1' : 'tcp dst port 443'
      expect(await passing(path, expression)).toEqual(link === 'nflog' ? [1, 2, 3] : [1, 3])
    },
  )

  it('keeps the numbers of packets and connections, and has no stream numbers', async () => {
    const whole = await report(QUEUE)
    const part = await report(QUEUE, '--filter', 'tcp port 40003')
    const [wanted] = whole.connections.filter(({ client }) => client.port === 40003)
    expect(part.connections).toEqual([
      { ...wanted, stream: null, findings: part.findings.map(({ id }) => id) },
    ])
    expect(part.capture.sources[0]?.filter).toBe('tcp port 40003')
    expect(part.capture.packets).toBe(wanted?.packets)
    expect(wanted?.packets).toBe(7)
    expect(part.findings[0]?.wiresharkFilter).not.toContain('tcp.stream')
  })

  it('filters several captures together', async () => {
    const other = 'fixtures/kernel/orderly-close-by-client.pcap'
    const { capture, connections } = await report(QUEUE, other, '--filter', 'tcp port 40002')
    expect(capture.sources.map(({ filter }) => filter)).toEqual(['tcp port 40002', 'tcp port 40002'])
    expect(connections.map(({ client, firstPacket }) => [client.port, firstPacket])).toEqual([[40002, 4]])
  })

  it('is in the report for people', async () => {
    const { stdout } = await runMain(['file', QUEUE, '--filter', 'tcp port 40002', '--no-config'], {
      COLUMNS: '80',
    })
    expect(stdout).toContain('only packets that pass the filter: tcp port 40002')
  })

  it('says in a line what is wrong with a filter', async () => {
    const { code, stdout, stderr } = await runMain(['file', QUEUE, '--filter', 'tcp prot 80'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^tcpaudit: --filter does not understand 'tcp prot 80' \(syntax error\): .*\n$/)
  })

  it('finds --packet by its number in the file', async () => {
    const { stdout } = await runMain([
      'file',
      QUEUE,
      '--filter',
      'tcp port 40003',
      '--packet',
      '8',
      '--no-config',
    ])
    expect(stdout).toContain('#8 ')
  })
})
