import { describe, expect, it } from 'vitest'
import { OPENED, OPENED_WITH_SACK } from '../support/openings.ts'
import { runLadder } from '../support/run-ladder.ts'

const CLOSED_BY_CLIENT = `${OPENED}
  - --> F. 101:101(0) ack 301 --> -
  - <-- F. 301:301(0) ack 102 <-- -
  - --> .  102:102(0) ack 302 --> -`

/** What Zeek's documentation of conn.log says, and what its TCPSessionAdapter does. */
const CASES: readonly (readonly [story: string, connState: string, history: string, ladder: string])[] = [
  ['SYN, nothing back', 'S0', 'S', '- --> S 100:100(0) --> -'],
  ['SYN again: the same letter', 'S0', 'S', '- --> S 100:100(0) --> -\n+1 - --> S 100:100(0) --> -'],
  ['handshake', 'S1', 'ShA', OPENED],
  ['SYN-ACK without the last ACK', 'S1', 'Sh', '- --> S 100:100(0) --> -\n- <-- S. 300:300(0) ack 101 <-- -'],
  ['both FINs', 'SF', 'ShAFf', CLOSED_BY_CLIENT],
  ['only the client closes', 'S2', 'ShAF', `${OPENED}\n - --> F. 101:101(0) ack 301 --> -`],
  ['only the server closes', 'S3', 'ShAf', `${OPENED}\n - <-- F. 301:301(0) ack 101 <-- -`],
  ['refused', 'REJ', 'Sr', '- --> S 100:100(0) --> -\n- <-- R. 0:0(0) ack 101 win 0 <-- -'],
  ['reset by the client', 'RSTO', 'ShAR', `${OPENED}\n - --> R. 101:101(0) ack 301 --> -`],
  ['reset by the server', 'RSTR', 'ShAr', `${OPENED}\n - <-- R. 301:301(0) ack 101 <-- -`],
  ['SYN, then an RST of its own', 'RSTOS0', 'SR', '- --> S 100:100(0) --> -\n- --> R 101:101(0) --> -'],
  ['SYN, then a FIN of its own', 'SH', 'SF', '- --> S 100:100(0) --> -\n- --> F 101:101(0) --> -'],
  [
    'SYN-ACK and FIN, the client unseen',
    'SHR',
    '^hf',
    '- <-- S. 300:300(0) ack 101 <-- -\n- <-- F. 301:301(0) ack 101 <-- -',
  ],
  [
    'SYN-ACK and RST, the client unseen',
    'RSTRH',
    '^hr',
    '- <-- S. 300:300(0) ack 101 <-- -\n- <-- R 301:301(0) <-- -',
  ],
  ['in mid-stream', 'OTH', 'Da', '- --> P. 101:111(10) ack 301 --> -\n- <-- . 301:301(0) ack 111 <-- -'],
  [
    'in mid-stream, the server first',
    'OTH',
    '^aD',
    '- <-- . 301:301(0) ack 101 <-- -\n- --> P. 101:111(10) ack 301 --> -',
  ],
  [
    'FIN, then RST, then the FIN of the peer',
    'SF',
    'ShAFRf',
    `${OPENED}\n - --> F. 101:101(0) ack 301 --> -\n - --> R 102:102(0) --> -\n - <-- F. 301:301(0) ack 102 <-- -`,
  ],

  ['an RST that nobody believes counts', 'RSTO', 'ShAR', `${OPENED}\n - --> R 90000000:90000000(0) --> -`],
  [
    'data once a direction',
    'S1',
    'ShADda',
    `${OPENED}
     - --> P. 101:111(10) ack 301 --> -
     - <-- P. 301:311(10) ack 111 <-- -
     - --> P. 111:121(10) ack 311 --> -
     - <-- .  311:311(0)  ack 121 <-- -`,
  ],
  [
    'payload sent again',
    'S1',
    'ShADTa',
    `${OPENED}
          - --> P. 101:111(10) ack 301 --> -
     +0.5 - --> P. 101:111(10) ack 301 --> -
          - <-- .  301:301(0)  ack 111 <-- -`,
  ],
  [
    'the tenth time, once more',
    'S1',
    'ShADTT',
    `${OPENED}
     - --> P. 101:111(10) ack 301 --> -
     ${Array.from({ length: 10 }, (_, count) => `+${2 ** count} - --> P. 101:111(10) ack 301 --> -`).join('\n')}`,
  ],
  [
    'a window of zero',
    'S1',
    'ShADaw',
    `${OPENED}
     - --> P. 101:111(10) ack 301       --> -
     - <-- .  301:301(0)  ack 111 win 0 <-- -`,
  ],
  [
    'no window of zero after the FIN of the peer',
    'S2',
    'ShAFa',
    `${OPENED}
     - --> F. 101:101(0) ack 301       --> -
     - <-- .  301:301(0) ack 102 win 0 <-- -`,
  ],
  [
    'FIN again: the same letter',
    'S2',
    'ShAF',
    `${OPENED}
          - --> F. 101:101(0) ack 301 --> -
     +0.3 - --> F. 101:101(0) ack 301 --> -`,
  ],
  [
    'FIN again, elsewhere: another letter',
    'S2',
    'ShAFDF',
    `${OPENED}
     - --> F. 101:101(0)  ack 301 --> -
     - --> P. 102:122(20) ack 301 --> -
     - --> F. 122:122(0)  ack 301 --> -`,
  ],
  [
    'a FIN on payload is F alone, and on payload sent again too',
    'S2',
    'ShADFT',
    `${OPENED}
          - --> P.  101:111(10) ack 301 --> -
     +0.3 - --> FP. 101:111(10) ack 301 --> -`,
  ],
  [
    'RST again: another letter only for another number',
    'RSTO',
    'ShARR',
    `${OPENED}
     - --> R 101:101(0) --> -
     - --> R 101:101(0) --> -
     - --> R 111:111(0) --> -`,
  ],
  ['FIN and RST at once', 'RSTO', 'ShAI', `${OPENED}\n - --> FR. 101:101(0) ack 301 --> -`],
  ['SYN and FIN at once', 'SH', 'Q', '- --> FS 100:100(0) --> -'],
  [
    'a wrong checksum, and nothing else of what it is',
    'S1',
    'ShAC',
    `${OPENED}\n - --> R 101:101(0) badsum --> -`,
  ],
  [
    'what is sent again for damage has been sent before, which Zeek does not see',
    'S1',
    'ShACDTa',
    `${OPENED}
          - --> P. 101:111(10) ack 301 badsum --> -
     +0.3 - --> P. 101:111(10) ack 301        --> -
          - <-- .  301:301(0)  ack 111        <-- -`,
  ],
  [
    'a wrong checksum on a SYN, which opens all the same',
    'S1',
    'CShA',
    `- --> S  100:100(0) badsum  --> -
     - <-- S. 300:300(0) ack 101 <-- -
     - --> .  101:101(0) ack 301 --> -`,
  ],
  [
    'data that were acknowledged and not captured',
    'S1',
    'ShAaG',
    `${OPENED}
     - ~~> P. 101:111(10) ack 301 ~~> -
     - <-- .  301:301(0)  ack 111 <-- -`,
  ],
  [
    'a hole is a gap once it is acknowledged',
    'S1',
    'ShADaG',
    `${OPENED}
     - ~~> P. 101:111(10) ack 301 ~~> -
     - --> P. 111:121(10) ack 301 --> -
     - <-- .  301:301(0)  ack 121 <-- -`,
  ],
  [
    'a hole that is filled before is none',
    'S1',
    'ShADa',
    `${OPENED}
     - --> P. 111:121(10) ack 301 --> -
     - --> P. 101:111(10) ack 301 --> -
     - <-- .  301:301(0)  ack 121 <-- -`,
  ],
  [
    'a gap of the server',
    'S1',
    'ShAdg',
    `${OPENED}
     - <~~ P. 301:311(10) ack 101 <~~ -
     - <-- P. 311:321(10) ack 101 <-- -
     - --> .  101:101(0)  ack 321 --> -`,
  ],
  [
    'the tenth gap, once more',
    'S1',
    'ShAaGDG',
    `${OPENED}
     ${Array.from({ length: 10 }, (_, index) => {
       const from = 101 + 20 * index
       return `- ~~> P. ${from}:${from + 10}(10) ack 301 ~~> -
               - <-- .  301:301(0) ack ${from + 10} <-- -
               - --> P. ${from + 10}:${from + 20}(10) ack 301 --> -`
     }).join('\n')}`,
  ],
  [
    'no gap on a connection that an RST has ended',
    'RSTO',
    'ShADRa',
    `${OPENED}
     - ~~> P. 101:111(10) ack 301 ~~> -
     - --> P. 111:121(10) ack 301 --> -
     - --> R  121:121(0)          --> -
     - <-- .  301:301(0)  ack 121 <-- -`,
  ],
  ['a wrong checksum of the server', 'S1', 'ShAc', `${OPENED}\n - <-- R 301:301(0) badsum <-- -`],
  [
    'payload of the server sent again',
    'S1',
    'ShAdt',
    `${OPENED}
          - <-- P. 301:311(10) ack 101 <-- -
     +0.5 - <-- P. 301:311(10) ack 101 <-- -
          - --> .  101:101(0)  ack 311 --> -`,
  ],
  ['FIN and RST at once by the server', 'RSTR', 'ShAi', `${OPENED}\n - <-- FR. 301:301(0) ack 101 <-- -`],
  ['SYN and FIN at once by the server', 'S3', 'ShAq', `${OPENED}\n - <-- FS. 300:300(0) ack 101 <-- -`],
  [
    'both open at once: a SYN-ACK with the number of the SYN is the same SYN',
    'S1',
    'Ss',
    `- --> S  100:100(0) --> -
     - <-- S  300:300(0) <-- -
     - --> S. 100:100(0) ack 301 --> -
     - <-- S. 300:300(0) ack 101 <-- -`,
  ],
  [
    'a window of zero of the client',
    'S1',
    'ShAdW',
    `${OPENED}
     - <-- P. 301:311(10) ack 101       <-- -
     - --> .  101:101(0)  ack 311 win 0 --> -`,
  ],
  ['no flag and nothing in it', 'S1', 'ShA', `${OPENED_WITH_SACK}\n - <-- none 301:301(0) <-- -`],
]

/** Duration in ms, payload of both ends by their numbers, what was missed of it. */
const SIZES: readonly (readonly [
  story: string,
  sizes: readonly [number, number, number, number],
  ladder: string,
])[] = [
  ['a SYN alone', [0, 0, 0, 0], '- --> S 100:100(0) --> -'],
  ['SYN and FIN take a number and are no payload', [4, 0, 0, 0], CLOSED_BY_CLIENT.replace(/\n.*$/, '')],
  [
    'what passes behind the second FIN takes no time',
    [4, 0, 0, 0],
    `${CLOSED_BY_CLIENT}\n+5 - --> . 102:102(0) ack 302 --> -`,
  ],
  [
    'up to an RST of the second to close',
    [13, 0, 0, 0],
    `${OPENED}
     - --> F. 101:101(0) ack 301 --> -
     +0.01 - <-- R. 301:301(0) ack 102 <-- -
     - <-- R. 301:301(0) ack 102 <-- -`,
  ],
  [
    'an RST of one end ends nothing',
    [1003, 0, 0, 0],
    `${OPENED}
     - --> R. 101:101(0) ack 301 --> -
     +1 - <-- . 301:301(0) ack 101 <-- -`,
  ],
  [
    'payload once, however often it is sent',
    [504, 10, 0, 0],
    `${OPENED}
          - --> P. 101:111(10) ack 301 --> -
     +0.5 - --> P. 101:111(10) ack 301 --> -
          - <-- .  301:301(0)  ack 111 <-- -`,
  ],
  [
    'payload that was not captured',
    [7, 20, 30, 40],
    `${OPENED}
     - ~~> P. 101:111(10) ack 301 ~~> -
     - --> P. 111:121(10) ack 301 --> -
     - <~~ P. 301:331(30) ack 121 <~~ -
     - --> .  121:121(0)  ack 331 --> -
     - <-- .  331:331(0)  ack 121 <-- -`,
  ],
  [
    'behind its acknowledgment it is missed all the same',
    [6, 10, 0, 10],
    `${OPENED}
     - ~~> P. 101:111(10) ack 301 ~~> -
     - <-- .  301:301(0)  ack 111 <-- -
     - --> P. 101:111(10) ack 301 --> -
     - <-- .  301:301(0)  ack 111 <-- -`,
  ],
]

describe('as Zeek has it', () => {
  it.each(CASES)('%s: %s %s', async (_story, connState, history, ladder) => {
    const { connections } = await runLadder(ladder)
    expect(connections.map(({ zeek }) => zeek)).toMatchObject([{ connState, history }])
  })

  it.each(SIZES)('%s: ms and bytes %j', async (_story, sizes, ladder) => {
    const { connections } = await runLadder(ladder)
    expect(
      connections.map(({ zeek: { duration, origBytes, respBytes, missedBytes } }) => [
        duration / 1e6,
        origBytes,
        respBytes,
        missedBytes,
      ]),
    ).toEqual([sizes])
  })

  it('has every letter of both ends; x is in test/cli/zeek-log.test.ts', () => {
    const letters = new Set(CASES.flatMap(([, , history]) => [...history]))
    // No H: who sends a SYN-ACK is the server (history.test.ts has the letter).
    expect([...letters].sort().join('')).toBe('ACDFGIQRSTW^acdfghiqrstw')
  })

  it('has every conn_state that a TCP connection can have', () => {
    const states = [
      'S0',
      'S1',
      'SF',
      'REJ',
      'S2',
      'S3',
      'RSTO',
      'RSTR',
      'RSTOS0',
      'RSTRH',
      'SH',
      'SHR',
      'OTH',
    ]
    expect(new Set(CASES.map(([, connState]) => connState))).toEqual(new Set(states))
  })
})
