import rule from '../../../src/audit/rules/reset-rejected.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const ON = `
  +1  --> P. 201:211(10) ack 301  -->
      <-- .  301:301(0) ack 211   <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'one in the window is challenged, and its supposed source goes on',
      ladder: `${OPEN_IN_USE}
        +1  --> R  301:301(0) ttl 50      -->  ! reset-rejected
            <-- .  301:301(0) ack 201     <--
        ${ON}`,
      findings: [
        {
          message: 'rejected',
          data: { resets: 1, effect: 'challenged', number: 301, whose: 'forged' },
          packets: [6],
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'two outside the window; nobody knows whose',
      ladder: `${OPEN_IN_USE}
        +1  --> R  900000:900000(0)       -->
        +1  --> R  900000:900000(0)       -->`,
      findings: [
        {
          message: 'rejected',
          data: { resets: 2, effect: 'dropped', whose: 'unknown' },
          packets: [6, 7],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'one that bears a signature where nobody signs',
      ladder: `${OPEN_IN_USE}
        +1  --> R. 201:201(0) ack 301 <option 29 0102030405060708090a0b0c0d0e>  -->
        ${ON}`,
      findings: [{ message: 'rejected', data: { effect: 'unsigned', whose: 'forged' } }],
    },
    {
      name: 'the connection is reset much later',
      ladder: `${OPEN_IN_USE}
        +1  --> R  900000:900000(0)       -->
        +5  --> R. 201:201(0) ack 301     -->`,
      findings: [{ message: 'rejected', data: { resets: 1 }, packets: [6] }],
    },
    {
      name: 'one that does not acknowledge the SYN',
      ladder: `
        --> S  100:100(0)                 -->
        <-- R. 0:0(0) ack 77              <--
        <-- S. 300:300(0) ack 101         <--
        --> .  101:101(0) ack 301         -->`,
      variants: { numbersAsWritten: true },
      findings: [{ message: 'rejected', data: { effect: 'dropped' } }],
    },
  ],
  quiet: [
    {
      name: 'one that is taken',
      ladder: `${OPEN_IN_USE}
        +1  --> R. 201:201(0) ack 301     -->`,
    },
    {
      name: 'one in the window, and the exact one behind it',
      ladder: `${OPEN_IN_USE}
        +1  --> R  301:301(0)             -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0)             -->`,
    },
    {
      name: 'one for an end that had been reset already',
      ladder: `${OPEN_IN_USE}
        +1  --> R. 201:201(0) ack 301     -->
            --> R  900000:900000(0)       -->`,
    },
    {
      name: 'its source’s own that is lost on the way',
      ladder: `${OPEN_IN_USE}
            --x R. 201:201(0) ack 301     --x
        +1  <-- P. 301:311(10) ack 201    <--
            --> R  201:201(0) win 0       -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/forged-rst-in-window.pcap',
      'kernel/forged-rst-outside.pcap',
      'kernel/forged-rst-too-late.pcap',
      'kernel/challenge-ack-suppressed.pcap',
    ],
    quiet: [
      'kernel/forged-rst-exact.pcap',
      'kernel/forged-rst-burst.pcap',
      'kernel/lost-reset-near.pcap',
      'kernel/reset-behind-answer.pcap',
      'kernel/unread-data-at-every-close.pcap',
      'kernel/linger0-reset-near.pcap',
      'kernel/refused.pcap',
    ],
  },
})
