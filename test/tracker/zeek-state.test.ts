import { describe, expect, it } from 'vitest'
import { ACK, FIN, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { moveZeekStates, ORIGINATOR_AT, RESPONDER_AT, zeekConnState } from '../../src/tracker/zeek-state.ts'

const FLAGS = new Map([
  ['S', SYN],
  ['F', FIN],
  ['R', RST],
  ['.', ACK],
])

/** conn_state of segments in the order `> S, < S., > .`; a number at the end is a length. */
function connStateOf(segments: string): string {
  let bits = 0
  let hasData = false
  for (const segment of segments.split(',')) {
    const [direction, flags = '', length = '0'] = segment.trim().split(' ')
    const mask = [...flags].reduce((sum, flag) => sum | (FLAGS.get(flag) ?? 0), 0)
    const at = direction === '>' ? ORIGINATOR_AT : RESPONDER_AT
    bits = moveZeekStates(bits, at, mask, Number(length))
    hasData ||= length !== '0'
  }
  return zeekConnState(bits, hasData, '')
}

const OPENED = '> S, < S., > .'

describe('the endpoint states of Zeek', () => {
  it.each([
    ['a SYN-ACK establishes both ends', 'S1', '> S, < S.'],
    ['an ACK ahead of the SYN-ACK is no partial connection', 'S1', '> S, < ., < S.'],
    ['data ahead of the SYN-ACK is', 'OTH', '> S, < . 5, < S.'],
    ['both open at once', 'S1', '> S, < S, > S., < S.'],
    ['the SYN escaped the capture', 'S1', '< S., > .'],
    ['the SYN came late', 'OTH', '< S., > S, > .'],
    ['a SYN behind a packet of its sender, before any answer', 'S1', '> . 5, > S, < S.'],
    ['FIN, then RST by the same end', 'RSTO', `${OPENED}, > F., > R`],
    ['and then the FIN of the peer: a normal end', 'SF', `${OPENED}, > F., > R, < F.`],
    ['the RST before the FIN is not made good by the peer', 'RSTO', `${OPENED}, > R, > F., < F.`],
    ['RST behind both FINs', 'SF', `${OPENED}, > F., < F., > R, < R`],
    ['FIN and RST in one, then the FIN of the peer', 'RSTO', `${OPENED}, > FR., < F.`],
    ['an RST is for good', 'RSTR', `${OPENED}, < R, < S., < F., > F.`],
    ['an RST by both ends without payload', 'REJ', `${OPENED}, > R, < R`],
    ['an RST by both ends with payload', 'RSTR', `${OPENED}, > . 5, > R, < R`],
    ['FIN and RST at once ahead of anything, and a FIN in reply', 'SF', '> FR, < . 5, < F.'],
    ['an RST alone', 'OTH', '> R'],
    ['an RST alone by the responder', 'RSTRH', '< R'],
  ])('%s: %s', (_story, connState, segments) => {
    expect(connStateOf(segments)).toBe(connState)
  })
})
