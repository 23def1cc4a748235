import rule from '../../../src/audit/rules/close-cause-request-limit.ts'
import { clientCloses, exchanges, serverCloses } from '../../support/exchanges.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const crowd = (ladder: string, count: number, start = 0, every = 0.2) =>
  ({ ladder, count, vary: 'client-port', every, start }) as const

const limited = (count: number, after = 0.001) => `${OPEN}${exchanges(count)}${serverCloses(count, after)}`

export default ruleCases(rule, {
  reports: [
    {
      name: 'five connections, five exchanges each',
      crowd: crowd(limited(5), 5),
      findings: [
        {
          message: 'closes',
          data: { limit: 5, alike: 5, closed: 5 },
          severity: 'notice',
          confidence: 'possible',
          blame: 'server',
          count: 5,
        },
      ],
    },
    {
      name: 'a hundred, as is usual',
      crowd: crowd(limited(100), 5),
      variants: false,
      findings: [{ message: 'closes', data: { limit: 100 }, confidence: 'likely' }],
    },
    {
      name: 'four of five, and clients that had enough before',
      crowds: [
        crowd(limited(7), 8),
        crowd(limited(3), 2, 10),
        crowd(`${OPEN}${exchanges(4)}${clientCloses(4)}`, 10, 20),
      ],
      findings: [{ message: 'closes', data: { limit: 7, alike: 8, closed: 10 }, count: 8 }],
    },
    {
      name: 'just at once',
      crowd: crowd(limited(5, 0.499), 5),
      findings: [{ message: 'closes', count: 5 }],
    },
    {
      name: 'those closed after a single exchange, or after a silence, say nothing',
      crowds: [crowd(limited(5), 5), crowd(limited(1), 5, 10), crowd(limited(3, 5), 5, 20)],
      findings: [{ message: 'closes', data: { limit: 5, alike: 5, closed: 5 } }],
    },
  ],
  quiet: [
    { name: 'four connections', crowd: crowd(limited(5), 4) },
    { name: 'four exchanges', crowd: crowd(limited(4), 5) },
    {
      name: 'a different number each time',
      crowds: [5, 6, 7, 8, 9].map((count) => crowd(limited(count), 1, count)),
    },
    { name: 'half of them otherwise', crowds: [crowd(limited(7), 5), crowd(limited(3), 5, 10)] },
    {
      name: 'another connection had more',
      crowds: [crowd(limited(5), 5), crowd(`${OPEN}${exchanges(9)}${clientCloses(9)}`, 1, 10)],
    },
    { name: 'the client closes first', crowd: crowd(`${OPEN}${exchanges(5)}${clientCloses(5)}`, 5) },
    { name: 'a keep-alive timeout', crowd: crowd(limited(5, 5), 5) },
    {
      name: 'a dialogue that the server begins, as with SMTP',
      crowd: crowd(
        `${OPEN}
        <-- P. 301:311(10) ack 101  <--
        --> P. 101:111(10) ack 311  -->
        <-- P. 311:321(10) ack 111  <--
        --> P. 111:121(10) ack 321  -->
        <-- P. 321:331(10) ack 121  <--
        --> P. 121:131(10) ack 331  -->
        <-- P. 331:341(10) ack 131  <--
        --> P. 131:141(10) ack 341  -->
        <-- P. 341:351(10) ack 141  <--
        --> P. 141:151(10) ack 351  -->
        <-- P. 351:361(10) ack 151  <--
        <-- F. 361:361(0) ack 151   <--
        --> F. 151:151(0) ack 362   -->
        <-- .  362:362(0) ack 152   <--`,
        5,
      ),
    },
  ],
  fixtures: {
    reports: [
      'kernel/nginx-keep-alive-requests.pcap',
      'kernel/nginx-keep-alive-requests-tls.pcap',
      'kernel/closed-by-request-limit.pcap',
    ],
    quiet: [
      'kernel/nginx-without-keep-alive.pcap',
      'kernel/nginx-without-keep-alive-tls.pcap',
      'kernel/nginx-keep-alive-timeout.pcap',
      'kernel/nginx-keep-alive-timeout-tls.pcap',
    ],
  },
})
