import rule from '../../../src/audit/rules/syn-with-data.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'the server takes the SYN alone',
      ladder: `
        --> S  100:106(6)          -->  ! syn-with-data
        <-- S. 300:300(0) ack 101  <--  ! syn-with-data
        --> P. 101:107(6) ack 301  -->`,
      findings: [
        {
          message: 'sent',
          data: { bytes: 6, fate: 'ignored' },
          packets: [1, 2],
          blame: 'client',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'the server takes the data too, and repeats its SYN-ACK',
      ladder: `
            --> S  100:106(6)          -->
            x-- S. 300:300(0) ack 107  x--
        +1  <-- S. 300:300(0) ack 107  <--
            --> .  107:107(0) ack 301  -->`,
      findings: [{ message: 'sent', data: { bytes: 6, fate: 'taken' }, packets: [1, 2] }],
    },
    {
      name: 'nobody answers',
      ladder: '--> S 100:106(6) -->',
      findings: [{ message: 'sent', data: { fate: 'unanswered' }, packets: [1] }],
    },
    {
      name: 'a flood of SYNs with payload is one finding',
      crowd: { ladder: '--> S 100:1100(1000) -->', count: 20, vary: 'client-address', every: 0.001 },
      findings: [{ message: 'sent', count: 20, data: { bytes: 20_000 } }],
    },
  ],
  quiet: [
    {
      name: 'Fast Open',
      ladder: `
        --> S  100:106(6) <tfo 0011223344556677>  -->
        <-- S. 300:300(0) ack 107                 <--
        --> .  107:107(0) ack 301                 -->`,
    },
    {
      name: 'the options are cut off: Fast Open may be among them',
      ladder: `
        --> S  100:106(6) <mss 1460,sackOK,TS val 1000 ecr 0,tfo 0011223344556677>  -->
        <-- S. 300:300(0) ack 101                                                   <--
        --> P. 101:107(6) ack 301                                                   -->`,
      capture: { snaplen: 60 },
    },
    {
      name: 'data right behind an ordinary handshake',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> P. 101:107(6) ack 301  -->`,
    },
    {
      name: 'a SYN with data on an open connection, which that refuses',
      ladder: `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> P. 101:107(6) ack 301  -->
        <-- .  301:301(0) ack 107  <--
        --> S  900:906(6)          -->
        <-- .  301:301(0) ack 107  <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/syn-with-data-ignored.pcap', 'kernel/syn-with-data-taken.pcap'],
    quiet: [
      'kernel/fast-open.pcap',
      'kernel/fast-open-data-ignored.pcap',
      'kernel/fast-open-cookie-refused.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
