import rule from '../../../src/audit/rules/syn-flood.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** Forged: answered once, and never heard of again. */
const FORGOTTEN = `
  --> S  100:100(0) <mss 1460>          -->
  <-- S. 300:300(0) ack 101 <mss 1460>  <--`

const REPEATED = `
      --> S  100:100(0) <mss 1460>          -->
      <-- S. 300:300(0) ack 101 <mss 1460>  <--
  +1  <-- S. 300:300(0) ack 101 <mss 1460>  <--`

const DROPPED = '--> S 100:100(0) <mss 1460> -->'

const RETRIED = `
      --> S 100:100(0)  -->
  +1  --> S 100:100(0)  -->`

const OPTIONS = { many: 9 }

const flood = (ladder: string, count = 10, start = 0) =>
  ({ ladder, count, vary: 'client-address', every: 0.1, start }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'more than a hundred handshakes from as many addresses',
      crowd: { ladder: REPEATED, count: 101, vary: 'client-address', every: 0.02 },
      until: 20,
      findings: [
        {
          message: 'flooded',
          data: { sources: 101, answered: 101, repeated: 101, peak: 50, cookies: 'not-needed', lasted: 2e9 },
          count: 101,
          blame: 'attacker',
          severity: 'critical',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'answered and forgotten: cookies',
      crowds: [flood(FORGOTTEN), flood(OPEN, 1, 0.55)],
      options: OPTIONS,
      until: 20,
      findings: [
        {
          message: 'flooded',
          data: { cookies: 'hold', completed: 1, victims: 0, lasted: 0.9e9 },
          packets: [1, 3, 5, 7, 9, 11, 16, 18],
          count: 10,
        },
      ],
    },
    {
      name: 'so many that they had to make room for one another at once',
      crowd: { ladder: FORGOTTEN, count: 100, vary: 'client-address', every: 0.01 },
      options: OPTIONS,
      maxConnections: 10,
      findings: [{ message: 'flooded', data: { sources: 90, answered: 90, repeated: 0 }, count: 90 }],
    },
    {
      name: 'dropped beyond the queue: no cookies, and a client that tries in vain',
      crowds: [flood(REPEATED, 2), flood(DROPPED, 8, 0.2), flood(RETRIED, 1, 0.55)],
      options: OPTIONS,
      until: 20,
      findings: [
        { message: 'flooded', data: { cookies: 'absent', answered: 2, repeated: 2, victims: 1 }, count: 10 },
      ],
    },
    {
      name: 'handshakes just older than the age',
      crowd: flood(FORGOTTEN),
      options: OPTIONS,
      until: 3.9005,
      findings: [{ message: 'flooded', count: 10 }],
    },
  ],
  quiet: [
    {
      name: 'a hundred and no more',
      crowd: { ladder: REPEATED, count: 100, vary: 'client-address', every: 0.02 },
      until: 20,
    },
    {
      name: 'a crowd of real clients',
      crowd: flood(OPEN),
      options: OPTIONS,
      until: 20,
    },
    {
      name: 'one host that opens many connections and completes none',
      crowd: { ladder: FORGOTTEN, count: 10, vary: 'client-port', every: 0.1 },
      options: OPTIONS,
      until: 20,
    },
    { name: 'a server that is down', crowd: flood(DROPPED), options: OPTIONS, until: 20 },
    { name: 'real clients try again', crowd: flood(RETRIED), options: OPTIONS, until: 20 },
    {
      name: 'the answer comes to nothing, and the clients try again',
      crowd: flood(`
            --> S  100:100(0)          -->
            <-- S. 300:300(0) ack 101  <--
        +1  --> S  100:100(0)          -->
            <-- S. 300:300(0) ack 101  <--`),
      options: OPTIONS,
      until: 20,
    },
    {
      name: 'handshakes of just now',
      crowd: flood(FORGOTTEN),
      options: OPTIONS,
      until: 3.8,
    },
    {
      name: 'as many over a long time',
      crowd: { ladder: FORGOTTEN, count: 10, vary: 'client-address', every: 10 },
      options: OPTIONS,
      until: 120,
    },
    {
      name: 'clients that refuse the answer',
      crowd: flood(`
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> R  101:101(0)          -->`),
      options: OPTIONS,
      until: 20,
    },
    {
      name: 'clients of whom the capture misses the handshake',
      crowd: flood(`
             --> S  100:100(0)            -->
             <-- S. 300:300(0) ack 101    <--
             ~~> .  101:101(0) ack 301    ~~>
        +0.1 --> P. 101:111(10) ack 5001  -->`),
      options: OPTIONS,
      until: 20,
    },
    {
      name: 'connections under way before the capture',
      crowd: flood(`
        --> P. 101:111(10) ack 301  -->
        <-- .  301:301(0) ack 111   <--`),
      options: OPTIONS,
      until: 20,
    },
    {
      name: 'SYN-ACKs without a SYN: the other direction is not captured',
      crowd: flood(`
             <-- S. 300:300(0) ack 101  <--
        +1   <-- S. 300:300(0) ack 101  <--`),
      options: OPTIONS,
      until: 20,
    },
  ],
  fixtures: {
    reports: ['kernel/syn-flood-with-cookies.pcap', 'kernel/syn-flood-without-cookies.pcap'],
    quiet: [
      'kernel/crowd-of-clients-is-no-flood.pcap',
      'kernel/syn-flood-small.pcap',
      'kernel/syn-scan-of-hosts.pcap',
      'kernel/time-wait-thousand.pcap.gz',
      'kernel/accept-queue-full-for-many.pcap',
    ],
  },
})
