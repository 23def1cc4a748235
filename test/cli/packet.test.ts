import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE } from '../../src/cli/exit-codes.ts'
import { captureFiles, FIXTURES } from '../support/capture-files.ts'
import { buildFrame, concatBytes } from '../support/frame-builder.ts'
import { buildIcmpError } from '../support/icmp-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { runMain } from '../support/run-cli.ts'

const NEAR = join(FIXTURES, 'kernel/lost-last-ack-near.pcap')
const FAR = join(FIXTURES, 'kernel/lost-last-ack-far.pcap')
const LOSS = join(FIXTURES, 'kernel/random-loss-both-ways-far.pcap')

async function json(...args: string[]) {
  const { code, stdout, stderr } = await runMain(['file', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: EXIT_DONE, stderr: '' })
  return JSON.parse(stdout)
}

async function complaint(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain(['file', ...args])
  expect({ code, stdout }).toEqual({ code: EXIT_USAGE, stdout: '' })
  expect(stderr).toMatch(/^tcpaudit: [^\n]+\n$/)
  return stderr
}

describe('--packet', () => {
  it('says the same of each segment as --connection', async () => {
    const { segments } = await json(LOSS, '--connection', '1')
    for (const segment of segments) {
      const told = await json(LOSS, '--packet', String(segment.packet))
      const { packet, time, from, takenFor, cause, causePacket, tcp } = told
      expect({ packet, time, from, takenFor, cause, causePacket }).toEqual({
        packet: segment.packet,
        time: segment.time,
        from: segment.from,
        takenFor: segment.class,
        cause: segment.cause,
        causePacket: segment.causePacket,
      })
      const { flags, seq, ack, window, payloadLength, sack } = tcp
      expect({ flags, seq, ack, window, payloadLength, sack }).toEqual({
        flags: segment.flags,
        seq: segment.seq,
        ack: segment.ack,
        window: segment.window,
        payloadLength: segment.payloadLength,
        sack: segment.sack,
      })
    }
  })

  it('names what a fast retransmission repeats and the ACKs that asked for it', async () => {
    const { related } = await json(LOSS, '--packet', '18')
    const packets = related.map((item: { relation: string; packet: number }) => [item.relation, item.packet])
    expect(packets).toEqual([
      ['repeats', 10],
      ['acknowledges', 8],
      ['duplicate-ack', 15],
      ['duplicate-ack', 16],
      ['duplicate-ack', 17],
    ])
  })

  it('tells of both ends before and after, what is taken back, now and later', async () => {
    const back = await json(NEAR, '--packet', '12')
    expect(back.server.before).toMatchObject({ state: 'CLOSED', stateBasis: 'assumed', statePacket: 11 })
    expect(back.server.after).toMatchObject({ state: 'LAST_ACK', stateBasis: 'sent', statePacket: 10 })
    expect(back.retracted).toMatchObject([{ end: 'server', state: 'CLOSED', packet: 11 }])
    const assumed = await json(NEAR, '--packet', '11')
    expect(assumed.laterRetracted).toMatchObject([{ end: 'server', state: 'CLOSED', disprovedBy: 12 }])
  })

  it('with --as-of knows nothing of what comes later', async () => {
    const { laterRetracted } = await json(NEAR, '--packet', '11', '--as-of', '+0.3')
    expect(laterRetracted).toEqual([])
    expect(await complaint(NEAR, '--packet', '12', '--as-of', '+0.3')).toContain(
      'there is no packet 12: --as-of stops reading after 11',
    )
  })

  it('names a packet of several captures as the reports do', async () => {
    const { stdout } = await runMain(['file', NEAR, FAR, '--packet', '#1:7'])
    expect(stdout).toContain('#1:7 The same packet behind a router (#0:7, 15.0 µs before)')
    const { packet, source, related } = await json(NEAR, FAR, '--packet', '1:7')
    expect({ packet, source }).toEqual({ packet: 7, source: 1 })
    expect(related).toContainEqual({ relation: 'copy-of', packet: 7, source: 0, secondsBefore: 15e-6 })
    expect(await json(NEAR, '--packet', '0:7')).toEqual(await json(NEAR, '--packet', '7'))
  })

  it('says in one line what is wrong with the number', async () => {
    expect(await complaint(NEAR, '--packet', '16')).toContain('there is no packet 16: the input has 15')
    expect(await complaint(NEAR, FAR, '--packet', '7')).toContain('in each of the 2 captures: give 0:7')
    expect(await complaint(NEAR, FAR, '--packet', '1:99')).toContain('there is no packet 1:99')
    expect(await complaint(NEAR, '--packet', '1:7')).toContain('names a capture that was not given')
    for (const word of ['0', 'x', '1:', '-1', '1.5']) {
      expect(await complaint(NEAR, '--packet', word)).toContain(`--packet takes no '${word}'`)
    }
    expect(await complaint(NEAR, '--packet', '1', '--connection', '1')).toContain('exclude each other')
    expect(await complaint(NEAR, '--packet', '1', '--ndjson')).toContain('--json instead of --ndjson')
  })

  it('keeps to --fail-on', async () => {
    const forged = join(FIXTURES, 'kernel/forged-rst-exact.pcap')
    const { code } = await runMain(['file', forged, '--packet', '8', '--fail-on', 'critical'])
    expect(code).toBe(EXIT_FINDINGS)
  })

  const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-packet-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('writes to a file', async () => {
    const file = join(folder, 'packet.txt')
    const { stdout } = await runMain(['file', NEAR, '--packet', '3', '-o', file])
    expect(stdout).toBe('')
    expect(readFileSync(file, 'utf8')).toContain('#3 ACK of the SYN-ACK (#2, 15.0 µs before)')
  })

  it('names what is no TCP', async () => {
    const udp = Uint8Array.of(0, 53, 0x27, 0x10, 0, 8, 0, 0)
    const frames: readonly (readonly [string, Uint8Array])[] = [
      ['UDP, not TCP', buildFrame({ protocol: 17, ipPayload: udp })],
      [
        'ICMP type 8 code 0, about no TCP segment',
        buildFrame({ protocol: 1, ipPayload: Uint8Array.of(8, 0, 0, 0) }),
      ],
      ['OSPF, not TCP', buildFrame({ protocol: 89, ipPayload: new Uint8Array(24) })],
      ['No IP packet', concatBytes(new Uint8Array(12), [0x08, 0x06], new Uint8Array(28))],
      [
        'IP, whose packet could not be read: the frame ends inside the IP header',
        concatBytes(new Uint8Array(12), [0x08, 0x00], [0x45, 0]),
      ],
      [
        'ICMP port unreachable, about a segment of no connection that is known',
        buildIcmpError({ tcp: { seq: 1, flags: 2 } }, { type: 3, code: 3 }),
      ],
      [
        'The last fragment of a packet (TCP), from byte 1,480',
        buildFrame({ protocol: 6, ipPayload: new Uint8Array(20), fragmentOffset: 1480 }),
      ],
    ]
    const file = join(folder, 'no-tcp.pcap')
    writeFileSync(
      file,
      writePcap(
        frames.map(([, data], index) => ({ time: 1_763_672_591_000_000_000n + BigInt(index), data })),
      ),
    )
    for (const [index, [answer]] of frames.entries()) {
      const told = await json(file, '--packet', String(index + 1))
      expect(told.answer).toContain(answer)
      expect(told.connection).toBeUndefined()
      const { code, stdout } = await runMain(['file', file, '--packet', String(index + 1)])
      expect(code).toBe(EXIT_DONE)
      expect(stdout.replace(/\n/g, ' ')).toContain(`#${index + 1} ${answer}`)
    }
    expect((await json(file, '--packet', '1')).udp).toEqual({ sourcePort: 53, destinationPort: 10_000 })
  })

  it('says what became of a SYN that was pending', async () => {
    const { answer, opened } = await json(join(FIXTURES, 'kernel/rebooted-same-port.pcap'), '--packet', '8')
    expect(answer).toContain('pending until its answer tells')
    expect(opened).toBe(8)
    expect((await json(join(FIXTURES, 'kernel/forged-syn.pcap'), '--packet', '8')).opened).toBeUndefined()
  })

  it.each(captureFiles(FIXTURES).map((path) => [relative(FIXTURES, path), path]))(
    'explains packet 1, one in the middle and the last of %s, with its findings',
    async (_name, path) => {
      const { stdout } = await runMain(['file', path, '--json'])
      if (stdout === '') return
      const { capture, findings } = JSON.parse(stdout)
      const { packets } = capture
      if (packets === 0) return
      for (const packet of new Set([1, (packets + 1) >> 1, packets])) {
        const run = await runMain(['file', path, '--packet', String(packet), '--json'])
        expect([0, 4]).toContain(run.code)
        const told = JSON.parse(run.stdout)
        const named = findings.filter(({ evidence }: { evidence: { packet: number }[] }) =>
          evidence.some((item) => item.packet === packet),
        )
        expect(told.findings.map(({ id }: { id: string }) => id)).toEqual(
          named.map(({ id }: { id: string }) => id),
        )
      }
    },
  )
})
