import rule from '../../../src/audit/rules/capture-truncated.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const VISIT = `
  --> S  100:100(0) <mss 1460,sackOK>          -->
  <-- S. 300:300(0) ack 101 <mss 1460,sackOK>  <--
  --> .  101:101(0) ack 301                    -->
  --> P. 101:1101(1000) ack 301                -->
  <-- .  301:301(0) ack 1101                   <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'options are cut off',
      ladder: VISIT,
      capture: { snaplen: 54 },
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'headers',
          data: { packets: 2, length: 54 },
          packets: [1, 2],
          severity: 'notice',
          blame: 'capture',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the file ends in a packet',
      ladder: VISIT,
      capture: { missingBytes: 10 },
      variants: { ipv4Only: true },
      findings: [{ message: 'stopped', data: { packet: 4, file: 1, files: 1 }, packets: [] }],
    },
  ],
  quiet: [
    { name: 'whole packets', ladder: VISIT },
    {
      name: 'payloads are cut, headers not',
      ladder: VISIT,
      capture: { snaplen: 62 },
      variants: { ipv4Only: true },
    },
    {
      name: 'the network damaged a packet',
      ladder: `${VISIT}
        --> P. 1101:1201(100) ack 301 badsum  -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/few-bytes-of-each-frame-headers-only.pcap',
      'kernel/few-bytes-of-each-frame-headers-cut.pcap',
    ],
    quiet: [
      'kernel/bulk-without-loss.pcap',
      'kernel/offload-on-at-client.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
