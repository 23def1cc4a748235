import rule from '../../../src/audit/rules/time-wait-excess.ts'
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

const RANGE = { portRange: [40_000, 40_049] } as const

const crowd = (ladder: string, count: number, every = 0.1) =>
  ({ ladder, count, vary: 'client-port', every }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'a fifth of the ports towards one server',
      crowd: crowd(CLOSED_BY_CLIENT, 10),
      profile: RANGE,
      findings: [
        {
          message: 'ports',
          data: { waiting: 10, ports: 50, share: 0.2 },
          severity: 'warning',
          confidence: 'certain',
          blame: 'client',
          count: 10,
        },
      ],
    },
    {
      name: 'a fifth of what the client may hold, towards several servers',
      crowd: { ladder: CLOSED_BY_CLIENT, count: 10, vary: 'server-address', every: 0.1 },
      profile: { twBuckets: 50 },
      findings: [{ message: 'buckets', data: { waiting: 10, buckets: 50, share: 0.2 }, severity: 'warning' }],
    },
    {
      name: 'many at one listener',
      crowd: crowd(CLOSED_BY_SERVER, 10),
      options: { many: 10 },
      findings: [
        {
          message: 'server',
          data: { waiting: 10, packets: 6, lasted: 5e6, within: 0.9e9 },
          severity: 'info',
          blame: 'server',
          count: 10,
        },
      ],
    },
    {
      name: 'as many as there were at one time',
      crowd: crowd(CLOSED_BY_SERVER, 20, 7),
      options: { many: 8 },
      findings: [{ message: 'server', data: { waiting: 9 } }],
    },
  ],
  quiet: [
    { name: 'less than a fifth', crowd: crowd(CLOSED_BY_CLIENT, 9), profile: RANGE },
    { name: 'the server closes first', crowd: crowd(CLOSED_BY_SERVER, 20), profile: RANGE },
    {
      name: 'open connections',
      crowd: crowd(OPEN, 20),
      profile: { ...RANGE, twBuckets: 5 },
      options: { many: 1 },
    },
    { name: 'nine of ten', crowd: crowd(CLOSED_BY_SERVER, 9), options: { many: 10 } },
    { name: 'a host that holds fewer', crowd: crowd(CLOSED_BY_CLIENT, 9), profile: { twBuckets: 50 } },
    {
      name: 'many at a client are none of a listener',
      crowd: crowd(CLOSED_BY_CLIENT, 10),
      options: { many: 10 },
    },
    {
      name: 'one after another',
      crowd: crowd(CLOSED_BY_CLIENT, 20, 10),
      profile: { ...RANGE, twBuckets: 50 },
    },
  ],
  fixtures: {
    reports: ['kernel/time-wait-thousand.pcap.gz'],
    quiet: [
      'kernel/port-exhaustion.pcap',
      'kernel/close-wait-thousand.pcap.gz',
      'kernel/orderly-close-by-server-near.pcap',
    ],
  },
})
