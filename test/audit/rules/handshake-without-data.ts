import rule from '../../../src/audit/rules/handshake-without-data.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const BY_FIN = `
  --> S  100:100(0)          -->  ! handshake-without-data
  <-- S. 300:300(0) ack 101  <--
  --> .  101:101(0) ack 301  -->
  --> F. 101:101(0) ack 301  -->
  <-- F. 301:301(0) ack 102  <--
  --> .  102:102(0) ack 302  -->  ! handshake-without-data`

const BY_RESET = `
  --> S  100:100(0)          -->
  <-- S. 300:300(0) ack 101  <--
  --> .  101:101(0) ack 301  -->
  --> R. 101:101(0) ack 301  -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'opened and closed again',
      ladder: BY_FIN,
      findings: [
        {
          message: 'empty',
          data: { byFin: 1, byReset: 0, lasted: 5e6 },
          packets: [1, 6],
          severity: 'info',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'opened and reset',
      ladder: BY_RESET,
      findings: [{ message: 'empty', data: { byFin: 0, byReset: 1 }, severity: 'info' }],
    },
    {
      name: 'twenty from one address, to several servers',
      crowds: [
        { ladder: BY_FIN, count: 10, vary: 'server-address', every: 0.2 },
        { ladder: BY_RESET, count: 10, vary: 'server-address', every: 0.2 },
      ],
      findings: [{ message: 'empty', data: { byFin: 10, byReset: 10 }, severity: 'notice', count: 20 }],
    },
  ],
  quiet: [
    {
      name: 'one byte from the client',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        --> P. 101:102(1) ack 301  -->
        --> F. 102:102(0) ack 301  -->
        <-- F. 301:301(0) ack 103  <--
        --> .  103:103(0) ack 302  -->`,
    },
    {
      name: 'one byte from the server',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        <-- P. 301:302(1) ack 101  <--
        --> F. 101:101(0) ack 302  -->
        <-- F. 302:302(0) ack 102  <--
        --> .  102:102(0) ack 303  -->`,
    },
    {
      name: 'open still',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'never open',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> R  101:101(0)          -->`,
    },
    {
      name: 'the data are not in the capture',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        ~~> P. 101:111(10) ack 301 ~~>
        <-- .  301:301(0) ack 111  <--
        --> F. 111:111(0) ack 301  -->
        <-- F. 301:301(0) ack 112  <--
        --> .  112:112(0) ack 302  -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/health-checks-by-fin.pcap',
      'kernel/health-checks-by-reset.pcap',
      'kernel/connect-scan-of-ports.pcap',
    ],
    quiet: [
      'kernel/orderly-close-by-client.pcap',
      'kernel/half-open-scan.pcap',
      'kernel/refused.pcap',
      'kernel/syn-cookies-undisturbed.pcap',
    ],
  },
})
