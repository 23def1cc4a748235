import rule from '../../../src/audit/rules/time-wait-reused.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const SERVER_WAITS = `${OPEN}
  <-- F. 301:301(0) ack 101  <--
  --> F. 101:101(0) ack 302  -->
  <-- .  302:302(0) ack 102  <--`

const CLIENT_WAITS = `${OPEN}
  --> F. 101:101(0) ack 301  -->
  <-- F. 301:301(0) ack 102  <--
  --> .  102:102(0) ack 302  -->`

const REUSED = `${SERVER_WAITS}
  +5 --> S  5000:5000(0)             -->  ! time-wait-reused
     <-- S. 65839:65839(0) ack 5001  <--  ! time-wait-reused
     --> .  5001:5001(0) ack 65840   -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a later number, and a server that continues its own',
      ladder: REUSED,
      findings: [
        {
          message: 'reused',
          data: { holder: 'server', by: 'number', age: 5.001e9, proven: true },
          packets: [7, 8],
          severity: 'info',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a server that begins elsewhere',
      ladder: `${SERVER_WAITS}
        +5 --> S  5000:5000(0)             -->
           <-- S. 99000:99000(0) ack 5001  <--
        +1 <-- S. 99000:99000(0) ack 5001  <--`,
      findings: [{ message: 'reused', data: { proven: false }, packets: [7, 8], confidence: 'likely' }],
    },
    {
      name: 'an old number with a later timestamp',
      ladder: `
        --> S  100:100(0) <mss 1460,TS val 1000 ecr 0>             -->
        <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  <--
        --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>   -->
        <-- F. 301:301(0) ack 101 <nop,nop,TS val 8001 ecr 1001>   <--
        --> F. 101:101(0) ack 302 <nop,nop,TS val 1002 ecr 8001>   -->
        <-- .  302:302(0) ack 102 <nop,nop,TS val 8002 ecr 1002>   <--
        +5 --> S  50:50(0) <mss 1460,TS val 6000 ecr 0>                  -->
           <-- S. 65839:65839(0) ack 51 <mss 1460,TS val 13000 ecr 6000>  <--`,
      findings: [{ message: 'reused', data: { by: 'timestamp', proven: true } }],
    },
    {
      name: 'the end that holds it connects from the same port',
      ladder: `${CLIENT_WAITS}
        +2 --> S  65639:65639(0)            -->
           <-- S. 7000:7000(0) ack 65640    <--`,
      findings: [
        { message: 'reused', data: { holder: 'client', by: 'owner', proven: true }, packets: [7, 8] },
      ],
    },
    {
      name: 'many connections to one server',
      crowd: { ladder: REUSED, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'reused', count: 3, data: { age: 5.001e9 } }],
    },
  ],
  quiet: [
    {
      name: 'TIME_WAIT is over',
      ladder: `${SERVER_WAITS}
        +65 --> S  5000:5000(0)             -->
            <-- S. 65839:65839(0) ack 5001  <--`,
    },
    {
      name: 'the SYN is not answered',
      ladder: `${SERVER_WAITS}
        +5 --> S  5000:5000(0)  -->`,
    },
    {
      name: 'an old number is refused, and opens when TIME_WAIT is gone',
      ladder: `${SERVER_WAITS}
        +5 --> S  50:50(0)             -->
           <-- .  302:302(0) ack 102   <--
           --> R  102:102(0) win 0     -->
        +1 --> S  50:50(0)             -->
           <-- S. 900:900(0) ack 51    <--`,
    },
    {
      name: 'a SYN-ACK to a SYN that TIME_WAIT should have refused',
      ladder: `${SERVER_WAITS}
        +5 --> S  50:50(0)             -->
           <-- S. 900:900(0) ack 51    <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/time-wait-reused.pcap',
      'kernel/time-wait-reused-by-number-near.pcap',
      'kernel/time-wait-reused-by-number-far.pcap',
      'kernel/time-wait-reused-by-its-owner.pcap',
    ],
    quiet: [
      'kernel/time-wait-expiry.pcap',
      'kernel/time-wait-old-syn.pcap',
      'kernel/time-wait-nobody-listens.pcap',
      'kernel/rebooted-same-port.pcap',
    ],
  },
})
