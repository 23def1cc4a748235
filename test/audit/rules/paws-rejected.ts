import rule from '../../../src/audit/rules/paws-rejected.ts'
import { OPENED_WITH_TIMESTAMPS } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const USED = `${OPENED_WITH_TIMESTAMPS}
        --> P. 101:201(100) ack 301 <nop,nop,TS val 1100 ecr 8000>  -->
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8100 ecr 1100>    <--`

const REFUSED = `${USED}
        --> P. 201:301(100) ack 301 <nop,nop,TS val 900 ecr 8100>   -->  ! paws-rejected
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8101 ecr 1100>    <--`

const AGAIN = `
  +0.3  --> P. 201:301(100) ack 301 <nop,nop,TS val 1090 ecr 8100>  -->  ! paws-rejected
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8401 ecr 1100>    <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'new data with timestamps from before, never taken',
      ladder: `${REFUSED}${AGAIN}`,
      findings: [
        {
          message: 'refused',
          data: { segments: 2, behind: 200, healed: false, wrapped: false },
          packets: [6, 8],
          blame: 'client',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a later copy is taken',
      ladder: `${REFUSED}${AGAIN}
        +0.3  --> P. 201:301(100) ack 301 <nop,nop,TS val 1500 ecr 8401>  -->
              <-- .  301:301(0) ack 301 <nop,nop,TS val 8701 ecr 1500>    <--`,
      findings: [{ message: 'refused', data: { segments: 2, healed: true }, blame: 'middlebox' }],
    },
    {
      name: 'many: the first eight are shown',
      ladder: `${REFUSED}${AGAIN.repeat(8).replaceAll('  ! paws-rejected', '')}`,
      findings: [{ message: 'refused', data: { segments: 9 }, packets: [6, 8, 10, 12, 14, 16, 18, 20] }],
    },
  ],
  quiet: [
    { name: 'once', ladder: REFUSED.replace('  ! paws-rejected', '') },
    {
      name: 'old duplicates of what was acknowledged: what this is made for',
      ladder: `${USED}
        --> P. 101:201(100) ack 301 <nop,nop,TS val 1000 ecr 8000>  -->
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8101 ecr 1100>    <--
        --> P. 101:201(100) ack 301 <nop,nop,TS val 1000 ecr 8000>  -->
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8102 ecr 1100>    <--`,
    },
    {
      name: 'one tick older is taken',
      ladder: `${USED}
        --> P. 201:301(100) ack 301 <nop,nop,TS val 1099 ecr 8100>  -->
        --> P. 301:401(100) ack 301 <nop,nop,TS val 1099 ecr 8100>  -->
        <-- .  301:301(0) ack 401 <nop,nop,TS val 8101 ecr 1099>    <--`,
    },
    {
      name: 'what is refused acknowledges what was never sent',
      ladder: `${USED}
        --> P. 201:301(100) ack 999 <nop,nop,TS val 1200 ecr 8100>  -->
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8101 ecr 1100>    <--
        --> P. 201:301(100) ack 999 <nop,nop,TS val 1201 ecr 8100>  -->
        <-- .  301:301(0) ack 201 <nop,nop,TS val 8102 ecr 1100>    <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/old-timestamps-far.pcap'],
    quiet: [
      'kernel/old-timestamps-near.pcap',
      'kernel/spurious-repeats-far.pcap',
      'kernel/reordered-by-the-network-far.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/time-wait-old-syn.pcap',
    ],
  },
})
