import rule from '../../../src/audit/rules/capture-misordered.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const VISIT = `
         --> S  100:100(0)            -->
  +0.02  <-- S. 300:300(0) ack 101    <--
  +0.02  --> .  101:101(0) ack 301    -->
  +0.03  --> P. 101:201(100) ack 301  -->
  +0.02  <-- .  301:301(0) ack 201    <--
  +0.05  --> R. 201:201(0) ack 301    -->`

const TWO_CLOCKS = `
         <-- S. 300:300(0) ack 101    <--
         <-- .  301:301(0) ack 201    <--
  +0.04  --> S  100:100(0)            -->
         --> .  101:101(0) ack 301    -->
         --> P. 101:201(100) ack 301  -->
  +1     <-- .  301:301(0) ack 301    <--
  +0.02  --> P. 201:301(100) ack 301  -->
  +1     <-- .  301:301(0) ack 302    <--
  +0.03  --> F. 301:301(0) ack 301    -->
         <-- .  301:301(0) ack 302    <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'two packets stand before those they follow',
      ladder: VISIT,
      capture: { swapped: [3, 5] },
      findings: [
        {
          message: 'misordered',
          data: { reversals: 2, largest: 50e6 },
          packets: [4, 6],
          severity: 'notice',
          blame: 'capture',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'one packet stands before the one it follows',
      ladder: VISIT,
      capture: { swapped: [1] },
      findings: [{ message: 'misordered', data: { reversals: 1, largest: 20e6 }, packets: [2] }],
    },
    {
      name: 'the directions were captured by two clocks',
      ladder: TWO_CLOCKS,
      findings: [
        {
          message: 'behindAnswers',
          data: { segments: 4, share: 0.4, lead: 42e6 },
          packets: [3, 5, 7, 9],
          severity: 'notice',
          blame: 'capture',
          confidence: 'certain',
        },
      ],
    },
  ],
  quiet: [
    { name: 'in order', ladder: VISIT },
    {
      name: 'two answers stand before what they answer',
      ladder: `
               <-- S. 300:300(0) ack 101    <--
        +0.04  --> S  100:100(0)            -->
               --> .  101:101(0) ack 301    -->
        +1     <-- .  301:301(0) ack 201    <--
        +0.04  --> P. 101:201(100) ack 301  -->`,
    },
    {
      name: 'few among many',
      ladder: TWO_CLOCKS,
      options: { most: 0.5 },
    },
    {
      name: 'what the capture missed, and its sender sends again because the acknowledgment was lost',
      ladder: `
              --> S  100:100(0)            -->
              <-- S. 300:300(0) ack 101    <--
              --> .  101:101(0) ack 301    -->
              ~~> P. 101:201(100) ack 301  ~~>
              x-- .  301:301(0) ack 201    x--
              --> P. 201:301(100) ack 301  -->
              x-- .  301:301(0) ack 301    x--
        +0.3  --> P. 101:201(100) ack 301  -->
              <-- .  301:301(0) ack 301    <--`,
    },
    {
      name: 'a step back as the queues of a card make it',
      ladder: VISIT.replace('+0.03 ', '+0.0005'),
      capture: { swapped: [3] },
    },
    {
      name: 'segments that the network put out of order',
      ladder: `
        --> S  100:100(0)            -->
        <-- S. 300:300(0) ack 101    <--
        --> .  101:101(0) ack 301    -->
        --> P. 201:301(100) ack 301 id 0x7002 -->
        --> P. 101:201(100) ack 301 id 0x7001 -->
        <-- .  301:301(0) ack 301    <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/records-out-of-order.pcap', 'kernel/directions-on-two-clocks.pcap'],
    quiet: [
      'kernel/reordered-by-the-network-near.pcap',
      'kernel/reordered-by-the-network-far.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
