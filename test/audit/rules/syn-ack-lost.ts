import rule from '../../../src/audit/rules/syn-ack-lost.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'both repeat, and the ACK echoes the last SYN-ACK',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->  ! syn-ack-lost
              x-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   x--  ! syn-ack-lost
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->  ! syn-ack-lost
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--  ! syn-ack-lost
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->  ! syn-ack-lost`,
      findings: [
        {
          message: 'beyond',
          data: { attempts: 2, answers: 2, waited: 1.003e9, outcome: 'opened' },
          packets: [1, 2, 3, 4, 5],
          blame: 'network',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'without timestamps, on a path whose round trips are short',
      ladder: `
              --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
      findings: [{ message: 'beyond', data: { outcome: 'opened' }, confidence: 'likely' }],
    },
    {
      name: 'no SYN-ACK ever arrives, and the client gives up',
      ladder: `
              --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +2    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--`,
      until: 60,
      findings: [
        {
          message: 'beyond',
          data: { attempts: 3, answers: 3, waited: 3.003e9, outcome: 'gave-up' },
          packets: [1, 2, 3, 4, 5, 6],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'no SYN-ACK has arrived when the capture ends',
      ladder: `
              --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--`,
      findings: [{ message: 'beyond', data: { outcome: 'trying' } }],
    },
    {
      name: 'a single SYN-ACK passes, and echoes the first SYN: others were lost before they got here',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <~~ S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <~~
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->`,
      findings: [
        {
          message: 'before',
          data: { attempts: 2, answers: 1, waited: 1.003e9, outcome: 'opened' },
          packets: [1, 2, 3, 4],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'three clients of one server are one finding',
      crowd: {
        ladder: `
              --> S  100:100(0)          -->
              x-- S. 300:300(0) ack 101  x--
        +1    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
        count: 3,
        vary: 'client-port',
        every: 0.1,
      },
      findings: [{ message: 'beyond', count: 3, data: { attempts: 6, answers: 6 } }],
    },
  ],
  quiet: [
    {
      name: 'the SYN was lost: the SYN-ACK echoes its second copy',
      ladder: `
              --x S  100:100(0) <TS val 1000 ecr 0>              --x
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 2001>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->`,
    },
    {
      name: 'without timestamps, whether SYN or SYN-ACK was lost cannot be told',
      ladder: `
              --> S  100:100(0)          -->
        +1    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'a slow path: the ACK echoes the first SYN-ACK',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
        +0.3  --> .  101:101(0) ack 301 <TS val 2302 ecr 9000>   -->`,
    },
    {
      name: 'a slow path without timestamps: later round trips are slow too',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +1    --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +0.2  --> .  101:101(0) ack 301   -->
              <-- P. 301:311(10) ack 101  <--
        +1.2  --> .  101:101(0) ack 311   -->`,
    },
    {
      name: 'the first SYN-ACK was late, and acknowledged all the same',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10001 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2002 ecr 10001>  -->
        +0.4  --> .  101:101(0) ack 301 <TS val 2402 ecr 10001>  -->`,
    },
    {
      name: 'a slow answer, seen at the client',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
        +1    --> S  100:100(0) <TS val 2001 ecr 0>              -->
        +0.4  <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
              --> .  101:101(0) ack 301 <TS val 2402 ecr 9000>   -->`,
    },
    {
      name: 'the client resets what it does not want',
      ladder: `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
        +1    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
        +1    --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> R  101:101(0)          -->`,
    },
    {
      name: 'old copies of the SYN come when the connection is long open',
      ladder: `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->
              <-- P. 301:311(10) ack 101 <--
              --> .  101:101(0) ack 311  -->
        +0.6  --> S  100:100(0)          -->
              <-- .  311:311(0) ack 101  <--
        +0.6  --> S  100:100(0)          -->
              <-- .  311:311(0) ack 101  <--`,
    },
    {
      name: 'the server repeats only: the last ACK is lost',
      ladder: `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
              --x .  101:101(0) ack 301  --x
        +1    <-- S. 300:300(0) ack 101  <--
              --> .  101:101(0) ack 301  -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/lost-syn-ack-near.pcap', 'kernel/lost-syn-ack-far.pcap'],
    quiet: [
      'kernel/lost-syn-near.pcap',
      'kernel/lost-syn-far.pcap',
      'kernel/lost-handshake-ack-near.pcap',
      'kernel/lost-handshake-ack-far.pcap',
      'kernel/handshake-slow-near.pcap',
      'kernel/handshake-slow-far.pcap',
      'kernel/accept-queue-full.pcap',
      'kernel/accept-queue-full-for-many.pcap',
      'kernel/syn-ack-never-answered.pcap',
      'kernel/stale-syn-near.pcap',
      'kernel/stale-syn-far.pcap',
    ],
  },
})
