import rule from '../../../src/audit/rules/simultaneous-close.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CROSSED = `${OPEN}
        --> F. 101:101(0) ack 301  -->  ! simultaneous-close
  +0.02 <-- F. 301:301(0) ack 101  <--  ! simultaneous-close
        --> .  102:102(0) ack 302  -->
  +0.02 <-- .  302:302(0) ack 102  <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the FINs cross',
      ladder: CROSSED,
      findings: [
        {
          message: 'crossed',
          data: { apart: 0.02e9 },
          packets: [4, 5],
          severity: 'info',
          confidence: 'certain',
          blame: null,
        },
      ],
    },
    {
      name: 'several connections to one server',
      crowd: { ladder: CROSSED, count: 3, vary: 'client-port', every: 0.1 },
      findings: [{ message: 'crossed', count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'one closes upon the other’s FIN',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->
        <-- F. 301:301(0) ack 102  <--
        --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'the capture ends before it shows that both FINs arrived',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->
        <-- F. 301:301(0) ack 101  <--`,
    },
    {
      name: 'a socket connected to itself closes',
      ladder: `
        A = B
        --> S  100:100(0)          -->
        --> S. 100:100(0) ack 101  -->
        --> .  101:101(0) ack 101  -->
        --> F. 101:101(0) ack 101  -->
        --> .  102:102(0) ack 102  -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/simultaneous-close.pcap'],
    quiet: ['kernel/orderly-close-by-client.pcap', 'kernel/self-connect.pcap', 'kernel/lost-fin-near.pcap'],
  },
})
