import rule from '../../../src/audit/rules/capture-one-sided.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CLIENT_ALONE = `
  --> S  100:100(0)            -->
  <~~ S. 300:300(0) ack 101    <~~
  --> .  101:101(0) ack 301    -->
  --> P. 101:201(100) ack 301  -->
  <~~ .  301:301(0) ack 201    <~~
  --> F. 201:201(0) ack 301    -->`

const SERVER_ALONE = `
  ~~> S  100:100(0)            ~~>
  <-- S. 300:300(0) ack 101    <--
  ~~> .  101:101(0) ack 301    ~~>
  <-- P. 301:401(100) ack 101  <--
  ~~> .  101:101(0) ack 401    ~~>
  <-- F. 401:401(0) ack 101    <--`

const BOTH = `
  --> S  100:100(0)            -->
  <-- S. 300:300(0) ack 101    <--
  --> .  101:101(0) ack 301    -->
  --> R. 101:101(0) ack 301    -->`

const alone = (ladder: string, count: number) => ({ ladder, count, vary: 'client-port', every: 0.1 }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'the filter let the client pass only',
      ladder: CLIENT_ALONE,
      findings: [
        {
          message: 'oneSided',
          data: { connections: 1, share: 1, side: 'client' },
          packets: [1],
          severity: 'warning',
          blame: 'capture',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the capture begins in the middle, and what is not seen is acknowledged',
      ladder: `
        --> .  201:201(0) ack 301    -->
        --> .  201:201(0) ack 401    -->`,
      findings: [{ message: 'oneSided', data: { side: 'client' }, packets: [1] }],
    },
    {
      name: 'the capture begins in the middle, and more is sent than without acknowledgments',
      ladder: `
        --> .  201:32201(32000) ack 301    -->
        --> .  32201:64201(32000) ack 301  -->
        --> .  64201:96201(32000) ack 301  -->`,
      findings: [{ message: 'oneSided', data: { side: 'client' }, packets: [1] }],
    },
    {
      name: 'of many servers the answers alone',
      crowd: alone(SERVER_ALONE, 9),
      findings: [
        {
          message: 'oneSided',
          data: { connections: 9, share: 1, side: 'server' },
          packets: [1, 4, 7, 10, 13, 16, 19, 22],
        },
      ],
    },
    {
      name: 'some from this side, some from that, among others that are whole',
      crowds: [alone(CLIENT_ALONE, 1), alone(SERVER_ALONE, 1), alone(BOTH, 7)],
      findings: [{ message: 'oneSided', data: { connections: 2, share: 2 / 9, side: 'either' } }],
    },
  ],
  quiet: [
    { name: 'both sides', ladder: BOTH },
    {
      name: 'the capture begins with probes that nobody answers',
      ladder: `
            --> .  200:200(0) ack 301    -->
        +1  --> .  200:200(0) ack 301    -->
        +1  --> R. 201:201(0) ack 301    -->`,
    },
    {
      name: 'the capture begins with data that nobody acknowledges',
      ladder: `
              --> P. 201:301(100) ack 301  -->
        +0.3  --> P. 201:301(100) ack 301  -->
        +0.6  --> P. 201:301(100) ack 301  -->`,
    },
    { name: 'few of many', crowds: [alone(CLIENT_ALONE, 1), alone(BOTH, 4)] },
    {
      name: 'SYNs that nobody answers',
      crowd: alone('--> S 100:100(0) -->', 5),
    },
  ],
  fixtures: {
    reports: ['kernel/one-direction-only-only-client.pcap', 'kernel/one-direction-only-only-server.pcap'],
    quiet: [
      'kernel/syn-flood-without-cookies.pcap',
      'kernel/connect-gives-up.pcap',
      'kernel/started-in-mid-stream.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
