import { describe, expect, it } from 'vitest'
import { qualityParts } from '../../src/report/quality-text.ts'
import { captureFacts } from '../support/report-builder.ts'

type Given = NonNullable<Parameters<typeof captureFacts>[0]>

function text(quality: Given['quality'], decoded: Given['decoded'] = {}): string {
  return qualityParts(captureFacts({ quality: quality ?? {}, decoded: decoded ?? {} })).join('; ')
}

const sender = (last: number, counts: object) => ({
  ipVersion: 4,
  address: [0x0a000000 + last, 0, 0, 0] as const,
  unseenSegments: 0,
  unseenBytes: 0,
  badChecksums: 0,
  offloadedChecksums: 0,
  offloadedSegments: 0,
  ...counts,
})

describe('the quality of a capture', () => {
  it.each([
    ['nothing to say', {}, {}, 'good'],
    ['a SYN missing', { unseenSyns: 1 }, {}, '1 connection whose SYN is missing'],
    ['SYNs late', { lateSyns: 2 }, {}, '2 SYNs captured behind their SYN-ACK: frames are not in their order'],
    [
      'data late too',
      { lateSyns: 2, lateSegments: 3, longestLead: 40e6 },
      {},
      '5 segments captured up to 40.0 ms behind what acknowledges them: frames are not in their order',
    ],
    [
      'one segment late',
      { lateSegments: 1, longestLead: 5e3 },
      {},
      '1 segment captured up to 5.00 µs behind what acknowledges it: frames are not in their order',
    ],
    [
      'much lost',
      { unseenSegments: 20, unseenBytes: 20_000, seenBytes: 980_000 },
      {},
      '2.0 % of the data lost by the capture (about 20 segments): it was acknowledged, not lost on the way',
    ],
    [
      'little lost',
      { unseenSegments: 1, unseenBytes: 200, seenBytes: 1e6 },
      {},
      '0.02 % of the data lost by the capture (about 1 segment)',
    ],
    [
      'one side',
      { oneSidedConnections: 2, clientOnlyConnections: 2 },
      {},
      "2 connections seen from one side only (the client's): states of the other are inferred",
    ],
    [
      'no room',
      { evictedConnections: 2, unseenSyns: 1 },
      {},
      '2 connections forgotten early to make room (--max-connections): they are told as of then; 1 connection whose SYN is missing',
    ],
    [
      'a late start',
      { midstreamConnections: 7 },
      {},
      '7 connections joined in mid-stream: who opened them is a guess',
    ],
    [
      'a clock set back',
      { timeReversals: 3, largestTimeReversal: 2e9 },
      {},
      'time runs backwards 3 times, by 2.00 s at most: durations are doubtful',
    ],
    [
      'headers cut',
      { cutLength: 40 },
      { truncated: 5 },
      'headers of 5 packets cut at 40 bytes: what they say is missed in part',
    ],
    ['payloads cut', { cutPayloads: 5, cutLength: 96 }, {}, 'good (payloads cut at 96 bytes)'],
    ['a few copies', { duplicateFrames: 3 }, {}, '3 frames captured twice, counted once'],
    ['all twice', { duplicateFrames: 50 }, {}, 'every frame captured twice, counted once'],
    [
      'copies from a router',
      { duplicateFrames: 50, routedFrames: 50 },
      {},
      'every frame captured twice, before and behind a router, counted once',
    ],
    [
      'copies of all kinds',
      { duplicateFrames: 9, routedFrames: 3, otherVlanFrames: 4 },
      {},
      '9 frames captured twice (3 behind a router, 4 in another VLAN), counted once',
    ],
    ['bad checksums', { badChecksums: 2 }, {}, '2 segments with a wrong checksum: not received'],
    ['refuted ones', { refutedChecksums: 2 }, {}, 'good (2 wrong checksums made by the capture)'],
    [
      'a card that sums',
      { senders: [sender(5, { offloadedChecksums: 9 }), sender(9, { offloadedChecksums: 1 })] },
      {},
      'good (checksums left to the card of 10.0.0.5 and 10.0.0.9)',
    ],
    [
      'a card that cuts and sums',
      { senders: [sender(5, { offloadedChecksums: 9, offloadedSegments: 3 })] },
      {},
      'good (captured on 10.0.0.5 ahead of its card: segments are longer than on the wire)',
    ],
    [
      'trouble and a note',
      { badChecksums: 1, senders: [1, 2, 3].map((last) => sender(last, { offloadedSegments: 1 })) },
      {},
      '1 segment with a wrong checksum: not received; segments beyond the MTU from 3 hosts: one counts for several on the wire',
    ],
  ])('%s', (_name, quality, decoded, expected) => {
    expect(text(quality, decoded)).toBe(expected)
  })
})
