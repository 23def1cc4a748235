import rule from '../../../src/audit/rules/capture-loss.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = `
  --> S  100:100(0) <mss 100>          -->
  <-- S. 300:300(0) ack 101 <mss 100>  <--
  --> .  101:101(0) ack 301            -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'data that was acknowledged, and data behind which others begin',
      ladder: `${OPEN}
        ~~> P. 101:201(100) ack 301  ~~>
        <-- .  301:301(0) ack 201    <--  ! capture-loss
        ~~> P. 201:301(100) ack 301  ~~>
        --> P. 301:401(100) ack 301  -->  ! capture-loss
        <-- .  301:301(0) ack 401    <--
        ~~> P. 401:501(100) ack 301  ~~>
        --> P. 501:601(100) ack 301  -->
        <-- .  301:301(0) ack 601    <--`,
      findings: [
        {
          message: 'lost',
          data: { missing: 3, share: 3 / 11 },
          blame: 'capture',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the kernel says that it dropped packets',
      ladder: OPEN,
      capture: { kernelDrops: 7 },
      findings: [{ message: 'dropped', data: { drops: 7, share: 0.7 }, packets: [], severity: 'warning' }],
    },
    {
      name: 'more gaps than are kept as evidence',
      ladder: `${OPEN}${Array.from({ length: 10 }, (_, index) => {
        const seq = 201 + 200 * index
        return `
        ~~> P. ${seq - 100}:${seq}(100) ack 301  ~~>
        --> P. ${seq}:${seq + 100}(100) ack 301  -->`
      }).join('')}
        <-- .  301:301(0) ack 2101    <--`,
      findings: [{ message: 'lost', data: { missing: 10 }, packets: [4, 5, 6, 7, 8, 9, 10, 11] }],
    },
  ],
  quiet: [
    { name: 'the kernel dropped nothing', ladder: OPEN, capture: { kernelDrops: 0 } },
    {
      name: 'a few drops of which the user wants no word',
      ladder: OPEN,
      capture: { kernelDrops: 1 },
      options: { dropped: 0.3 },
    },
    {
      name: 'two segments are too few',
      ladder: `${OPEN}
        ~~> P. 101:201(100) ack 301  ~~>
        --> P. 201:301(100) ack 301  -->
        <-- .  301:301(0) ack 301    <--
        ~~> P. 301:401(100) ack 301  ~~>
        <-- .  301:301(0) ack 401    <--`,
    },
    {
      name: 'a hole that the sender fills: the network lost them',
      ladder: `${OPEN}
        --x P. 101:201(100) ack 301   --x
        --> P. 201:301(100) ack 301   -->
        <-- .  301:301(0) ack 101     <--
        --> P. 101:201(100) ack 301   -->
        <-- .  301:301(0) ack 301     <--`,
    },
    {
      name: 'a large share only is worth telling',
      ladder: `${OPEN}
        ~~> P. 101:201(100) ack 301   ~~>
        --> P. 201:301(100) ack 301   -->
        ~~> P. 301:401(100) ack 301   ~~>
        --> P. 401:501(100) ack 301   -->
        ~~> P. 501:601(100) ack 301   ~~>
        --> P. 601:701(100) ack 301   -->
        <-- .  301:301(0) ack 701     <--`,
      options: { most: 0.31 },
    },
  ],
  fixtures: {
    reports: ['kernel/frames-missing.pcap'],
    quiet: [
      'kernel/bulk-with-loss-near.pcap',
      'kernel/bulk-with-loss-far.pcap',
      'kernel/random-loss-both-ways-near.pcap',
      'kernel/one-direction-only-only-client.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
