import rule from '../../../src/audit/rules/half-close.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const HALF_CLOSED = `${OPEN}
     --> F. 101:101(0) ack 301   -->  ! half-close
     <-- .  301:301(0) ack 102   <--
  +2 <-- P. 301:311(10) ack 102  <--
     --> .  102:102(0) ack 311   -->  ! half-close`

export default ruleCases(rule, {
  reports: [
    {
      name: 'data behind the FIN is acknowledged',
      ladder: `${HALF_CLOSED}
        +3 <-- P. 311:331(20) ack 102  <--
           --> .  102:102(0) ack 331   -->
           <-- F. 331:331(0) ack 102   <--
           --> .  102:102(0) ack 332   -->`,
      findings: [
        {
          message: 'halfClosed',
          data: { closer: 'client', bytes: 30, lasted: 5.004e9 },
          packets: [4, 7],
          severity: 'info',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the other end has not closed when the capture ends',
      ladder: HALF_CLOSED,
      until: 10,
      findings: [{ message: 'halfClosed', data: { bytes: 10, lasted: 2.001e9 } }],
    },
    {
      name: 'the server shuts its side down, and the client sends on',
      ladder: `${OPEN}
           <-- F. 301:301(0) ack 101   <--
           --> .  101:101(0) ack 302   -->
           --> P. 101:151(50) ack 302  -->
           <-- .  302:302(0) ack 151   <--
           --> F. 151:151(0) ack 302   -->
           <-- .  302:302(0) ack 152   <--`,
      findings: [
        { message: 'halfClosed', data: { closer: 'server', bytes: 50, lasted: 0.004e9 }, packets: [4, 7] },
      ],
    },
    {
      name: 'several connections to one server',
      crowd: { ladder: HALF_CLOSED, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'halfClosed', count: 3, data: { bytes: 30 } }],
    },
  ],
  quiet: [
    {
      name: 'an orderly goodbye',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->
        <-- F. 301:301(0) ack 102  <--
        --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'data behind the FIN is answered with a reset: close(), not shutdown()',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301   -->
        <-- .  301:301(0) ack 102   <--
        <-- P. 301:311(10) ack 102  <--
        --> R  102:102(0) win 0     -->`,
    },
    {
      name: 'data and FIN in one segment',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301   -->
        <-- FP. 301:311(10) ack 102  <--
        --> .  102:102(0) ack 312   -->`,
    },
    {
      name: 'only one direction was captured: what is acknowledged may be the FIN',
      ladder: `
        --> S  100:100(0)           -->
        <~~ S. 300:300(0) ack 101   <~~
        --> .  101:101(0) ack 301   -->
        --> F. 101:101(0) ack 301   -->
        <~~ F. 301:301(0) ack 102   <~~
        --> .  102:102(0) ack 302   -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/half-close-with-data.pcap', 'kernel/half-close-is-no-leak.pcap'],
    quiet: [
      'kernel/orderly-close-by-client.pcap',
      'kernel/data-after-close.pcap',
      'kernel/close-wait-held.pcap',
      'kernel/one-direction-only-only-client.pcap',
      'kernel/one-direction-only-only-server.pcap',
    ],
  },
})
