import rule from '../../../src/audit/rules/data-after-close.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CLIENT_CLOSES = `${OPEN}
  --> F. 101:101(0) ack 301  -->
  <-- .  301:301(0) ack 102  <--`

const WRITTEN = `${OPEN}
     --> F. 101:101(0) ack 301   -->  ! data-after-close
     <-- .  301:301(0) ack 102   <--
  +2 <-- P. 301:311(10) ack 102  <--  ! data-after-close
     --> R  102:102(0) win 0     -->  ! data-after-close`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the client has closed, the server writes all the same',
      ladder: WRITTEN,
      findings: [
        {
          message: 'clientClosed',
          data: { after: 2.002e9, unread: 10, knew: true },
          packets: [4, 6, 7],
          blame: 'client',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'the request crosses the server’s FIN',
      ladder: `${OPEN}
        <-- F. 301:301(0) ack 101   <--
        --> P. 101:111(10) ack 301  -->
        <-- R  301:301(0) win 0     <--`,
      findings: [
        {
          message: 'serverClosed',
          data: { after: 0.002e9, unread: 10, knew: false },
          packets: [4, 5, 6],
          blame: 'server',
        },
      ],
    },
    {
      name: 'the RST overtakes the FIN on the way here',
      ladder: `${OPEN}
        +2 --> P. 101:111(10) ack 301  -->
        <-- R  301:301(0) win 0     <--
        <-- F. 301:301(0) ack 101   <--`,
      findings: [{ message: 'serverClosed', data: { after: 0, knew: false }, packets: [4, 5, 6] }],
    },
    {
      name: 'data and FIN of the writer in one segment',
      ladder: `${CLIENT_CLOSES}
        <-- FP. 301:311(10) ack 102  <--
        --> R   102:102(0) win 0     -->`,
      findings: [{ message: 'clientClosed', data: { unread: 10 } }],
    },
    {
      name: 'the closer’s own FIN stands between the data and the RST',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301   -->
             <-- P. 301:311(10) ack 101  <--
        +0.2 --> F. 101:101(0) ack 301   -->
             --> R  101:101(0) win 0     -->`,
      findings: [{ message: 'clientClosed', data: { unread: 10 }, packets: [4, 7] }],
    },
    {
      name: 'several connections of one server',
      crowd: { ladder: WRITTEN, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'clientClosed', data: { unread: 30 }, count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'a half-closed end reads on',
      ladder: `${CLIENT_CLOSES}
        <-- P. 301:311(10) ack 102  <--
        --> .  102:102(0) ack 311   -->`,
    },
    {
      name: 'a FIN alone meets a socket that is gone',
      ladder: `${CLIENT_CLOSES}
        +70 <-- F. 301:301(0) ack 102  <--
            --> R  102:102(0) win 0    -->`,
    },
    {
      name: 'a reset that somebody forged: its supposed sender reads on',
      ladder: `${CLIENT_CLOSES}
           <-- P. 301:311(10) ack 102      <--
           --> R  102:102(0) win 0 ttl 50  -->
        +1 --> .  102:102(0) ack 311       -->`,
    },
    {
      name: 'an end that had not closed resets',
      ladder: `${OPEN}
        <-- P. 301:311(10) ack 101  <--
        --> R. 101:101(0) ack 311   -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/data-after-close.pcap',
      'kernel/killed-process-then-data.pcap',
      'kernel/keep-alive-race.pcap',
    ],
    quiet: [
      'kernel/killed-process.pcap',
      'kernel/half-close-with-data.pcap',
      'kernel/close-with-unread-data.pcap',
      'kernel/rebooted-server.pcap',
      'kernel/lost-reset-near.pcap',
      'kernel/forged-rst-exact.pcap',
      'kernel/doubled-by-the-network-near.pcap',
    ],
  },
})
