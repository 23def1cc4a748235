import rule from '../../../src/audit/rules/nagle-delayed-ack.ts'
import { OPENED } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const MARK = '! nagle-delayed-ack'
const unmarked = (ladder: string) => ladder.replaceAll(MARK, '')

interface Exchange {
  /** Seconds that the acknowledgment of the first piece takes, and what the second takes behind it. */
  readonly late?: number
  readonly after?: number
  /** Length of the second piece. */
  readonly second?: number
}

/** A's requests of two pieces each, and B's answers; from the given one on. */
function requests(
  count: number,
  { late = 0.04, after = 0.001, second = 100 }: Exchange = {},
  from = 0,
): string {
  const size = 100 + second
  return Array.from({ length: count }, (_, index) => {
    const a = 101 + size * (from + index)
    const b = 301 + 50 * (from + index)
    return `
      +0.1      --> P. ${a}:${a + 100}(100) ack ${b}              -->
      +${late}  <-- .  ${b}:${b}(0) ack ${a + 100}                <--  ${MARK}
      +${after} --> P. ${a + 100}:${a + size}(${second}) ack ${b} -->
                <-- P. ${b}:${b + 50}(50) ack ${a + size}         <--
                --> .  ${a + size}:${a + size}(0) ack ${b + 50}   -->`
  }).join('\n')
}

/** The same the other way round: B answers in two pieces. */
const ANSWERS = Array.from({ length: 3 }, (_, index) => {
  const a = 101 + 100 * index
  const b = 301 + 200 * index
  return `
    +0.1   --> P. ${a}:${a + 100}(100) ack ${b}        -->
           <-- P. ${b}:${b + 100}(100) ack ${a + 100}  <--
    +0.04  --> .  ${a + 100}:${a + 100}(0) ack ${b + 100}    -->  ${MARK}
           <-- P. ${b + 100}:${b + 200}(100) ack ${a + 100}  <--
           --> .  ${a + 100}:${a + 100}(0) ack ${b + 200}    -->`
}).join('\n')

/** All windows of B are as large as this. */
const withWindow = (window: number, ladder: string) =>
  ladder.replaceAll(/<-- .*?ack \d+/g, (segment) => `${segment} win ${window}`)

/** Captured before the server, 20 ms from the client. */
const FAR_OPENING = `
         --> S  100:100(0) <mss 1460>          -->
         <-- S. 300:300(0) ack 101 <mss 1460>  <--
  +0.02  --> .  101:101(0) ack 301             -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'three requests in two pieces each',
      ladder: `${OPENED}${requests(3)}`,
      findings: [
        {
          message: 'held',
          data: { by: 'client', stalls: 3, late: 3, lost: 117e6, longest: 39e6 },
          packets: [5, 10, 15],
          blame: 'client',
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'three answers in two pieces each',
      ladder: `${OPENED}${ANSWERS}`,
      findings: [
        {
          message: 'held',
          data: { by: 'server', stalls: 3, late: 3 },
          packets: [6, 11, 16],
          blame: 'server',
        },
      ],
    },
    {
      name: 'nine: the first eight are shown',
      ladder: `${OPENED}${unmarked(requests(9))}`,
      findings: [
        { message: 'held', data: { stalls: 9, lost: 9 * 39e6 }, packets: [5, 10, 15, 20, 25, 30, 35, 40] },
      ],
    },
    {
      name: 'delays of different length',
      ladder: `${OPENED}${requests(1, { late: 0.2 })}${requests(2, {}, 1)}`,
      findings: [{ message: 'held', data: { stalls: 3, longest: 199e6, lost: 277e6 } }],
    },
    {
      name: 'half of the late acknowledgments release something',
      ladder: `${OPENED}${requests(3)}${unmarked(requests(3, { after: 0.005 }, 3))}`,
      findings: [{ message: 'held', data: { stalls: 3, late: 6 }, packets: [5, 10, 15] }],
    },
    {
      name: 'the largest segment that may be none of full size',
      ladder: `${OPENED}${requests(3, { second: 1420 })}`,
      findings: [{ message: 'held' }],
    },
    {
      name: 'no MSS was offered: 536',
      ladder: `${OPENED.replaceAll('<mss 1460>', '')}${requests(3, { second: 496 })}`,
      findings: [{ message: 'held' }],
    },
    {
      name: 'the window would have had room for the second piece, just so',
      ladder: withWindow(200, `${OPENED}${requests(3)}`),
      findings: [{ message: 'held' }],
    },
    {
      name: 'captured before the server, who sees what its acknowledgment releases a round trip later',
      ladder: `${FAR_OPENING}${requests(3, { after: 0.02 }).replaceAll(/--> \. /g, '+0.02 --> .')}`,
      findings: [{ message: 'held', data: { stalls: 3 }, packets: [5, 10, 15] }],
    },
  ],
  quiet: [
    { name: 'two', ladder: `${OPENED}${unmarked(requests(2))}` },
    {
      name: 'records at a pace of their own: the next comes 5 ms behind the late acknowledgment',
      ladder: `${OPENED}${unmarked(requests(20, { after: 0.005 }))}`,
    },
    {
      name: 'somebody types: three keys of seven happen to follow at once',
      ladder: `${OPENED}${unmarked(requests(3))}${unmarked(requests(4, { after: 0.05 }, 3))}`,
    },
    {
      name: 'what follows is of full size: Nagle holds none of these',
      ladder: `${OPENED}${unmarked(requests(4, { second: 1421 }))}`,
    },
    {
      name: 'no MSS was offered: it is 536',
      ladder: `${OPENED.replaceAll('<mss 1460>', '')}${unmarked(requests(4, { second: 497 }))}`,
    },
    {
      name: 'the window had no room for the second piece: it waits for that too',
      ladder: withWindow(199, `${OPENED}${unmarked(requests(4))}`),
    },
    {
      name: 'acknowledgments of 34 ms are not that late',
      ladder: `${OPENED}${unmarked(requests(4, { late: 0.035 }))}`,
    },
    {
      name: 'a long way: every acknowledgment takes 40 ms',
      ladder: `
                  --> S  100:100(0) <mss 1460>          -->
            +0.04 <-- S. 300:300(0) ack 101 <mss 1460>  <--
                  --> .  101:101(0) ack 301             -->
        ${unmarked(requests(4)).replaceAll('<-- P.', '+0.04 <-- P.')}`,
    },
    {
      name: 'the answer brings the acknowledgment 40 ms later, and the next request follows it at once',
      ladder: `${OPENED}${Array.from({ length: 6 }, (_, index) => {
        const a = 101 + 100 * index
        const b = 301 + 50 * index
        return `
                --> P. ${a}:${a + 100}(100) ack ${b}       -->
          +0.04 <-- P. ${b}:${b + 50}(50) ack ${a + 100}   <--`
      }).join('\n')}`,
    },
    {
      name: 'two segments are acknowledged late together: both were under way',
      ladder: `${OPENED}${Array.from({ length: 4 }, (_, index) => {
        const a = 101 + 300 * index
        return `
          +0.1  --> P. ${a}:${a + 100}(100) ack 301        -->
                --> P. ${a + 100}:${a + 200}(100) ack 301  -->
          +0.04 <-- .  301:301(0) ack ${a + 200}           <--
                --> P. ${a + 200}:${a + 300}(100) ack 301  -->
                <-- .  301:301(0) ack ${a + 300}           <--`
      }).join('\n')}`,
    },
    {
      name: 'nothing follows a late acknowledgment for long: a slow application',
      ladder: `${OPENED}${unmarked(requests(4, { after: 1 }))}`,
    },
    {
      name: 'captured before the server, 40 ms from the client: what is released is out of sight too long',
      ladder: `${FAR_OPENING.replace('0.02', '0.04')}${unmarked(requests(4, { after: 0.04 })).replaceAll(/--> \. /g, '+0.04 --> .')}`,
    },
  ],
  fixtures: {
    reports: ['kernel/requests-in-two-writes.pcap'],
    quiet: [
      'kernel/requests-in-two-writes-no-delay.pcap',
      'kernel/records-one-by-one.pcap',
      'kernel/typist.pcap',
      'kernel/delayed-acks-meet-nagle.pcap',
      'kernel/silly-window.pcap',
      'kernel/slow-reader.pcap',
      'kernel/bulk-without-loss.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
