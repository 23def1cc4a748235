import { describe, expect, it } from 'vitest'
import { KIND_ICMP, KIND_ICMP_ERROR } from '../../src/decode/segment.ts'
import { ACK, SYN } from '../../src/decode/tcp-flags.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'
import { buildFrame, hexBytes } from '../support/frame-builder.ts'
import { buildIcmpError, type IcmpFields } from '../support/icmp-builder.ts'
import { CLIENT_SYN, type IcmpDialogue, type Ip, open, opening, SYN_ACK } from '../support/icmp-dialogue.ts'
import { FrameFeed } from '../support/packet-decoding.ts'

const statesOf = ({ client, server }: ConnectionSummary) => [stateName(client.state), stateName(server.state)]
const effects = (dialogue: IcmpDialogue) => dialogue.told.map((event) => (event as { effect: string }).effect)

describe('an ICMP error about a SYN', () => {
  it.each<[Ip, number, number]>([
    [4, 3, 0],
    [4, 3, 1],
    [4, 3, 3],
    [4, 3, 13],
    [4, 11, 0],
    [4, 12, 0],
    [6, 1, 0],
    [6, 1, 4],
    [6, 3, 0],
    [6, 4, 1],
  ])('ends the connect(), as Linux has it: IPv%i, type %i, code %i', (ip, type, code) => {
    const dialogue = opening(ip).toClient(CLIENT_SYN, { type, code, tcpBytes: 8 })
    const connection = dialogue.end()
    expect(stateName(connection.client.state)).toBe('CLOSED')
    expect(connection.outcome).toBe('refused')
    expect(connection.client.icmpErrors).toMatchObject([{ packet: 2, version: ip, type, code, seq: 100 }])
    expect(dialogue.told).toEqual([{ packet: 2, type, code, mtu: 0, seq: 100, effect: 'ends' }])
    expect(dialogue.arrows.taken).toContain('SYN_SENT RCV_ICMP')
  })

  it.each<[Ip, number, number, string]>([
    [4, 3, 4, 'soft'],
    [4, 4, 0, 'ignored'],
    [4, 3, 16, 'ignored'],
    [6, 2, 0, 'soft'],
  ])('does not where it says nothing of the sort: IPv%i, type %i, code %i', (ip, type, code, effect) => {
    const dialogue = opening(ip).toClient(CLIENT_SYN, { type, code, mtu: 1300 })
    expect(stateName(dialogue.end().client.state)).toBe('SYN_SENT')
    expect(effects(dialogue)).toEqual([effect])
  })

  it('with another number is not about this connection', () => {
    const dialogue = opening(4)
    dialogue.toClient({ ...CLIENT_SYN, seq: 99 }, { type: 3, code: 3 })
    dialogue.toClient({ ...CLIENT_SYN, seq: 102 }, { type: 3, code: 3 })
    expect(stateName(dialogue.end().client.state)).toBe('SYN_SENT')
    expect(effects(dialogue)).toEqual(['ignored', 'ignored'])
  })

  it('that did not arrive is disproved by the SYN again, but not by one that crosses it', () => {
    const refused = () => opening(4).toClient(CLIENT_SYN, { type: 3, code: 3 })
    expect(stateName(refused().fromClient(CLIENT_SYN, 0.008).end().client.state)).toBe('CLOSED')
    expect(stateName(refused().fromClient(CLIENT_SYN, 1).end().client.state)).toBe('SYN_SENT')
  })

  it('ends a simultaneous open too', () => {
    const dialogue = opening(4).fromServer({ flags: SYN, seq: 300 })
    dialogue.toClient(CLIENT_SYN, { type: 3, code: 3 }).end()
    expect(dialogue.arrows.taken).toContain('SYN_RCVD RCV_ICMP')
  })
})

describe('an ICMP error about a SYN-ACK', () => {
  it.each<[Ip, number, number, string]>([
    [4, 3, 0, 'LISTEN'],
    [4, 3, 1, 'LISTEN'],
    [4, 11, 0, 'LISTEN'],
    [4, 3, 3, 'SYN_RCVD'],
    [4, 3, 13, 'SYN_RCVD'],
    [6, 1, 4, 'LISTEN'],
    [6, 1, 0, 'SYN_RCVD'],
    [6, 3, 0, 'SYN_RCVD'],
  ])('drops the request or not, as tcp_req_err has it: IPv%i, type %i, code %i', (ip, type, code, state) => {
    const dialogue = opening(ip).fromServer(SYN_ACK).toServer(SYN_ACK, { type, code })
    expect(stateName(dialogue.end().server.state)).toBe(state)
    expect(dialogue.arrows.taken.has('SYN_RCVD RCV_ICMP_PASSIVE')).toBe(state === 'LISTEN')
  })
})

describe('an ICMP error about an open connection', () => {
  const DATA = { flags: ACK, seq: 101, ack: 301, payloadLength: 50 }

  it.each<[Ip, IcmpFields]>([
    [4, { type: 3, code: 1 }],
    [4, { type: 3, code: 4, mtu: 1300 }],
    [6, { type: 2, code: 0, mtu: 1280 }],
  ])('of IPv%i changes no state: %j', (ip, error) => {
    const dialogue = open(ip).fromClient(DATA).toClient(DATA, error)
    const connection = dialogue.end()
    expect(statesOf(connection)).toEqual(['ESTABLISHED', 'ESTABLISHED'])
    expect(connection.outcome).toBe('open')
    expect(dialogue.told).toEqual([{ packet: 5, mtu: 0, seq: 101, ...error, effect: 'soft' }])
    expect(connection.packets).toBe(4)
  })

  it('that is acknowledged already is ignored', () => {
    const dialogue = open(4).fromClient(DATA).fromServer({ flags: ACK, seq: 301, ack: 151 })
    dialogue.toClient(DATA, { type: 3, code: 1 }).end()
    expect(effects(dialogue)).toEqual(['ignored'])
  })
})

describe('an ICMP packet', () => {
  it.each([
    ['an echo', 1, '0800 0000 0001 0001'],
    ['a redirect', 1, `0501 0000 0a000001 ${'45'.padEnd(80, '0')}`],
    ['an error without a quote', 1, '0303 0000 0000 0000'],
    [
      'an error about UDP',
      1,
      `0303 0000 0000 0000 4500 0030 0000 0000 4011 0000 0a000001 0a000002 ${'00'.repeat(20)}`,
    ],
    ['a neighbour solicitation', 58, '8700 0000 0000 0000'],
  ])('is no error about TCP: %s', (_name, protocol, bytes) => {
    const feed = new FrameFeed()
    const ip = protocol === 1 ? 4 : 6
    expect(feed.take(buildFrame({ ip, protocol, ipPayload: hexBytes(bytes) }))).toBe(KIND_ICMP)
    expect(feed.segment.defect).toBe(0)
  })

  it('may be cut at every byte, and quotes ports and number or nothing', () => {
    const feed = new FrameFeed()
    const frame = buildIcmpError({ tcp: CLIENT_SYN }, { type: 3, code: 3 })
    for (let capturedLength = 34; capturedLength <= frame.length; capturedLength++) {
      const kind = feed.take(frame, { capturedLength })
      expect([capturedLength, kind]).toEqual([
        capturedLength,
        capturedLength < 34 + 8 + 28 ? KIND_ICMP : KIND_ICMP_ERROR,
      ])
    }
  })
})
