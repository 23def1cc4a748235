import rule from '../../../src/audit/rules/port-exhaustion.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CLOSED_BY_CLIENT = `${OPEN}
  --> F. 101:101(0) ack 301  -->
  <-- F. 301:301(0) ack 102  <--
  --> .  102:102(0) ack 302  -->`

const CLOSED_BY_SERVER = `${OPEN}
  <-- F. 301:301(0) ack 101  <--
  --> F. 101:101(0) ack 302  -->
  <-- .  302:302(0) ack 102  <--`

/** Ports from the first that the ladders use on; a few of them. */
const range = (ports: number) => ({ portRange: [FIRST, FIRST + ports - 1] }) as const
const FIRST = 40_001

const crowd = (ladder: string, count: number, every = 0.1) =>
  ({ ladder, count, vary: 'client-port', every }) as const

/** Addresses and ports change places there: the client’s ports are then others. */
const variants = false

export default ruleCases(rule, {
  reports: [
    {
      name: 'half of the range in TIME_WAIT',
      crowd: crowd(CLOSED_BY_CLIENT, 10),
      profile: range(20),
      variants,
      findings: [
        {
          message: 'filling',
          data: { used: 10, ports: 20, share: 0.5, open: 1, waiting: 9, isFull: false, isObserved: false },
          severity: 'warning',
          confidence: 'likely',
          blame: 'client',
          count: 10,
        },
      ],
    },
    {
      name: 'four fifths of it in open connections, and when it will be full',
      crowd: crowd(OPEN, 16),
      profile: range(20),
      variants,
      findings: [
        {
          message: 'filling',
          data: {
            used: 16,
            open: 16,
            waiting: 0,
            perSecond: 10,
            fullAt: 1.902e9,
            fullIn: 0.4e9,
            isFull: false,
          },
          severity: 'critical',
        },
      ],
    },
    {
      name: 'all of it',
      crowd: crowd(CLOSED_BY_CLIENT, 20),
      profile: range(20),
      variants,
      findings: [
        { message: 'filling', data: { used: 20, isFull: true, fullAt: 1.902e9 }, severity: 'critical' },
      ],
    },
    {
      name: 'so slowly that ports are free again before it is full',
      crowd: crowd(CLOSED_BY_CLIENT, 12, 5),
      profile: range(20),
      variants,
      findings: [{ message: 'filling', data: { used: 12, isFull: false, fullAt: null, fullIn: null } }],
    },
    {
      name: 'connections under way before the capture hold their ports too',
      crowd: crowd(
        `
        --> P. 101:111(10) ack 301  -->
        <-- .  301:301(0) ack 111   <--`,
        10,
      ),
      profile: range(20),
      variants,
      findings: [{ message: 'filling', data: { used: 10, open: 10 }, confidence: 'possible' }],
    },
    {
      name: 'a TIME_WAIT that is dated anew is one still',
      crowd: crowd(
        `${CLOSED_BY_CLIENT}
        +0.3 <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
        10,
      ),
      profile: range(20),
      variants,
      findings: [{ message: 'filling', data: { used: 10 } }],
    },
  ],
  quiet: [
    { name: 'less than half', crowd: crowd(CLOSED_BY_CLIENT, 9), profile: range(20), variants },
    {
      name: 'the server closes, and keeps the TIME_WAIT',
      crowd: crowd(CLOSED_BY_SERVER, 20),
      profile: range(20),
      variants,
    },
    {
      name: 'to several servers',
      crowd: { ladder: OPEN, count: 20, vary: 'server-address', every: 0.1 },
      profile: range(20),
      variants,
    },
    {
      name: 'handshakes that are not completed',
      crowd: crowd(
        `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--`,
        20,
      ),
      profile: range(20),
      variants,
    },
    {
      name: 'free again after a minute',
      crowd: crowd(CLOSED_BY_CLIENT, 20, 61),
      profile: range(20),
      variants,
    },
    {
      name: 'ports outside the range',
      crowd: crowd(OPEN, 20),
      profile: { portRange: [50_000, 50_019] },
      variants,
    },
    { name: 'a client that counts its ports up, by default', crowd: crowd(OPEN, 60) },
  ],
  fixtures: {
    reports: ['kernel/port-exhaustion.pcap', 'kernel/port-exhaustion-by-open-connections.pcap'],
    quiet: [
      'kernel/time-wait-thousand.pcap.gz',
      'kernel/close-wait-thousand.pcap.gz',
      'kernel/crowd-of-clients-is-no-flood.pcap',
      'kernel/many-services-is-no-scan.pcap',
    ],
  },
})
