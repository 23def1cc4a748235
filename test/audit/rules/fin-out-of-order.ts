import rule from '../../../src/audit/rules/fin-out-of-order.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OVERTAKEN = `${OPEN}
       --> F. 111:111(0) ack 301   -->  ! fin-out-of-order
       --> P. 101:111(10) ack 301  -->  ! fin-out-of-order
       <-- .  301:301(0) ack 112   <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the FIN overtakes the last data',
      ladder: OVERTAKEN,
      findings: [
        {
          message: 'ahead',
          data: { sender: 'client', waited: 0.001e9, cause: 'overtaken' },
          packets: [4, 5],
          severity: 'info',
          blame: 'network',
        },
      ],
    },
    {
      name: 'by so much that only the IP ID tells it from a repeat',
      ladder: `${OPEN}
              --> F. 111:111(0) ack 301 id 0x1009   -->
        +0.06 --> P. 101:111(10) ack 301 id 0x1008  -->
              <-- .  301:301(0) ack 112             <--`,
      variants: { ipv4Only: true },
      findings: [{ message: 'ahead', data: { waited: 0.06e9, cause: 'overtaken' } }],
    },
    {
      name: 'the data was lost before it passed here, and is sent again',
      ladder: `${OPEN}
             --> F. 111:111(0) ack 301 id 0x1009   -->
        +0.2 --> P. 101:111(10) ack 301 id 0x100a  -->
             <-- .  301:301(0) ack 112             <--`,
      variants: { ipv4Only: true },
      findings: [{ message: 'ahead', data: { waited: 0.2e9, cause: 'lost' } }],
    },
    {
      name: 'without an IP ID it cannot be told which',
      ladder: `${OPEN}
             --> F. 111:111(0) ack 301 id 0x0000   -->
        +0.2 --> P. 101:111(10) ack 301 id 0x1000  -->
             <-- .  301:301(0) ack 112             <--`,
      findings: [{ message: 'ahead', data: { cause: 'either' } }],
    },
    {
      name: 'nor if the data has none',
      ladder: `${OPEN}
             --> F. 111:111(0) ack 301 id 0x1000   -->
        +0.2 --> P. 101:111(10) ack 301 id 0x0000  -->
             <-- .  301:301(0) ack 112             <--`,
      findings: [{ message: 'ahead', data: { cause: 'either' } }],
    },
    {
      name: 'the server’s FIN',
      ladder: `${OPEN}
        <-- F. 311:311(0) ack 101   <--
        <-- P. 301:311(10) ack 101  <--
        --> .  101:101(0) ack 312   -->`,
      findings: [{ message: 'ahead', data: { sender: 'server' }, packets: [4, 5] }],
    },
    {
      name: 'a repeat behind the filled gap changes nothing',
      ladder: `${OVERTAKEN}
        +0.2 --> P. 101:111(10) ack 301  -->`,
      findings: [{ message: 'ahead', data: { waited: 0.001e9, cause: 'overtaken' }, packets: [4, 5] }],
    },
    {
      name: 'several connections to one server',
      crowd: { ladder: OVERTAKEN, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'ahead', count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'data is overtaken by data, the FIN comes last',
      ladder: `${OPEN}
        --> P. 111:121(10) ack 301  -->
        --> P. 101:111(10) ack 301  -->
        --> F. 121:121(0) ack 301   -->
        <-- .  301:301(0) ack 122   <--`,
    },
    {
      name: 'the gap is never filled: the capture lacks the data',
      ladder: `${OPEN}
        ~~> P. 101:111(10) ack 301  ~~>
        --> F. 111:111(0) ack 301   -->
        <-- .  301:301(0) ack 112   <--`,
    },
    {
      name: 'the FIN is sent again, the gap remains',
      ladder: `${OPEN}
             ~~> P. 101:111(10) ack 301  ~~>
             --> F. 111:111(0) ack 301   -->
        +0.2 --> F. 111:111(0) ack 301   -->`,
    },
    {
      name: 'data before the gap is sent again, the gap remains',
      ladder: `${OPEN}
             --> P. 101:106(5) ack 301   -->
             ~~> P. 106:111(5) ack 301   ~~>
             --> F. 111:111(0) ack 301   -->
        +0.2 --> P. 101:106(5) ack 301   -->`,
    },
    {
      name: 'the other end’s data comes late, the gap remains',
      ladder: `${OPEN}
             ~~> P. 101:111(10) ack 301  ~~>
             --> F. 111:111(0) ack 301   -->
             <-- P. 301:311(10) ack 101  <--
        +0.2 <-- P. 301:311(10) ack 101  <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/fin-overtakes-data-far.pcap'],
    quiet: [
      'kernel/fin-overtakes-data-near.pcap',
      'kernel/reordered-by-the-network-far.pcap',
      'kernel/records-out-of-order.pcap',
      'kernel/frames-missing.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
