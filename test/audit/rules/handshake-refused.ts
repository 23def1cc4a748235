import rule from '../../../src/audit/rules/handshake-refused.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const REFUSED = `
          --> S  100:100(0)      -->  ! handshake-refused
  +0.002  <-- R. 0:0(0) ack 101  <--  ! handshake-refused`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a closed port',
      ladder: REFUSED,
      findings: [
        {
          message: 'refused',
          data: { after: 2e6 },
          packets: [1, 2],
          blame: 'server',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'the second copy meets the closed port',
      ladder: `
            --> S  100:100(0)      -->
        +1  --> S  100:100(0)      -->
            <-- R. 0:0(0) ack 101  <--`,
      findings: [{ message: 'refused', data: { after: 1.001e9 }, packets: [1, 3] }],
    },
    {
      name: 'many connections to one port',
      crowd: { ladder: REFUSED, count: 20, vary: 'client-port', every: 0.1 },
      findings: [{ message: 'refused', severity: 'warning', count: 20 }],
    },
    {
      name: 'ports are told apart',
      crowd: { ladder: REFUSED, count: 2, vary: 'server-port', every: 0.1 },
      findings: [
        { message: 'refused', count: 1, severity: 'notice' },
        { message: 'refused', count: 1, severity: 'notice' },
      ],
    },
  ],
  quiet: [
    {
      name: 'the client takes its SYN back',
      ladder: `
        --> S 100:100(0)  -->
        --> R 101:101(0)  -->`,
    },
    {
      name: 'an RST that acknowledges no SYN of the client is not taken',
      ladder: `
        --> S  100:100(0)           -->
        <-- R. 0:0(0) ack 55        <--
        <-- S. 300:300(0) ack 101   <--
        --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'accepted first, and then reset',
      ladder: `
        --> S  100:100(0)           -->
        <-- S. 300:300(0) ack 101   <--
        --> .  101:101(0) ack 301   -->
        <-- R. 301:301(0) ack 101   <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/refused.pcap',
      'kernel/refused-often.pcap',
      'kernel/refused-then-listening.pcap',
      'kernel/happy-eyeballs-refused.pcap',
      'kernel/firewall-resets-syn.pcap',
    ],
    quiet: [
      'kernel/health-checks-by-reset.pcap',
      'kernel/linger0-reset-near.pcap',
      'kernel/connect-gives-up.pcap',
      'kernel/half-open-scan.pcap',
    ],
  },
})
