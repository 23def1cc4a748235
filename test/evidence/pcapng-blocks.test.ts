import { describe, expect, it } from 'vitest'
import {
  enhancedPacket,
  interfaceDescription,
  isSectionOf,
  sectionHeader,
} from '../../src/evidence/pcapng-blocks.ts'
import { readBytes } from '../support/read-packets.ts'

const ETHERNET = { linkType: 1, snaplen: 0, timestampResolution: 9, timestampOffset: 0n }
const packet = (comments: readonly string[], length = 61) => ({
  interface: 0,
  ticks: (7n << 32n) | 5n,
  bytes: Uint8Array.from({ length }, (_, at) => at),
  originalLength: 1500,
  comments,
})

describe('blocks that are written', () => {
  it('are read as what they were made of', async () => {
    const bytes = Buffer.concat([
      sectionHeader('tcpaudit 1', 'all of it'),
      interfaceDescription({
        ...ETHERNET,
        snaplen: 96,
        timestampOffset: -3n,
        name: 'eth0',
        description: 'left',
      }),
      enhancedPacket(packet(['one', 'two'])),
      enhancedPacket(packet([], 64)),
    ])
    const { source, packets, status } = await readBytes(bytes, 7)
    expect(status).toBe(2)
    expect(source).toMatchObject({ snaplen: 96, linkTypes: [1], comments: ['all of it'], packetComments: 1 })
    expect(source.epoch).toBe((7n << 32n) + 5n - 3_000_000_000n)
    expect(packets.map(({ data, originalLength }) => [data.length, data[60], originalLength])).toEqual([
      [61, 60, 1500],
      [64, 60, 1500],
    ])
  })

  it('cut a text that is too long between two characters', async () => {
    const { source } = await readBytes(sectionHeader('x', `a${'→'.repeat(40_000)}`))
    expect(source.comments?.[0]).toMatch(/^a→{999}$/)
    const block = sectionHeader('x', `a${'→'.repeat(40_000)}`)
    const length = block.readUInt16LE(24 + 8 + 2)
    expect(length).toBe(1 + 3 * 21_844)
  })

  it('say who wrote them', () => {
    const ours = sectionHeader('tcpaudit 1.2.3', '')
    expect(isSectionOf('tcpaudit', ours)).toBe(true)
    expect(isSectionOf('tcpaudit', sectionHeader('tcpaudit-other 1', ''))).toBe(false)
    expect(isSectionOf('tcpaudit', sectionHeader('Dumpcap', ''))).toBe(false)
    for (let length = 0; length < 36; length++)
      expect(isSectionOf('tcpaudit', ours.subarray(0, length))).toBe(false)
    expect(
      isSectionOf('tcpaudit', Buffer.from('a text that is longer than any header of ours could be')),
    ).toBe(false)
  })
})
