import rule from '../../../src/audit/rules/keepalive-active.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'two probes, both answered',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->  ! keepalive-active
            <-- .  301:301(0) ack 201   <--  ! keepalive-active
        +10 --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--`,
      findings: [
        {
          message: 'active',
          data: { probes: 2, answers: 2, idle: 10e9 },
          packets: [6, 7],
          severity: 'info',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the first was lost',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
        +1  --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--`,
      findings: [{ message: 'active', data: { probes: 2, answers: 1, idle: 10e9 } }],
    },
  ],
  quiet: [
    {
      name: 'none is answered',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
        +1  --> .  200:200(0) ack 301   -->`,
    },
    {
      name: 'a window probe whose window update was lost',
      ladder: `${OPEN_IN_USE}
            --> P. 201:211(10) ack 301       -->
            <-- .  301:301(0) ack 211 win 0  <--
            x-- .  301:301(0) ack 211        x--
        +2  --> .  210:210(0) ack 301        -->
            <-- .  301:301(0) ack 211        <--`,
    },
    {
      name: 'an ACK of a foreign FIN, below what its sender had sent',
      ladder: `${OPEN_IN_USE}
              --> .  200:200(0) ack 301   -->
              <-- .  301:301(0) ack 201   <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/keep-alive-answered.pcap', 'kernel/keep-alive-keeps-the-middlebox-awake-near.pcap'],
    quiet: [
      'kernel/keep-alive-unanswered-near.pcap',
      'kernel/lost-window-update-far.pcap',
      'kernel/zero-window-for-seconds.pcap',
      'kernel/forged-fin.pcap',
    ],
  },
})
