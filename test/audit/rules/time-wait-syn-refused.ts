import rule from '../../../src/audit/rules/time-wait-syn-refused.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const IN_TIME_WAIT = `${OPEN}
  <-- F. 301:301(0) ack 101  <--
  --> F. 101:101(0) ack 302  -->
  <-- .  302:302(0) ack 102  <--`

const IN_TIME_WAIT_WITH_TIMESTAMPS = `
  --> S  100:100(0) <mss 1460,TS val 1000 ecr 0>             -->
  <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  <--
  --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>   -->
  <-- F. 301:301(0) ack 101 <nop,nop,TS val 8001 ecr 1001>   <--
  --> F. 101:101(0) ack 302 <nop,nop,TS val 1002 ecr 8001>   -->
  <-- .  302:302(0) ack 102 <nop,nop,TS val 8002 ecr 1002>   <--`

const REFUSED = `${IN_TIME_WAIT}
  +5   --> S  50:50(0)             -->  ! time-wait-syn-refused
       <-- .  302:302(0) ack 102   <--  ! time-wait-syn-refused
       --> R  102:102(0) win 0     -->  ! time-wait-syn-refused
  +1   --> S  50:50(0)             -->  ! time-wait-syn-refused
       <-- S. 900:900(0) ack 51    <--
       --> .  51:51(0) ack 901     -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'an old number: ACK, RST, and the SYN again',
      ladder: REFUSED,
      findings: [
        {
          message: 'refused',
          data: { by: 'number', behind: 52, cost: 1.002e9, outcome: 'opened' },
          packets: [7, 8, 9, 10],
          blame: 'client',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'an old timestamp, whatever the number',
      ladder: `${IN_TIME_WAIT_WITH_TIMESTAMPS}
        +5 --> S  9050:9050(0) <mss 1460,TS val 500 ecr 0>         -->
           <-- .  302:302(0) ack 102 <nop,nop,TS val 13000 ecr 1002>  <--
           --> R  102:102(0) win 0     -->`,
      findings: [
        {
          message: 'refused',
          data: { by: 'timestamp', behind: 502, cost: 0.002e9, outcome: 'open-end' },
          packets: [7, 8, 9],
        },
      ],
    },
    {
      name: 'the reset was not captured',
      ladder: `${IN_TIME_WAIT}
        +5 --> S  50:50(0)            -->
           <-- .  302:302(0) ack 102  <--`,
      findings: [{ message: 'refused', data: { cost: 0.001e9 }, packets: [7, 8], confidence: 'likely' }],
    },
    {
      name: 'several clients of one server',
      crowd: { ladder: REFUSED, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'refused', data: { cost: 3.006e9 }, count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'a later number opens a new connection',
      ladder: `${IN_TIME_WAIT}
        +5 --> S  5000:5000(0)           -->
           <-- S. 9000:9000(0) ack 5001  <--
           --> .  5001:5001(0) ack 9001  -->`,
    },
    {
      name: 'an old number with a later timestamp opens one too',
      ladder: `${IN_TIME_WAIT_WITH_TIMESTAMPS}
        +5 --> S  50:50(0) <mss 1460,TS val 6000 ecr 0>               -->
           <-- S. 9000:9000(0) ack 51 <mss 1460,TS val 13000 ecr 6000>  <--
           --> .  51:51(0) ack 9001 <nop,nop,TS val 6001 ecr 13000>   -->`,
    },
    {
      name: 'the answer to the SYN was not seen',
      ladder: `${IN_TIME_WAIT}
        +5 --> S  50:50(0)  -->`,
    },
    {
      name: 'a SYN on an open connection',
      ladder: `${OPEN}
        +5 --> S  50:50(0)            -->
           <-- .  301:301(0) ack 101  <--`,
    },
    {
      name: 'a lawful SYN to a port where nobody listens',
      ladder: `${OPEN}
           --> F. 101:101(0) ack 301  -->
           <-- F. 301:301(0) ack 102  <--
           --> .  102:102(0) ack 302  -->
        +5 <-- S  5000:5000(0)        <--
           --> .  102:102(0) ack 302  -->
           <-- R  302:302(0) win 0    <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/time-wait-old-syn.pcap', 'kernel/time-wait-syn-refused-repeatedly.pcap'],
    quiet: [
      'kernel/time-wait-reused.pcap',
      'kernel/time-wait-reused-by-number-near.pcap',
      'kernel/time-wait-reused-by-its-owner.pcap',
      'kernel/time-wait-nobody-listens.pcap',
      'kernel/forged-syn.pcap',
      'kernel/rebooted-same-port.pcap',
    ],
  },
})
