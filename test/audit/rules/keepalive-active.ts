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
    {
      name: 'after a typical silence: one probe comes sooner, and one that is lost is sent again later',
      ladder: `${OPEN_IN_USE}
        +2  --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--
        +10 --> .  200:200(0) ack 301   -->
        +3  --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--
        +10 --> .  200:200(0) ack 301   -->
            <-- .  301:301(0) ack 201   <--`,
      findings: [{ message: 'active', data: { probes: 4, answers: 3, idle: 10e9, most: 10e9 } }],
    },
    {
      name: 'two sockets of one host with other settings',
      crowds: [10, 20].map((seconds) => ({
        ladder: `${OPEN_IN_USE}
          +${seconds} --> .  200:200(0) ack 301 -->
                      <-- .  301:301(0) ack 201 <--`,
        count: 1,
        vary: 'client-port',
        every: 0.1,
      })),
      findings: [{ message: 'active', data: { idle: 10e9, most: 20e9 }, count: 2 }],
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
