import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACK, SYN } from '../../src/decode/tcp-flags.ts'
import { buildFrame, concatBytes, tcpOption } from '../support/frame-builder.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { runMain } from '../support/run-cli.ts'

const EPOCH = 1_700_000_000_000_000_000n
const FRAMES = [
  { flags: SYN, seq: 100, options: concatBytes(tcpOption.mss(1460), tcpOption.windowScale(7)) },
  { flags: ACK, seq: 101, payloadLength: 5 },
].map((tcp, index) => ({ time: EPOCH + BigInt(index) * 1_000_000n, data: buildFrame({ tcp }) }))

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcpaudit-cut-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe.each(['pcap', 'pcapng'] as const)('a %s file', (format) => {
  const whole = writePcap(FRAMES, { format })

  it('cut anywhere gives a report or one line, never a trace', async () => {
    const path = join(folder, `cut.${format}`)
    const codes = new Set<number>()
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length))
      const { code, stdout, stderr } = await runMain(['file', path, ...(length % 2 === 0 ? ['--json'] : [])])
      codes.add(code)
      expect([0, 3, 4], `cut to ${length} bytes: ${stderr}`).toContain(code)
      expect(stderr, `cut to ${length} bytes`).toMatch(code === 0 ? /^$/ : /^tcpaudit: [^\n]+\n$/)
      expect(stdout, `cut to ${length} bytes`).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(codes).toEqual(new Set([0, 3, 4]))
  })

  it('with any byte replaced does the same', async () => {
    const path = join(folder, `changed.${format}`)
    for (let at = 0; at < whole.length; at++) {
      const bytes = Uint8Array.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (at % 2 === 0 ? 0xff : 0x01)
      await writeFile(path, bytes)
      const { code, stdout, stderr } = await runMain(['file', path])
      expect([0, 3, 4], `byte ${at} replaced: ${stderr}`).toContain(code)
      expect(stderr, `byte ${at} replaced`).toMatch(code === 0 ? /^$/ : /^tcpaudit: [^\n]+\n$/)
      expect(stdout, `byte ${at} replaced`).not.toMatch(/NaN|undefined|Infinity/)
    }
  })
})
