import rule from '../../../src/audit/rules/keepalive-unanswered.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'three probes, and an RST gives up',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->  ! keepalive-unanswered
        +2  --> .  200:200(0) ack 301   -->
        +2  --> .  200:200(0) ack 301   -->  ! keepalive-unanswered
        +2  --> R. 201:201(0) ack 301   -->`,
      findings: [
        {
          message: 'unanswered',
          data: { probes: 3, idle: 10e9, interval: 2e9, ended: 'gave-up' },
          packets: [6, 8],
          blame: 'server',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'three are lost, the peer is heard again, and answers a later one',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
        +2  --> .  200:200(0) ack 301   -->
        +2  --> .  200:200(0) ack 301   -->
        +2  <-- P. 301:311(10) ack 201  <--
            --> .  201:201(0) ack 311   -->
        +10 --> .  200:200(0) ack 311   -->
            <-- .  311:311(0) ack 201   <--`,
      findings: [
        {
          message: 'unanswered',
          data: { probes: 3, idle: 10e9, ended: 'answered' },
          packets: [6, 8],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'the capture ends before that',
      ladder: `${OPEN_IN_USE}
        +10 <-- .  300:300(0) ack 201   <--
        +2  <-- .  300:300(0) ack 201   <--
        +2  <-- .  300:300(0) ack 201   <--`,
      findings: [{ message: 'unanswered', data: { probes: 3, ended: 'waiting' }, blame: 'client' }],
    },
  ],
  quiet: [
    {
      name: 'each is answered',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--
        +10 --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--`,
    },
    {
      name: 'two are lost',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
        +2  --> .  200:200(0) ack 301   -->
        +2  <-- P. 301:311(10) ack 201  <--`,
    },
    {
      name: 'probes of a closed window look the same',
      ladder: `${OPEN_IN_USE}
            --> P. 201:211(10) ack 301       -->
            <-- .  301:301(0) ack 211 win 0  <--
        +2  --> .  210:210(0) ack 301        -->
        +4  --> .  210:210(0) ack 301        -->
        +8  --> .  210:210(0) ack 301        -->`,
    },
    {
      name: 'the last byte sent again looks the same',
      ladder: `${OPEN_IN_USE}
            --> P. 201:202(1) ack 301   -->
        +2  --> P. 201:202(1) ack 301   -->
        +4  --> P. 201:202(1) ack 301   -->
        +8  --> P. 201:202(1) ack 301   -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/keep-alive-unanswered-near.pcap'],
    quiet: [
      'kernel/keep-alive-answered.pcap',
      'kernel/keep-alive-keeps-the-middlebox-awake-near.pcap',
      'kernel/zero-window-for-seconds.pcap',
      'kernel/lost-window-update-far.pcap',
      'kernel/forged-fin.pcap',
      'kernel/host-vanished-near.pcap',
    ],
  },
})
