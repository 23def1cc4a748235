import rule from '../../../src/audit/rules/close-cause-no-keepalive.ts'
import { clientCloses, exchanges, serverCloses } from '../../support/exchanges.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const crowd = (ladder: string, count: number, start = 0, every = 0.2) =>
  ({ ladder, count, vary: 'client-port', every, start }) as const

const SINGLE = `${OPEN}${exchanges(1)}${serverCloses(1)}`
const KEPT = `${OPEN}${exchanges(3)}${clientCloses(3)}`

export default ruleCases(rule, {
  reports: [
    {
      name: 'twenty connections, an exchange each',
      crowd: crowd(SINGLE, 20),
      findings: [
        {
          message: 'closes',
          data: { single: 20, closed: 20, within: 3.8e9 },
          severity: 'notice',
          confidence: 'likely',
          blame: 'server',
          count: 20,
        },
      ],
    },
    {
      name: 'nine of ten',
      crowds: [crowd(SINGLE, 27), crowd(KEPT, 3, 10)],
      findings: [{ message: 'closes', data: { single: 27, closed: 30 }, count: 27 }],
    },
    {
      name: 'just at once',
      crowd: crowd(`${OPEN}${exchanges(1)}${serverCloses(1, 0.499)}`, 20),
      findings: [{ message: 'closes', count: 20 }],
    },
    {
      name: 'health checks without data do not count',
      crowds: [crowd(SINGLE, 20), crowd(`${OPEN}${clientCloses(0)}`, 20, 10)],
      findings: [{ message: 'closes', data: { single: 20, closed: 20 } }],
    },
    {
      name: 'the answer comes with the FIN',
      crowd: crowd(
        `${OPEN}
        --> P.  101:111(10) ack 301  -->
        <-- FP. 301:311(10) ack 111  <--
        --> F.  111:111(0) ack 312   -->
        <-- .   312:312(0) ack 112   <--`,
        20,
      ),
      findings: [{ message: 'closes', count: 20 }],
    },
  ],
  quiet: [
    { name: 'nineteen', crowd: crowd(SINGLE, 19) },
    { name: 'the client closes first', crowd: crowd(`${OPEN}${exchanges(1)}${clientCloses(1)}`, 20) },
    { name: 'two exchanges each', crowd: crowd(`${OPEN}${exchanges(2)}${serverCloses(2)}`, 20) },
    {
      name: 'a keep-alive timeout behind a single exchange',
      crowd: crowd(`${OPEN}${exchanges(1)}${serverCloses(1, 5)}`, 20),
    },
    {
      name: 'a server that keeps connections open for most clients',
      crowds: [crowd(SINGLE, 20), crowd(KEPT, 3, 10)],
    },
    { name: 'no data at all', crowd: crowd(`${OPEN}${serverCloses(0)}`, 20) },
    {
      name: 'a request that is not answered',
      crowd: crowd(
        `${OPEN}
        --> P. 101:111(10) ack 301  -->
        <-- .  301:301(0) ack 111   <--
        <-- F. 301:301(0) ack 111   <--
        --> F. 111:111(0) ack 302   -->
        <-- .  302:302(0) ack 112   <--`,
        20,
      ),
    },
    {
      name: 'connections whose beginning nobody saw',
      crowd: crowd(
        `
        --> P. 101:111(10) ack 301  -->
        <-- P. 301:311(10) ack 111  <--
        --> .  111:111(0) ack 311   -->
        <-- F. 311:311(0) ack 111   <--
        --> F. 111:111(0) ack 312   -->
        <-- .  312:312(0) ack 112   <--`,
        20,
      ),
    },
  ],
  fixtures: {
    reports: ['kernel/nginx-without-keep-alive.pcap', 'kernel/nginx-without-keep-alive-tls.pcap'],
    quiet: [
      'kernel/nginx-keep-alive-timeout.pcap',
      'kernel/nginx-keep-alive-timeout-tls.pcap',
      'kernel/nginx-keep-alive-requests.pcap',
      'kernel/nginx-keep-alive-requests-tls.pcap',
      'kernel/abortive-closes.pcap',
      'kernel/health-checks-by-fin.pcap',
      'kernel/port-exhaustion.pcap',
    ],
  },
})
