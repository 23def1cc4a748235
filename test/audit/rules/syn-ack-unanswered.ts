import rule from '../../../src/audit/rules/syn-ack-unanswered.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const LADDER = `
            --> S  100:100(0)          -->  ! syn-ack-unanswered
            <-- S. 300:300(0) ack 101  <--  ! syn-ack-unanswered
      +1    <-- S. 300:300(0) ack 101  <--  ! syn-ack-unanswered
      +2    <-- S. 300:300(0) ack 101  <--  ! syn-ack-unanswered`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the capture ends before the server gives up',
      ladder: LADDER,
      findings: [
        {
          message: 'unanswered',
          data: { repeats: 2, waited: 3e9, times: [0, 1e9, 3e9], ended: 'trying' },
          packets: [1, 2, 3, 4],
          blame: 'client',
          severity: 'warning',
          confidence: 'likely',
          count: 1,
        },
      ],
    },
    {
      name: 'the server gives up',
      ladder: `${LADDER}
      +4    <-- S. 300:300(0) ack 101  <--  ! syn-ack-unanswered`,
      until: 60,
      findings: [{ message: 'unanswered', data: { repeats: 3, ended: 'gave-up' }, confidence: 'certain' }],
    },
    {
      name: 'many forged addresses are one finding per server',
      crowd: { ladder: LADDER, count: 5, vary: 'client-address', every: 0.01 },
      findings: [{ message: 'unanswered', count: 5, data: { repeats: 10, waited: 3e9 } }],
    },
  ],
  quiet: [
    {
      name: 'one repeat: the capture ends too early to tell',
      ladder: `
            --> S  100:100(0)          -->
            <-- S. 300:300(0) ack 101  <--
      +1    <-- S. 300:300(0) ack 101  <--`,
    },
    {
      name: 'the client repeats its SYN: it is there, and has no SYN-ACK',
      ladder: `
            --> S  100:100(0)          -->
            x-- S. 300:300(0) ack 101  x--
      +1    --> S  100:100(0)          -->
            x-- S. 300:300(0) ack 101  x--
      +1    --> S  100:100(0)          -->
            x-- S. 300:300(0) ack 101  x--`,
    },
    {
      name: 'the client answers at last',
      ladder: `${LADDER.replaceAll('! syn-ack-unanswered', '')}
            --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'the client resets it at last',
      ladder: `${LADDER.replaceAll('! syn-ack-unanswered', '')}
            --> R  101:101(0)          -->`,
    },
    {
      name: 'only the server’s side is captured',
      ladder: `
            ~~> S  100:100(0)          ~~>
            <-- S. 300:300(0) ack 101  <--
      +1    <-- S. 300:300(0) ack 101  <--
      +2    <-- S. 300:300(0) ack 101  <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/syn-ack-never-answered.pcap',
      'kernel/syn-flood-with-cookies.pcap',
      'kernel/syn-flood-without-cookies.pcap',
    ],
    quiet: [
      'kernel/half-open-scan.pcap',
      'kernel/connect-abandoned-near.pcap',
      'kernel/lost-syn-ack-far.pcap',
      'kernel/lost-handshake-ack-far.pcap',
      'kernel/syn-cookies-near.pcap',
      'kernel/one-direction-only-only-server.pcap',
    ],
  },
})
