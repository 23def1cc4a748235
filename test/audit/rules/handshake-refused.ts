import rule from '../../../src/audit/rules/handshake-refused.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const REFUSED = `
          --> S  100:100(0)      -->  ! handshake-refused
  +0.002  <-- R. 0:0(0) ack 101  <--  ! handshake-refused`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a race that the other address family won',
      crowds: [
        { ladder: REFUSED, count: 1, vary: 'client-port', every: 0 },
        { ladder: OPEN, count: 1, vary: 'client-port', every: 0, start: 1.999, otherFamily: true },
      ],
      findings: [{ message: 'lostRace', severity: 'info', count: 1 }],
    },
    {
      name: 'connected over the other family too late for a race',
      crowds: [
        { ladder: REFUSED, count: 1, vary: 'client-port', every: 0 },
        { ladder: OPEN, count: 1, vary: 'client-port', every: 0, start: 2.001, otherFamily: true },
      ],
      findings: [{ message: 'refused', severity: 'notice' }],
    },
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
    {
      name: 'a router has no way to the host',
      ladder: `
                --> S  100:100(0)                    -->  ! handshake-refused
        +0.5    <-- icmp 3/1 about S 100:100(0)      <--  ! handshake-refused`,
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'rejected',
          data: {
            after: 0.5e9,
            version: 4,
            type: 3,
            code: 1,
            reporter: { ipVersion: 4, address: [0xc00002fe | 0, 0, 0, 0], port: 0 },
            self: false,
          },
          packets: [1, 2],
          blame: 'middlebox',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'a firewall rejects many',
      crowd: {
        ladder: `
                --> S  100:100(0)                    -->
                <-- icmp 3/13 about S 100:100(0)     <--`,
        count: 20,
        vary: 'client-port',
        every: 0.1,
      },
      variants: { ipv4Only: true },
      findings: [{ message: 'rejected', severity: 'warning', count: 20, data: { code: 13 } }],
    },
  ],
  quiet: [
    {
      name: 'an error about the SYN-ACK: the client is out of reach, and refuses nothing',
      ladder: `
                --> S  100:100(0)                              -->
                <-- S. 300:300(0) ack 101                      <--
                --> icmp 3/1 about S. 300:300(0) ack 101       -->`,
    },
    {
      name: 'an error about another SYN',
      ladder: `
                --> S  100:100(0)                              -->
                <-- icmp 3/1 about S 900:900(0)                <--
                <-- S. 300:300(0) ack 101                      <--
                --> .  101:101(0) ack 301                      -->`,
    },
    {
      name: 'a soft error about data',
      ladder: `
                --> S  100:100(0)                              -->
                <-- S. 300:300(0) ack 101                      <--
                --> .  101:101(0) ack 301                      -->
                --> P. 101:107(6) ack 301                      -->
                <-- icmp 3/13 about P. 101:107(6) ack 301      <--`,
    },
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
      'kernel/icmp-port-unreachable-to-syn.pcap',
      'kernel/icmp-admin-prohibited-to-syn.pcap',
      'kernel/icmp-host-unreachable-to-syn.pcap',
      'kernel/icmp-host-unreachable-by-silence.pcap',
    ],
    quiet: [
      'kernel/health-checks-by-reset.pcap',
      'kernel/linger0-reset-near.pcap',
      'kernel/connect-gives-up.pcap',
      'kernel/icmp-unreachable-in-mid-connection-near.pcap',
      'kernel/half-open-scan.pcap',
    ],
  },
})
