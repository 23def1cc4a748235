import rule from '../../../src/audit/rules/connection-abandoned.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = `
  --> S  100:100(0)           -->
  <-- S. 300:300(0) ack 101   <--
  --> .  101:101(0) ack 301   -->
  --> P. 101:111(10) ack 301  -->
  <-- .  301:301(0) ack 111   <--  ! connection-abandoned`

export default ruleCases(rule, {
  reports: [
    {
      name: 'open and silent for more than five minutes',
      ladder: OPEN,
      until: 310.004,
      findings: [
        {
          message: 'silent',
          data: { silence: 310e9 },
          packets: [5],
          severity: 'info',
          confidence: 'certain',
          blame: null,
        },
      ],
    },
    {
      name: 'several connections to one server',
      crowd: { ladder: OPEN, count: 3, vary: 'client-port', every: 1 },
      until: 400,
      findings: [{ message: 'silent', count: 3, data: { silence: 399.996e9 } }],
    },
  ],
  quiet: [
    { name: 'the capture ends too early', ladder: OPEN, until: 290 },
    {
      name: 'closed',
      ladder: `${OPEN}
        --> F. 111:111(0) ack 301  -->
        <-- F. 301:301(0) ack 112  <--
        --> .  112:112(0) ack 302  -->`,
      until: 400,
    },
    {
      name: 'one end has closed: that is a leak of the other',
      ladder: `${OPEN}
        --> F. 111:111(0) ack 301  -->
        <-- .  301:301(0) ack 112  <--`,
      until: 400,
    },
    {
      name: 'the other end has closed',
      ladder: `${OPEN}
        <-- F. 301:301(0) ack 111  <--
        --> .  111:111(0) ack 302  -->`,
      until: 400,
    },
    {
      name: 'a keep-alive probe and its answer within the time',
      ladder: `${OPEN}
        +200 --> . 110:110(0) ack 301  -->
             <-- . 301:301(0) ack 111  <--`,
      until: 400,
    },
  ],
  fixtures: {
    reports: ['kernel/abandoned.pcap'],
    quiet: [
      'kernel/keep-alive-answered.pcap',
      'kernel/fin-wait-2-stuck.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
