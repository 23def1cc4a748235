import rule from '../../../src/audit/rules/checksum-bad.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'data are damaged and sent again',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301 badsum  -->  ! checksum-bad
        +0.3  --> P. 101:201(100) ack 301         -->
              <-- .  301:301(0) ack 201           <--`,
      findings: [
        {
          message: 'damaged',
          data: { damaged: 1, repaired: 1 },
          packets: [4],
          blame: 'network',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the repeat is damaged as well, long after the first segments',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301         -->
              <-- .  301:301(0) ack 201           <--
              --> P. 201:301(100) ack 301         -->
              <-- .  301:301(0) ack 301           <--
              --> P. 301:401(100) ack 301 badsum  -->
        +0.3  --> P. 301:401(100) ack 301 badsum  -->  ! checksum-bad
        +0.6  --> P. 301:401(100) ack 301         -->
              <-- .  301:301(0) ack 401           <--`,
      findings: [{ message: 'damaged', data: { damaged: 1, repaired: 1 }, packets: [9] }],
    },
    {
      name: 'nothing is sent again',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 badsum  -->  ! checksum-bad`,
      findings: [{ message: 'damaged', data: { damaged: 1, repaired: 0 }, confidence: 'likely' }],
    },
  ],
  quiet: [
    {
      name: 'what it covers is acknowledged: it was right when it arrived',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 badsum  -->
        <-- .  301:301(0) ack 201           <--
        --> P. 201:301(100) ack 301 badsum  -->
        <-- .  301:301(0) ack 301           <--`,
    },
    {
      name: 'nobody answers at all',
      ladder: `
            --> S  100:100(0) badsum  -->
        +1  --> S  100:100(0) badsum  -->`,
    },
    {
      name: 'checksums are left to the card',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301  -->
        --> P. 201:301(100) ack 301  -->
        <-- .  301:301(0) ack 301    <--`,
      capture: { fault: 'segments merged by offload' },
    },
    {
      name: 'one where two are asked for',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301 badsum  -->
        +0.3  --> P. 101:201(100) ack 301         -->
              <-- .  301:301(0) ack 201           <--`,
      options: { damaged: 2 },
    },
  ],
  fixtures: {
    reports: ['kernel/damaged-on-the-way-far.pcap'],
    quiet: [
      'kernel/damaged-on-the-way-near.pcap',
      'kernel/checksums-left-empty.pcap',
      'kernel/offload-on-at-client.pcap',
      'kernel/offload-on-at-server.pcap',
      'kernel/offload-off-at-client.pcap',
      'kernel/loopback-conversation.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/few-bytes-of-each-frame-headers-only.pcap',
    ],
  },
})
