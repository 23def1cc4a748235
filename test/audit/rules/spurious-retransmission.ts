import rule from '../../../src/audit/rules/spurious-retransmission.ts'
import { OPENED_WITH_SACK } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const segment = (from: number, length = 100) => `--> P. ${from}:${from + length}(${length}) ack 301 -->`
const ack = (to: number, sack = '') => `<-- . 301:301(0) ack ${to} ${sack === '' ? '' : `<sack ${sack}>`} <--`

/** Each is sent again behind its acknowledgment. */
const AFTER_ACK = (count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const from = 101 + 100 * i
    return `${segment(from)}\n${ack(from + 100)}\n+0.3 ${segment(from)} ! spurious-retransmission`
  }).join('\n')

/** Each is sent again by timeout before its acknowledgment passes, and then reported as a duplicate. */
const REPORTED = (count: number, first = 101): string =>
  Array.from({ length: count }, (_, i) => {
    const from = first + 100 * i
    return `${segment(from)}
      +0.3 ${segment(from)} ! spurious-retransmission
      ${ack(from + 100)}
      ${ack(from + 100, `${from}:${from + 100}`)}`
  }).join('\n')

const unmarked = (ladder: string) => ladder.replaceAll('! spurious-retransmission', '')

export default ruleCases(rule, {
  reports: [
    {
      name: 'three segments again, their acknowledgments had passed',
      ladder: `${OPENED_WITH_SACK}\n${AFTER_ACK(3)}`,
      findings: [
        {
          message: 'needless',
          data: { repeats: 3, acked: 3, timeouts: 0, fast: 0, probes: 0, bytes: 300 },
          packets: [6, 9, 12],
          blame: 'network',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'three by timeout, reported as duplicates',
      ladder: `${OPENED_WITH_SACK}\n${REPORTED(3)}`,
      findings: [
        { message: 'needless', data: { repeats: 3, acked: 0, timeouts: 3, bytes: 300 }, packets: [5, 9, 13] },
      ],
    },
    {
      name: 'a probe, a fast retransmit and a timeout',
      ladder: `${OPENED_WITH_SACK}
        ${segment(101)}
        ${ack(201)}
        ${segment(201)}
        +0.1 ${segment(201)}
        ${ack(301)}
        ${ack(301, '201:301')}
        ${segment(301)}
        ${segment(401)}
        ${segment(501)}
        ${segment(601)}
        ${ack(301, '401:501')}
        ${ack(301, '401:601')}
        ${ack(301, '401:701')}
        ${segment(301)}
        ${ack(701)}
        ${ack(701, '301:401')}
        ${REPORTED(1, 701)}`,
      findings: [{ message: 'needless', data: { repeats: 3, acked: 0, timeouts: 1, fast: 1, probes: 1 } }],
    },
    {
      name: 'nine: the first eight are shown',
      ladder: `${OPENED_WITH_SACK}\n${unmarked(AFTER_ACK(9))}`,
      findings: [{ message: 'needless', data: { repeats: 9 }, packets: [6, 9, 12, 15, 18, 21, 24, 27] }],
    },
    {
      name: 'nine reported as duplicates: the first eight are shown',
      ladder: `${OPENED_WITH_SACK}\n${unmarked(REPORTED(9))}`,
      findings: [{ message: 'needless', data: { repeats: 9 }, packets: [5, 9, 13, 17, 21, 25, 29, 33] }],
    },
    {
      name: 'twenty repeats are out, and the last three are reported',
      ladder: `${OPENED_WITH_SACK}
        ${segment(101, 2000)}
        ${Array.from({ length: 20 }, (_, i) => `+0.3 ${segment(101 + 100 * i)}`).join('\n')}
        ${ack(2101)}
        ${ack(2101, '2001:2101')}
        ${ack(2101, '1901:2001')}
        ${ack(2101, '1801:1901')}
        ${ack(2101, '101:201')}`,
      findings: [{ message: 'needless', data: { repeats: 3, bytes: 300 }, packets: [22, 23, 24] }],
    },
  ],
  quiet: [
    { name: 'two', ladder: `${OPENED_WITH_SACK}\n${unmarked(AFTER_ACK(2))}` },
    {
      name: 'repeats that were needed',
      ladder: `${OPENED_WITH_SACK}
        ${Array.from({ length: 4 }, (_, i) => `${segment(101 + 100 * i)}\n+0.3 ${segment(101 + 100 * i)}\n${ack(201 + 100 * i)}`).join('\n')}`,
    },
    {
      name: 'duplicates that the network made: nothing was sent again but something else',
      ladder: `${OPENED_WITH_SACK}
        ${segment(101)}
        +0.3 ${segment(101)}
        ${ack(201)}
        ${segment(201)}
        ${ack(301, '201:301')}
        ${segment(301)}
        ${ack(401, '301:401')}
        ${segment(401)}
        ${ack(501, '401:501')}`,
    },
    {
      name: 'data that are held out of order are no duplicates',
      ladder: `${OPENED_WITH_SACK}
        ${segment(101)}
        ${segment(201)}
        ${segment(301)}
        +0.3 ${segment(201)}
        +0.3 ${segment(301)}
        +0.3 ${segment(101)}
        ${ack(101, '201:301')}
        ${ack(101, '201:401')}
        ${ack(101, '301:401')}
        ${ack(401)}`,
    },
    {
      name: 'a FIN, again and again',
      ladder: `${OPENED_WITH_SACK}
        --> F. 101:101(0) ack 301  -->
        <-- .  301:301(0) ack 102  <--
        +1 --> F. 101:101(0) ack 301  -->
        +1 --> F. 101:101(0) ack 301  -->
        +1 --> F. 101:101(0) ack 301  -->
        +1 --> F. 101:101(0) ack 301  -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/spurious-repeats-near.pcap',
      'kernel/spurious-repeats-far.pcap',
      'kernel/reordered-by-the-network-near.pcap',
    ],
    quiet: [
      'kernel/bulk-with-loss-near.pcap',
      'kernel/bulk-with-loss-far.pcap',
      'kernel/back-off-and-heal-near.pcap',
      'kernel/doubled-by-the-network-far.pcap',
      'kernel/each-frame-twice.pcap',
      'kernel/mirrored-with-vlan-tags-both-tagged.pcap',
      'kernel/lost-fin-ack-near.pcap',
    ],
  },
})
