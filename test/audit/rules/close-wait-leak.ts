import rule from '../../../src/audit/rules/close-wait-leak.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const HALF_CLOSED = `${OPEN}
  --> F. 101:101(0) ack 301  -->  ! close-wait-leak
  <-- .  301:301(0) ack 102  <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'silence that is worth a notice',
      ladder: HALF_CLOSED,
      until: 12.003,
      findings: [
        {
          message: 'leaked',
          data: { held: 12e9 },
          packets: [4],
          blame: 'server',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'silence of more than a minute',
      ladder: HALF_CLOSED,
      until: 60.003,
      findings: [{ message: 'leaked', data: { held: 60e9 }, severity: 'error' }],
    },
    {
      name: 'the application closes after all',
      ladder: `${HALF_CLOSED}
        +20  <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
      until: 100,
      findings: [{ message: 'leaked', data: { held: 20.001e9 }, severity: 'notice' }],
    },
    {
      name: 'the silence begins behind the last data',
      ladder: `${HALF_CLOSED}
        +8  <-- P. 301:311(10) ack 102  <--
            --> .  102:102(0) ack 311   -->`,
      until: 20,
      findings: [{ message: 'leaked', data: { held: 11.996e9 }, packets: [4], severity: 'notice' }],
    },
    {
      name: 'the client does not close',
      ladder: `${OPEN}
        <-- F. 301:301(0) ack 101  <--
        --> .  101:101(0) ack 302  -->`,
      until: 15,
      findings: [{ message: 'leaked', blame: 'client', packets: [4] }],
    },
    {
      name: 'nobody saw whether the FIN arrived',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->`,
      until: 15,
      findings: [{ message: 'leaked', confidence: 'likely' }],
    },
    {
      name: 'many sockets of one server',
      crowd: { ladder: HALF_CLOSED, count: 10, vary: 'client-port', every: 0.01 },
      until: 15,
      findings: [{ message: 'leaked', severity: 'error', count: 10, data: { held: 14.997e9 } }],
    },
  ],
  quiet: [
    { name: 'the capture ends too early to tell', ladder: HALF_CLOSED, until: 9 },
    {
      name: 'closed within patience',
      ladder: `${HALF_CLOSED}
        +5  <-- F. 301:301(0) ack 102  <--
            --> .  102:102(0) ack 302  -->`,
      until: 100,
    },
    {
      name: 'a half-closed connection that goes on sending',
      ladder: `${HALF_CLOSED}
        +8  <-- P. 301:311(10) ack 102  <--
            --> .  102:102(0) ack 311   -->
        +8  <-- P. 311:321(10) ack 102  <--
            --> .  102:102(0) ack 321   -->
        +8  <-- F. 321:321(0) ack 102   <--
            --> .  102:102(0) ack 322   -->`,
      until: 100,
    },
    {
      name: 'reset',
      ladder: `${HALF_CLOSED}
        <-- R. 301:301(0) ack 102  <--`,
      until: 100,
    },
  ],
  fixtures: {
    reports: [
      'kernel/close-wait-over-a-minute.pcap',
      'kernel/close-wait-pile.pcap',
      'kernel/fin-wait-2-stuck.pcap',
      'kernel/close-wait-thousand.pcap.gz',
    ],
    quiet: [
      'kernel/close-wait-held.pcap',
      'kernel/half-close-is-no-leak.pcap',
      'kernel/half-close-with-data.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
