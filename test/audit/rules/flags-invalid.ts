import rule from '../../../src/audit/rules/flags-invalid.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'flags that exclude each other, or lack the ACK',
      ladder: `${OPEN_IN_USE}
        +1  --> FS   9000:9000(0)             -->  ! flags-invalid
            --> SR   9000:9000(0)             -->  ! flags-invalid
            --> FR.  9000:9000(0) ack 301     -->  ! flags-invalid
            --> F    201:201(0)               -->  ! flags-invalid
            --> none 201:201(0)               -->  ! flags-invalid
            --> FPU  201:201(0)               -->  ! flags-invalid
            --> P    201:211(10)              -->  ! flags-invalid
            --> none 201:201(0)               -->  ! flags-invalid
            --> none 201:201(0)               -->`,
      findings: [
        {
          message: 'odd',
          data: {
            kinds: [
              'none',
              'syn-fin',
              'syn-rst',
              'rst-fin',
              'fin-psh-urg',
              'fin-without-ack',
              'data-without-ack',
            ],
            segments: 9,
          },
          packets: [6, 7, 8, 9, 10, 11, 12, 13],
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a scan by segments without flags is one finding',
      crowd: { ladder: '--> none 200:200(0)  -->', count: 5, vary: 'server-port', every: 0.1 },
      findings: [{ message: 'odd', data: { kinds: ['none'], segments: 5 }, count: 5 }],
    },
  ],
  quiet: [
    {
      name: 'urgent data, and a close right behind them',
      ladder: `${OPEN_IN_USE}
        +1  --> FPU. 201:202(1) ack 301  -->
            <-- .    301:301(0) ack 203  <--`,
    },
    {
      name: 'a client gives up before it is answered',
      ladder: `
        --> S    100:100(0)              -->
        --> F    101:101(0)              -->
        <-- S.   300:300(0) ack 101      <--`,
    },
    {
      name: 'a goodbye',
      ladder: `${OPEN_IN_USE}
        +1  --> F.   201:201(0) ack 301  -->
            <-- F.   301:301(0) ack 202  <--
            --> .    202:202(0) ack 302  -->`,
    },
    {
      name: 'a SYN that asks for ECN',
      ladder: '--> SEW 100:100(0) -->',
    },
  ],
  fixtures: {
    reports: [
      'kernel/odd-flags.pcap',
      'kernel/fin-scan.pcap',
      'kernel/null-scan.pcap',
      'kernel/xmas-scan.pcap',
    ],
    quiet: [
      'kernel/ack-scan.pcap',
      'kernel/syn-scan-of-ports.pcap',
      'kernel/connect-scan-of-ports.pcap',
      'kernel/orderly-close-by-client.pcap',
      'kernel/fast-open.pcap',
    ],
  },
})
