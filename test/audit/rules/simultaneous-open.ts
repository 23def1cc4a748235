import rule from '../../../src/audit/rules/simultaneous-open.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'figure 7 of RFC 9293',
      ladder: `
              --> S  100:100(0)          -->  ! simultaneous-open
        +0.02 <-- S  300:300(0)          <--  ! simultaneous-open
              --> S. 100:100(0) ack 301  -->  ! simultaneous-open
              <-- S. 300:300(0) ack 101  <--  ! simultaneous-open`,
      findings: [
        {
          message: 'simultaneous',
          data: { apart: 0.02e9 },
          packets: [1, 2, 3, 4],
          blame: null,
          severity: 'info',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'two hosts that do so again and again are one finding',
      crowd: {
        ladder: `
              --> S  100:100(0)          -->
              <-- S  300:300(0)          <--
              --> S. 100:100(0) ack 301  -->
              <-- S. 300:300(0) ack 101  <--`,
        count: 3,
        vary: 'client-port',
        every: 1,
      },
      findings: [{ message: 'simultaneous', count: 3, data: { apart: 0.001e9 } }],
    },
  ],
  quiet: [
    {
      name: 'a handshake of four segments: one end answers the SYN by a SYN of its own',
      ladder: `
              --> S  100:100(0)          -->
              <-- .  300:300(0) ack 101  <--
              <-- S  300:300(0)          <--
              --> S. 100:100(0) ack 301  -->
              <-- .  301:301(0) ack 101  <--`,
    },
    {
      name: 'an ordinary handshake',
      ladder: `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'two SYNs that cross, and nothing more',
      ladder: `
              --> S  100:100(0)          -->
              <-- S  300:300(0)          <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/simultaneous-open-near.pcap', 'kernel/simultaneous-open-far.pcap'],
    quiet: ['kernel/self-connect.pcap', 'kernel/stale-syn-near.pcap', 'kernel/orderly-close-by-client.pcap'],
  },
})
