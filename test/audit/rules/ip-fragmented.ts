import rule from '../../../src/audit/rules/ip-fragmented.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const LADDER = `${OPEN}
  --> P. 101:201(100) ack 301   -->
  <-- .  301:301(0) ack 201     <--
  --> P. 201:401(200) ack 301   -->
  <-- .  301:301(0) ack 401     <--`

const MANY = `${OPEN}
${Array.from({ length: 9 }, (_, i) => `--> P. ${101 + 100 * i}:${201 + 100 * i}(100) ack 301 -->\n<-- . 301:301(0) ack ${201 + 100 * i} <--`).join('\n')}`

export default ruleCases(rule, {
  reports: [
    {
      name: 'two segments in two fragments each',
      ladder: LADDER,
      capture: { fragmented: [4, 6] },
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'fragmented',
          data: { segments: 2, largest: 240, version: 4 },
          packets: [5, 8],
          blame: 'network',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'nine: the first eight are shown',
      ladder: MANY,
      capture: { fragmented: [4, 6, 8, 10, 12, 14, 16, 18, 20] },
      variants: { ipv4Only: true },
      findings: [{ message: 'fragmented', data: { segments: 9 }, packets: [5, 8, 11, 14, 17, 20, 23, 26] }],
    },
  ],
  quiet: [
    { name: 'the same segments whole', ladder: LADDER },
    {
      name: 'one where two are asked for',
      ladder: LADDER,
      capture: { fragmented: [4] },
      options: { segments: 2 },
    },
  ],
  fixtures: {
    reports: ['kernel/fragmented-by-the-router-far.pcap', 'kernel/ipv6-fragments-far.pcap'],
    quiet: [
      'kernel/fragmented-by-the-router-near.pcap',
      'kernel/ipv6-fragments-near.pcap',
      'kernel/fragmentation-needed-near.pcap',
      'kernel/offload-on-at-client.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
