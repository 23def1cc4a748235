import rule from '../../../src/audit/rules/handshake-ack-lost.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const HANDSHAKE = `
      --> S  100:100(0)          -->
      <-- S. 300:300(0) ack 101  <--  ! handshake-ack-lost
      --> .  101:101(0) ack 301  -->  ! handshake-ack-lost`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the ACK passes, and the SYN-ACK comes again until it is taken',
      ladder: `${HANDSHAKE}
        +1    <-- S. 300:300(0) ack 101   <--  ! handshake-ack-lost
              --> .  101:101(0) ack 301   -->
        +2    <-- S. 300:300(0) ack 101   <--  ! handshake-ack-lost
              --> .  101:101(0) ack 301   -->  ! handshake-ack-lost
        +0.1  --> P. 101:106(5) ack 301   -->
              <-- .  301:301(0) ack 106   <--`,
      findings: [
        {
          message: 'beyond',
          data: {
            repeats: 2,
            times: [0, 1.001e9, 3.002e9],
            late: 3.002e9,
            ignoredData: false,
            outcome: 'opened',
          },
          packets: [2, 3, 4, 6, 7],
          blame: 'network',
          severity: 'warning',
          confidence: 'likely',
          count: 1,
        },
      ],
    },
    {
      name: 'data are ignored as well: more likely a full accept queue',
      ladder: `${HANDSHAKE}
        +0.1  --> P. 101:106(5) ack 301   -->
        +0.3  --> P. 101:106(5) ack 301   -->
        +0.6  <-- S. 300:300(0) ack 101   <--
              --> .  106:106(0) ack 301   -->`,
      findings: [
        {
          message: 'beyond',
          data: { repeats: 1, ignoredData: true, outcome: 'trying' },
          packets: [2, 3, 6],
          blame: 'server',
          confidence: 'possible',
        },
      ],
    },
    {
      name: 'the server gives up',
      ladder: `${HANDSHAKE}
        +1    <-- S. 300:300(0) ack 101   <--
        +2    <-- S. 300:300(0) ack 101   <--`,
      until: 30,
      findings: [{ message: 'beyond', data: { repeats: 2, late: 3e9, outcome: 'gave-up' } }],
    },
    {
      name: 'an earlier SYN had been lost, and drew no SYN-ACK',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>             -->
        +1    --> S  100:100(0) <TS val 2000 ecr 0>             -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 2000>  <--
              --> .  101:101(0) ack 301 <TS val 2001 ecr 9000>  -->
        +1    <-- S. 300:300(0) ack 101 <TS val 9999 ecr 2000>  <--
              --> .  101:101(0) ack 301 <TS val 3001 ecr 9000>  -->`,
      findings: [{ message: 'beyond', data: { repeats: 1, times: [0, 1.001e9] }, packets: [3, 4, 5] }],
    },
    {
      name: 'the ACK comes late, and echoes the first SYN-ACK: earlier copies were lost before they got here',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--  ! handshake-ack-lost
              ~~> .  101:101(0) ack 301 <TS val 1001 ecr 9000>   ~~>
        +1    <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--  ! handshake-ack-lost
              ~~> .  101:101(0) ack 301 <TS val 2001 ecr 9000>   ~~>
        +2    <-- S. 300:300(0) ack 101 <TS val 12000 ecr 1000>  <--  ! handshake-ack-lost
              --> .  101:101(0) ack 301 <TS val 4001 ecr 9000>   -->  ! handshake-ack-lost`,
      findings: [
        {
          message: 'before',
          data: { repeats: 2, times: [0, 1.001e9, 3.002e9], late: 3.003e9, byData: false },
          packets: [2, 3, 4, 5],
          blame: 'network',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the ACK answers no copy, but echoes the first',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
        +1    <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
        +0.8  --> .  101:101(0) ack 301 <TS val 2801 ecr 9000>   -->`,
      findings: [{ message: 'before', data: { repeats: 1, late: 1.8e9 }, confidence: 'certain' }],
    },
    {
      name: 'another SYN-ACK crosses the late ACK',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
        +1    <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
        +1.9  --> .  101:101(0) ack 301 <TS val 3801 ecr 9000>   -->
        +0.1  <-- S. 300:300(0) ack 101 <TS val 12000 ecr 1000>  <--`,
      findings: [{ message: 'before', data: { repeats: 1 }, packets: [2, 3, 4], confidence: 'likely' }],
    },
    {
      name: 'without timestamps, data bring the ACK',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +1    <-- S. 300:300(0) ack 101   <--
        +0.8  --> P. 101:106(5) ack 301   -->  ! handshake-ack-lost
              <-- .  301:301(0) ack 106   <--`,
      findings: [{ message: 'before', data: { byData: true }, packets: [2, 3, 4], confidence: 'possible' }],
    },
    {
      name: 'without timestamps, the ACK answers a copy',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +1    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
      findings: [{ message: 'before', data: { byData: false, late: 1.001e9 }, confidence: 'possible' }],
    },
    {
      name: 'three clients of one server are one finding',
      crowd: {
        ladder: `${HANDSHAKE}
        +1    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
        count: 3,
        vary: 'client-port',
        every: 0.1,
      },
      findings: [{ message: 'beyond', count: 3, data: { repeats: 3 } }],
    },
  ],
  quiet: [
    {
      name: 'a deferred accept: the repeat that was due at 1 s is left out',
      ladder: `${HANDSHAKE.replaceAll('! handshake-ack-lost', '')}
        +3    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'data bring the ACK before the SYN-ACK is repeated',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
              --x .  101:101(0) ack 301   --x
        +0.4  --> P. 101:106(5) ack 301   -->
              <-- .  301:301(0) ack 106   <--`,
    },
    {
      name: 'each SYN drew a SYN-ACK, one of them late',
      ladder: `
              --> S  100:100(0)           -->
        +1    --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->
        +0.6  <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'a SYN-ACK that was overtaken by its repeat',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 1001 ecr 10000>  -->
        +0.9  <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
              --> .  101:101(0) ack 301 <TS val 1901 ecr 10000>  -->`,
    },
    {
      name: 'the client echoes a later SYN-ACK: the first one was lost',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>              -->
              <-- S. 300:300(0) ack 101 <TS val 9000 ecr 1000>   <--
              ~~> S  100:100(0) <TS val 2000 ecr 0>              ~~>
        +1    <-- S. 300:300(0) ack 101 <TS val 10000 ecr 1000>  <--
              --> .  101:101(0) ack 301 <TS val 2001 ecr 10000>  -->`,
    },
    {
      name: 'a client that takes its time, for all that can be seen',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +1    <-- S. 300:300(0) ack 101   <--
        +0.8  --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'a stack whose first repeat comes late',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +3    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'another server behind the address answers too',
      ladder: `
              --> S  100:100(0)           -->
        +0.2  --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->
        +0.6  <-- S. 900:900(0) ack 101   <--
        +0.6  <-- S. 900:900(0) ack 101   <--`,
    },
    {
      name: 'old SYN-ACKs of a server that has shown itself open',
      ladder: `
              --> S  100:100(0)           -->
        +0.2  --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->
              <-- P. 301:311(10) ack 101  <--
              --> .  101:101(0) ack 311   -->
        +0.6  <-- S. 300:300(0) ack 101   <--
        +0.6  <-- S. 300:300(0) ack 101   <--`,
    },
    {
      name: 'the network doubles the SYN-ACK',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +0.2  <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'the client repeats its SYN: it has no SYN-ACK',
      ladder: `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
        +1    --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/lost-handshake-ack-near.pcap',
      'kernel/lost-handshake-ack-far.pcap',
      'kernel/random-loss-again-near.pcap',
      'kernel/random-loss-again-far.pcap',
      'kernel/accept-queue-full.pcap',
    ],
    quiet: [
      'kernel/lost-handshake-ack-healed-by-data-near.pcap',
      'kernel/lost-handshake-ack-healed-by-data-far.pcap',
      'kernel/defer-accept.pcap',
      'kernel/defer-accept-without-data.pcap',
      'kernel/handshake-slow-near.pcap',
      'kernel/handshake-slow-far.pcap',
      'kernel/lost-syn-ack-near.pcap',
      'kernel/lost-syn-ack-far.pcap',
      'kernel/syn-cookies-near.pcap',
      'kernel/syn-cookies-far.pcap',
      'kernel/doubled-by-the-network-near.pcap',
      'kernel/doubled-by-the-network-far.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
