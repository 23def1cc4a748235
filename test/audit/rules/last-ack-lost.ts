import rule from '../../../src/audit/rules/last-ack-lost.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CLIENT_CLOSES = `${OPEN}
  --> F. 101:101(0) ack 301  -->
  <-- .  301:301(0) ack 102  <--`

const LOST = `${CLIENT_CLOSES}
       <-- F. 301:301(0) ack 102  <--  ! last-ack-lost
       --x .  102:102(0) ack 302  --x
  +0.2 <-- F. 301:301(0) ack 102  <--  ! last-ack-lost
       --> .  102:102(0) ack 302  -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the FIN comes again into TIME_WAIT',
      ladder: LOST,
      findings: [
        {
          message: 'repeated',
          data: { sender: 'server', times: 1, longer: 0.201e9 },
          packets: [6, 8],
          blame: 'network',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'twice, and the server closes first',
      ladder: `${OPEN}
             <-- F. 301:301(0) ack 101  <--
             --> F. 101:101(0) ack 302  -->
             x-- .  302:302(0) ack 102  x--
        +0.2 --> F. 101:101(0) ack 302  -->
             x-- .  302:302(0) ack 102  x--
        +0.4 --> F. 101:101(0) ack 302  -->
             <-- .  302:302(0) ack 102  <--`,
      findings: [
        { message: 'repeated', data: { sender: 'client', times: 2, longer: 0.602e9 }, packets: [5, 7, 9] },
      ],
    },
    {
      name: 'several connections of one server',
      crowd: { ladder: LOST, count: 4, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'repeated', data: { times: 4 }, count: 4 }],
    },
  ],
  quiet: [
    {
      name: 'an orderly goodbye',
      ladder: `${CLIENT_CLOSES}
        <-- F. 301:301(0) ack 102  <--
        --> .  102:102(0) ack 302  -->`,
      until: 70,
    },
    {
      name: 'the second FIN itself was lost',
      ladder: `${CLIENT_CLOSES}
             x-- F. 301:301(0) ack 102  x--
        +0.2 <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'the first FIN is repeated, long before TIME_WAIT',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->
             x-- .  301:301(0) ack 102  x--
        +0.2 --> F. 101:101(0) ack 301  -->
             <-- .  301:301(0) ack 102  <--
             <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'a second copy sooner than any timer repeats',
      ladder: `${CLIENT_CLOSES}
              <-- F. 301:301(0) ack 102  <--
              --> .  102:102(0) ack 302  -->
        +0.03 <-- F. 301:301(0) ack 102  <--
              --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'the repeat crossed the last ACK: a round trip takes longer',
      ladder: `
             --> S  100:100(0)          -->
        +0.3 <-- S. 300:300(0) ack 101  <--
             --> .  101:101(0) ack 301  -->
             --> F. 101:101(0) ack 301  -->
        +0.3 <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->
        +0.2 <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/lost-last-ack-near.pcap', 'kernel/lost-last-ack-far.pcap'],
    quiet: [
      'kernel/lost-second-fin-near.pcap',
      'kernel/lost-second-fin-far.pcap',
      'kernel/lost-fin-ack-far.pcap',
      'kernel/on-any-interface-any-in-router.pcap',
      'kernel/doubled-by-the-network-far.pcap',
      'kernel/time-wait-expiry.pcap',
      'kernel/time-wait-thousand.pcap.gz',
    ],
  },
})
