import rule from '../../../src/audit/rules/retransmission-timeout.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const BACK_OFF = `
        --> P. 201:211(10) ack 301  -->
  +0.3  --> P. 201:211(10) ack 301  -->  ! retransmission-timeout
  +0.6  --> P. 201:211(10) ack 301  -->  ! retransmission-timeout
  +1.2  --> P. 201:211(10) ack 301  -->  ! retransmission-timeout
  +2.4  --> P. 201:211(10) ack 301  -->  ! retransmission-timeout
  +4.8  --> P. 201:211(10) ack 301  -->  ! retransmission-timeout`

export default ruleCases(rule, {
  reports: [
    {
      name: 'five timeouts of one segment, and no answer by the end',
      ladder: `${OPEN_IN_USE}${BACK_OFF}`,
      findings: [
        {
          message: 'backedOff',
          data: {
            repeats: 5,
            waited: 9e9,
            times: [0, 0.6e9, 1.8e9, 4.2e9, 9e9],
            number: 201,
            bytes: 10,
            ended: 'trying',
          },
          packets: [7, 8, 9, 10, 11],
          blame: 'network',
          severity: 'error',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the last one gets through',
      ladder: `${OPEN_IN_USE}${BACK_OFF}
        <-- .  301:301(0) ack 211   <--`,
      findings: [{ message: 'backedOff', data: { ended: 'healed' }, severity: 'warning' }],
    },
    {
      name: 'then silence: it gave up',
      ladder: `${OPEN_IN_USE}${BACK_OFF}`,
      until: 120,
      findings: [{ message: 'backedOff', data: { ended: 'gave-up' }, severity: 'error' }],
    },
    {
      name: 'of two rows the longer one counts',
      ladder: `${OPEN_IN_USE}${BACK_OFF}
              <-- .  301:301(0) ack 211   <--
              --> P. 211:231(20) ack 301  -->
        +0.3  --> P. 211:231(20) ack 301  -->
        +0.6  --> P. 211:231(20) ack 301  -->
              <-- .  301:301(0) ack 231   <--`,
      findings: [{ message: 'backedOff', data: { repeats: 5, number: 201, bytes: 10, ended: 'healed' } }],
    },
    {
      name: 'many connections on one path are one finding',
      crowd: { ladder: `${OPEN_IN_USE}${BACK_OFF}`, count: 3, vary: 'client-port', every: 0.5 },
      findings: [{ message: 'backedOff', count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'four timeouts',
      ladder: `${OPEN_IN_USE}
              --> P. 201:211(10) ack 301  -->
        +0.3  --> P. 201:211(10) ack 301  -->
        +0.6  --> P. 201:211(10) ack 301  -->
        +1.2  --> P. 201:211(10) ack 301  -->
        +2.4  --> P. 201:211(10) ack 301  -->
              <-- .  301:301(0) ack 211   <--`,
    },
    {
      name: 'the end of a goodbye that is not acknowledged',
      ladder: `${OPEN_IN_USE}
              --> F. 201:201(0) ack 301  -->
        +0.3  --> F. 201:201(0) ack 301  -->
        +0.6  --> F. 201:201(0) ack 301  -->
        +1.2  --> F. 201:201(0) ack 301  -->
        +2.4  --> F. 201:201(0) ack 301  -->
        +4.8  --> F. 201:201(0) ack 301  -->`,
    },
    {
      name: 'a tail loss probe and four timeouts',
      ladder: `${OPEN_IN_USE}
               --> P. 201:211(10) ack 301  -->
        +0.03  --> P. 201:211(10) ack 301  -->
        +0.2   --> P. 201:211(10) ack 301  -->
        +0.4   --> P. 201:211(10) ack 301  -->
        +0.8   --> P. 201:211(10) ack 301  -->
        +1.6   --> P. 201:211(10) ack 301  -->`,
    },
    {
      name: 'other segments, each lost twice',
      ladder: `${OPEN_IN_USE}
              --> P. 201:211(10) ack 301  -->
        +0.3  --> P. 201:211(10) ack 301  -->
        +0.6  --> P. 201:211(10) ack 301  -->
              <-- .  301:301(0) ack 211   <--
              --> P. 211:231(20) ack 301  -->
        +0.3  --> P. 211:231(20) ack 301  -->
        +0.6  --> P. 211:231(20) ack 301  -->
              <-- .  301:301(0) ack 231   <--
              --> P. 231:251(20) ack 301  -->
        +0.3  --> P. 231:251(20) ack 301  -->
        +0.6  --> P. 231:251(20) ack 301  -->
              <-- .  301:301(0) ack 251   <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/back-off-for-a-minute.pcap',
      'kernel/back-off-and-heal-near.pcap',
      'kernel/mtu-black-hole-near.pcap',
    ],
    quiet: [
      'kernel/host-vanished-near.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/random-loss-both-ways-near.pcap',
      'kernel/close-never-acknowledged.pcap',
      'kernel/keep-alive-unanswered-near.pcap',
      'kernel/zero-window-for-seconds.pcap',
      'kernel/spurious-repeats-near.pcap',
    ],
  },
})
