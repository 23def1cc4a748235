import rule from '../../../src/audit/rules/handshake-slow.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'the SYN was lost: its second copy is answered at once',
      ladder: `
              --x S  100:100(0) <TS val 1000 ecr 0>              --x  ! handshake-slow
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->  ! handshake-slow
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 2001>  <--  ! handshake-slow
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->`,
      findings: [
        {
          message: 'retried',
          data: { took: 1.001e9, attempts: 2, times: [0, 1e9], cause: 'syn-lost' },
          packets: [1, 2, 3],
          blame: 'network',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'the answer to the first SYN was lost on its way to the capture point',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <~~ S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <~~
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->`,
      findings: [
        {
          message: 'retried',
          data: { took: 1.002e9, attempts: 2, cause: 'answer-lost' },
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'the answer to the first SYN was lost on its way to the client',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->  ! handshake-slow
              x-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   x--
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->  ! handshake-slow
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->  ! handshake-slow`,
      findings: [
        {
          message: 'retried',
          data: { took: 1.003e9, attempts: 2, cause: 'answer-lost' },
          packets: [1, 3, 5],
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'without timestamps the cause cannot be told',
      ladder: `
              --> S  100:100(0)          -->
        +1    --> S  100:100(0)          -->
        +2    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->
              --> S  100:100(0)          -->`,
      findings: [
        { message: 'retried', data: { took: 3.001e9, attempts: 3, cause: 'unknown' }, confidence: 'likely' },
      ],
    },
    {
      name: 'one SYN, and a slow answer',
      ladder: `
              --> S  100:100(0)          -->  ! handshake-slow
        +1.2  <-- S. 300:300(0) ack 101  <--  ! handshake-slow
              --> .  101:101(0) ack 301  -->`,
      findings: [
        {
          message: 'slow',
          data: { took: 1.2e9, answer: 1.2e9, attempts: 1 },
          packets: [1, 2],
          blame: 'network',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'a slow answer: the SYN had been sent again meanwhile',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
        +0.4  <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
              --> .  101:101(0) ack 301 <TS val 2402 ecr 9000>   -->
        +1    <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 3402 ecr 9000>   -->`,
      findings: [{ message: 'slow', data: { took: 1.4e9, answer: 1.4e9, attempts: 2 } }],
    },
    {
      name: 'the answer to the second SYN overtook that to the first',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10000>  -->
        +0.4  <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
              --> .  101:101(0) ack 301 <TS val 2402 ecr 10000>  -->`,
      findings: [{ message: 'slow', data: { took: 1.001e9, answer: 1.402e9, attempts: 2 } }],
    },
    {
      name: 'a slow way to the client, captured at the server',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
        +0.3  --> .  101:101(0) ack 301 <TS val 2302 ecr 9000>   -->`,
      findings: [
        { message: 'slow', data: { took: 1.302e9, answer: 1.301e9, attempts: 2 }, packets: [1, 3, 5] },
      ],
    },
    {
      name: 'several clients of one server are one finding',
      crowd: {
        ladder: `
              --> S  100:100(0)          -->
        +1.2  <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
        count: 3,
        vary: 'client-port',
        every: 0.1,
      },
      findings: [{ message: 'slow', count: 3, data: { took: 1.2e9, attempts: 3 } }],
    },
  ],
  quiet: [
    {
      name: 'an answer that takes a second, and no more',
      ladder: `
              --> S  100:100(0)          -->
        +1    <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'a SYN repeated by a fast timer',
      ladder: `
              --> S  100:100(0)          -->
        +0.3  --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'the server repeats its SYN-ACK: the client has had it for long',
      ladder: `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->
        +1    <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'never answered',
      ladder: `
              --> S  100:100(0)          -->
        +1    --> S  100:100(0)          -->
        +2    --> S  100:100(0)          -->`,
    },
    {
      name: 'answered, and never acknowledged',
      ladder: `
              --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/handshake-slow-near.pcap',
      'kernel/handshake-slow-far.pcap',
      'kernel/lost-syn-near.pcap',
      'kernel/lost-syn-ack-near.pcap',
      'kernel/lost-syn-ack-far.pcap',
      'kernel/accept-queue-full-for-many.pcap',
    ],
    quiet: [
      'kernel/lost-syn-far.pcap',
      'kernel/lost-handshake-ack-near.pcap',
      'kernel/lost-handshake-ack-far.pcap',
      'kernel/syn-cookies-far.pcap',
      'kernel/defer-accept.pcap',
      'kernel/orderly-close-by-client.pcap',
      'kernel/connect-gives-up.pcap',
    ],
  },
})
