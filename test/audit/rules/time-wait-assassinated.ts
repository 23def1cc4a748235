import rule from '../../../src/audit/rules/time-wait-assassinated.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const SERVER_CLOSES = `${OPEN}
  <-- F. 301:301(0) ack 101  <--
  --> F. 101:101(0) ack 302  -->  ! time-wait-assassinated
  <-- .  302:302(0) ack 102 id 0x2004  <--`

const CLIENT_CLOSES = `${OPEN}
  --> F. 101:101(0) ack 301  -->
  <-- F. 301:301(0) ack 102  <--
  --> .  102:102(0) ack 302  -->`

const STRAY = `${SERVER_CLOSES}
  +5 --> R 102:102(0) win 0  -->  ! time-wait-assassinated`

export default ruleCases(rule, {
  reports: [
    {
      name: 'an RST that nothing drew',
      ladder: STRAY,
      findings: [
        {
          message: 'ended',
          data: { holder: 'server', lasted: 5.001e9, left: 54.999e9, by: 'stray' },
          packets: [5, 7],
          severity: 'warning',
          confidence: 'certain',
          blame: null,
        },
      ],
    },
    {
      name: 'TIME_WAIT speaks to a peer that has no socket any more',
      ladder: `${SERVER_CLOSES}
        +5 <-- .  302:302(0) ack 102  <--  ! time-wait-assassinated
           --> R  102:102(0) win 0    -->  ! time-wait-assassinated`,
      findings: [{ message: 'ended', data: { by: 'answer' }, packets: [5, 7, 8], blame: 'network' }],
    },
    {
      name: 'the network doubled its last ACK',
      ladder: `${SERVER_CLOSES}
        +0.00001 <-- . 302:302(0) ack 102 id 0x2004  <--
                 --> R 102:102(0) win 0              -->`,
      variants: { ipv4Only: true },
      findings: [{ message: 'ended', data: { by: 'answer' }, packets: [5, 7, 8] }],
    },
    {
      name: 'what TIME_WAIT said long before has not drawn it',
      ladder: `${SERVER_CLOSES}
        +5 <-- .  302:302(0) ack 102  <--
        +3 --> R  102:102(0) win 0    -->`,
      findings: [{ message: 'ended', data: { by: 'stray' }, packets: [5, 8] }],
    },
    {
      name: 'an application that will not wait for the goodbye',
      ladder: `${SERVER_CLOSES}
        --> R. 102:102(0) ack 302 win 500  -->`,
      findings: [{ message: 'ended', data: { by: 'abort' }, severity: 'notice', blame: 'client' }],
    },
    {
      name: 'the client holds the TIME_WAIT, the server will not wait',
      ladder: `${CLIENT_CLOSES}
        <-- R. 302:302(0) ack 102 win 500  <--`,
      findings: [{ message: 'ended', data: { holder: 'client', by: 'abort' }, blame: 'server' }],
    },
    {
      name: 'several connections of one server',
      crowd: { ladder: STRAY, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'ended', data: { left: 54.999e9 }, count: 3 }],
    },
  ],
  quiet: [
    { name: 'TIME_WAIT runs its minute', ladder: SERVER_CLOSES, until: 70 },
    {
      name: 'an RST that is not exact is ignored',
      ladder: `${SERVER_CLOSES}
        +5 --> R 103:103(0) win 0  -->`,
      until: 70,
    },
    {
      name: 'an RST behind the minute meets nobody',
      ladder: `${SERVER_CLOSES}
        +65 --> R 102:102(0) win 0  -->`,
    },
    {
      name: 'a reset in FIN_WAIT_2',
      ladder: `${OPEN}
        <-- F. 301:301(0) ack 101  <--
        --> .  101:101(0) ack 302  -->
        --> R. 101:101(0) ack 302  -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/time-wait-rst.pcap',
      'kernel/doubled-by-the-network-near.pcap',
      'kernel/doubled-by-the-network-far.pcap',
      'kernel/time-wait-old-syn.pcap',
      'kernel/time-wait-syn-refused-repeatedly.pcap',
    ],
    quiet: [
      'kernel/time-wait-expiry.pcap',
      'kernel/time-wait-reused.pcap',
      'kernel/time-wait-thousand.pcap.gz',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
