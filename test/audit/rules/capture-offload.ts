import rule from '../../../src/audit/rules/capture-offload.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = `
  --> S  100:100(0) <mss 1460>           -->
  <-- S. 300:300(0) ack 101 <mss 1460>   <--
  --> .  101:101(0) ack 301              -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'segments that the card was to cut and to sum',
      ladder: `${OPEN}
        --> P. 101:1561(1460) ack 301   -->
        --> P. 1561:3021(1460) ack 301  -->
        <-- .  301:301(0) ack 3021      <--`,
      capture: { fault: 'segments merged by offload' },
      findings: [
        {
          message: 'ahead',
          data: { hosts: 1, segments: 1, checksums: 1 },
          packets: [4],
          severity: 'info',
          blame: 'capture',
        },
      ],
    },
    {
      name: 'segments that both cards had joined',
      ladder: `${OPEN}
        --> P. 101:3101(3000) ack 301   -->  ! capture-offload
        <-- P. 301:3301(3000) ack 3101  <--  ! capture-offload
        --> .  3101:3101(0) ack 3301    -->`,
      findings: [{ message: 'ahead', data: { hosts: 2, segments: 2, checksums: 0 }, packets: [4, 5] }],
    },
  ],
  quiet: [
    {
      name: 'full segments',
      ladder: `${OPEN}
        --> P. 101:1561(1460) ack 301   -->
        --> P. 1561:3021(1460) ack 301  -->
        <-- .  301:301(0) ack 3021      <--`,
    },
    {
      name: 'jumbo frames, which the ends agreed on',
      ladder: `
        --> S  100:100(0) <mss 8960>           -->
        <-- S. 300:300(0) ack 101 <mss 8960>   <--
        --> .  101:101(0) ack 301              -->
        --> P. 101:5101(5000) ack 301          -->
        <-- .  301:301(0) ack 5101             <--`,
    },
    {
      name: 'a checksum that is wrong, and no card’s',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 badsum  -->
        --> P. 101:201(100) ack 301         -->
        <-- .  301:301(0) ack 201           <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/offload-on-at-client.pcap', 'kernel/offload-on-at-server.pcap'],
    quiet: [
      'kernel/offload-off-at-client.pcap',
      'kernel/offload-off-at-server.pcap',
      'kernel/bulk-without-loss.pcap',
    ],
  },
})
