import rule from '../../../src/audit/rules/close-cause-idle-timeout.ts'
import { clientCloses, exchanges, serverCloses } from '../../support/exchanges.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const crowd = (ladder: string, count: number, start = 0, every = 0.2) =>
  ({ ladder, count, vary: 'client-port', every, start }) as const

const idle = (count: number, seconds: number) => `${OPEN}${exchanges(count)}${serverCloses(count, seconds)}`

/** The last exchanges at different moments, `each` closed after so many seconds of silence. */
const closes = (each: readonly number[], every = 0.5) =>
  each.map((seconds, index) => crowd(idle(1 + (index % 3), seconds), 1, index * every))

export default ruleCases(rule, {
  reports: [
    {
      name: 'five connections, silent for five seconds each',
      crowds: closes([5, 5, 5, 5, 5]),
      findings: [
        {
          message: 'closes',
          data: { idle: 5.001e9, width: 0, alike: 5, closed: 5 },
          severity: 'notice',
          confidence: 'likely',
          blame: 'server',
          count: 5,
        },
      ],
    },
    {
      name: 'a timer that is a little late now and then',
      crowds: closes([5, 5.49, 5.2, 5.1, 5.3], 2),
      findings: [{ message: 'closes', data: { idle: 5.201e9, width: 0.49e9, alike: 5 } }],
    },
    {
      name: 'four of five',
      crowds: closes([5, 5, 5, 5, 5, 5, 5, 5, 3, 9]),
      findings: [{ message: 'closes', data: { alike: 8, closed: 10 }, count: 8 }],
    },
    {
      name: 'just long enough',
      crowds: closes([0.999, 0.999, 0.999, 0.999, 0.999]),
      findings: [{ message: 'closes', data: { idle: 1e9 } }],
    },
    {
      name: 'others that it closes at once do not count',
      crowds: [...closes([5, 5, 5, 5, 5]), crowd(idle(1, 0.001), 10, 20)],
      findings: [{ message: 'closes', data: { alike: 5, closed: 5 } }],
    },
    {
      name: 'with last words before the FIN, as TLS has them',
      crowd: crowd(
        `${OPEN}${exchanges(1)}
        +5 <-- P. 311:342(31) ack 111  <--
           <-- F. 342:342(0) ack 111   <--
           --> F. 111:111(0) ack 343   -->
           <-- .  343:343(0) ack 112   <--`,
        5,
      ),
      findings: [{ message: 'closes', data: { idle: 5.002e9 } }],
    },
  ],
  quiet: [
    { name: 'four', crowds: closes([5, 5, 5, 5]) },
    { name: 'half of them otherwise', crowds: closes([5, 5, 5, 5, 5, 3, 9, 12, 20, 35]) },
    { name: 'all of them otherwise', crowds: closes([3, 5, 8, 13, 21, 34]) },
    { name: 'not silent for long', crowds: closes([0.9, 0.9, 0.9, 0.9, 0.9]) },
    {
      name: 'the client closes first',
      crowd: crowd(`${OPEN}${exchanges(1)}${clientCloses(1, 5)}`, 10),
    },
    {
      name: 'a server that ends: all connections at one moment',
      crowds: [5, 4.9, 4.8, 4.7, 4.6].map((seconds, index) => crowd(idle(1, seconds), 1, index * 0.1)),
    },
    {
      name: 'a server that ends, behind connections that began at one moment',
      crowds: [crowd(idle(1, 5), 10, 0, 0.01)],
    },
    {
      name: 'it took five seconds for each answer',
      crowd: crowd(
        `${OPEN}
           --> P. 101:111(10) ack 301  -->
           <-- .  301:301(0) ack 111   <--
        +5 <-- P. 301:311(10) ack 111  <--
           <-- F. 311:311(0) ack 111   <--
           --> F. 111:111(0) ack 312   -->
           <-- .  312:312(0) ack 112   <--`,
        10,
      ),
    },
    {
      name: 'requests that were never answered',
      crowd: crowd(
        `${OPEN}${exchanges(1)}
           --> P. 111:121(10) ack 311  -->
           <-- .  311:311(0) ack 121   <--
        +5 <-- F. 311:311(0) ack 121   <--
           --> F. 121:121(0) ack 312   -->
           <-- .  312:312(0) ack 122   <--`,
        10,
      ),
    },
    {
      name: 'a ticker that ends with a tick',
      crowd: crowd(
        `${OPEN}${exchanges(1)}
        +5 <-- P. 311:321(10) ack 111  <--
           --> .  111:111(0) ack 321   -->
        +5 <-- P. 321:331(10) ack 111  <--
           <-- F. 331:331(0) ack 111   <--
           --> F. 111:111(0) ack 332   -->
           <-- .  332:332(0) ack 112   <--`,
        10,
      ),
    },
    {
      name: 'no request within five seconds',
      crowd: crowd(`${OPEN}${serverCloses(0, 5)}`, 10),
    },
    {
      name: 'connections whose beginning nobody saw',
      crowd: crowd(
        `
           --> P. 101:111(10) ack 301  -->
           <-- P. 301:311(10) ack 111  <--
           --> .  111:111(0) ack 311   -->
        +5 <-- F. 311:311(0) ack 111   <--
           --> F. 111:111(0) ack 312   -->
           <-- .  312:312(0) ack 112   <--`,
        10,
      ),
    },
  ],
  fixtures: {
    reports: [
      'kernel/nginx-keep-alive-timeout.pcap',
      'kernel/nginx-keep-alive-timeout-tls.pcap',
      'kernel/closed-by-idle-timeout.pcap',
    ],
    quiet: [
      'kernel/nginx-without-keep-alive.pcap',
      'kernel/nginx-without-keep-alive-tls.pcap',
      'kernel/nginx-keep-alive-requests.pcap',
      'kernel/nginx-keep-alive-requests-tls.pcap',
      'kernel/close-wait-pile.pcap',
    ],
  },
})
