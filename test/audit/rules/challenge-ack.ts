import rule from '../../../src/audit/rules/challenge-ack.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'a SYN on the open connection, which lives on',
      ladder: `${OPEN_IN_USE}
        +1  --> S  9000:9000(0)         -->  ! challenge-ack
            <-- .  301:301(0) ack 201   <--  ! challenge-ack
        +1  --> P. 201:211(10) ack 301  -->
            <-- .  301:301(0) ack 211   <--`,
      findings: [
        {
          message: 'challenged',
          data: { cause: 'syn', challenges: 1, unanswered: 0, outcome: 'lived' },
          packets: [6, 7],
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'RSTs in the window, of which the second stays unanswered',
      ladder: `${OPEN_IN_USE}
        +1    --> R  301:301(0)           -->
              <-- .  301:301(0) ack 201   <--
        +0.1  --> R  401:401(0)           -->
        +1    --> P. 201:211(10) ack 301  -->
              <-- .  301:301(0) ack 211   <--`,
      findings: [
        {
          message: 'challenged',
          data: { cause: 'rst', challenges: 1, unanswered: 1, outcome: 'lived' },
          packets: [6, 7],
        },
      ],
    },
    {
      name: 'the peer has lost the connection, resets it and connects anew',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0)             -->
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
      findings: [
        {
          message: 'challenged',
          data: { cause: 'syn', outcome: 'reopened' },
          packets: [6, 7, 8],
        },
      ],
    },
    {
      name: 'the peer resets the connection by the number that the challenge told',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0)             -->`,
      findings: [{ message: 'challenged', data: { outcome: 'reset' }, packets: [6, 7, 8] }],
    },
    {
      name: 'a later RST that is not taken is no outcome',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
        +1  --> R  900000:900000(0)       -->
        +1  --> P. 201:211(10) ack 301    -->
            <-- .  301:301(0) ack 211     <--`,
      findings: [{ message: 'challenged', data: { outcome: 'lived' }, packets: [6, 7] }],
    },
    {
      name: 'an acknowledgment of what was never sent: perhaps it was not captured',
      ladder: `${OPEN_IN_USE}
        +1  --> .  201:201(0) ack 90000000  -->
            <-- .  301:301(0) ack 201       <--
        +1  --> P. 201:211(10) ack 301      -->
            <-- .  301:301(0) ack 211       <--`,
      findings: [{ message: 'challenged', data: { cause: 'future-ack' }, confidence: 'possible' }],
    },
  ],
  quiet: [
    {
      name: 'the capture begins behind what may have been the FIN: so does TIME_WAIT answer',
      ladder: `
            <-- .  301:301(0) ack 201     <--
        +1  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--`,
    },
    {
      name: 'a SYN that nobody answers',
      ladder: `${OPEN_IN_USE}
        +1  --> S  9000:9000(0)           -->
        +1  --> P. 201:211(10) ack 301    -->
            <-- .  301:301(0) ack 211     <--`,
    },
    {
      name: 'data that arrive a second time draw an ACK too',
      ladder: `${OPEN_IN_USE}
        +1  --> P. 101:201(100) ack 301   -->
            <-- .  301:301(0) ack 201     <--
        +1  --> P. 201:211(10) ack 301    -->
            <-- .  301:301(0) ack 211     <--`,
    },
    {
      name: 'a keep-alive',
      ladder: `${OPEN_IN_USE}
        +60 --> .  200:200(0) ack 301     -->
            <-- .  301:301(0) ack 201     <--`,
    },
    {
      name: 'data outside the window',
      ladder: `${OPEN_IN_USE}
        +1  --> P. 900001:900011(10) ack 301  -->
            <-- .  301:301(0) ack 201         <--
        +1  --> P. 201:211(10) ack 301        -->
            <-- .  301:301(0) ack 211         <--`,
    },
    {
      name: 'an RST that is exact',
      ladder: `${OPEN_IN_USE}
        +1  --> R  201:201(0)  -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/forged-syn.pcap',
      'kernel/forged-rst-in-window.pcap',
      'kernel/challenge-ack-suppressed.pcap',
      'kernel/rebooted-same-port.pcap',
      'kernel/time-wait-old-syn.pcap',
    ],
    quiet: [
      'kernel/forged-rst-outside.pcap',
      'kernel/spurious-repeats-near.pcap',
      'kernel/keep-alive-answered.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
