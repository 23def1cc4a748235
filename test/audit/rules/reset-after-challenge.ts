import rule from '../../../src/audit/rules/reset-after-challenge.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'a forged SYN, its challenge ACK, an RST with the number that this told, and the peer goes on',
      ladder: `${OPEN_IN_USE}
        +1    --> S  9000:9000(0) ttl 50  -->  ! reset-after-challenge
              <-- .  301:301(0) ack 201   <--  ! reset-after-challenge
        +0.1  --> R  201:201(0) ttl 50    -->  ! reset-after-challenge
        +1    --> P. 201:211(10) ack 301  -->  ! reset-after-challenge
              <-- R  301:301(0) win 0     <--`,
      findings: [
        {
          message: 'used',
          data: { cause: 'syn', number: 201, after: 0.1e9, continued: 1 },
          packets: [6, 7, 8, 9],
          blame: 'attacker',
          severity: 'critical',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'an RST in the window discloses it as well',
      ladder: `${OPEN_IN_USE}
        +1    --> R  301:301(0) ttl 50    -->
              <-- .  301:301(0) ack 201   <--
        +0.1  --> R  201:201(0) ttl 50    -->`,
      findings: [{ message: 'used', data: { cause: 'rst', continued: 0 }, confidence: 'likely' }],
    },
  ],
  quiet: [
    {
      name: 'a peer that has lost the connection answers the challenge',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0) win 0       -->
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
    },
    {
      name: 'a forged RST that no challenge had to help',
      ladder: `${OPEN_IN_USE}
        +1  --> R  201:201(0) ttl 50      -->
        +1  --> P. 201:211(10) ack 301    -->
            <-- R  301:301(0) win 0       <--`,
    },
    {
      name: 'the number that it told is used, and the RST lost',
      ladder: `${OPEN_IN_USE}
        +1    --> S  9000:9000(0) ttl 50  -->
              <-- .  301:301(0) ack 201   <--
        +0.1  --x R  201:201(0) ttl 50    --x
        +1    --> P. 201:211(10) ack 301  -->
              <-- .  301:301(0) ack 211   <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/forged-syn-then-exact-rst.pcap'],
    quiet: [
      'kernel/forged-syn.pcap',
      'kernel/rebooted-same-port.pcap',
      'kernel/challenge-ack-suppressed.pcap',
      'kernel/forged-rst-exact.pcap',
      'kernel/time-wait-old-syn.pcap',
    ],
  },
})
