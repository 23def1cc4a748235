import rule from '../../../src/audit/rules/stale-syn.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const STALE = `
  --> S  900:900(0)          -->  ! stale-syn
  <-- S. 300:300(0) ack 901  <--  ! stale-syn
  --> R  901:901(0) win 0    -->  ! stale-syn`

const REAL = `
  --> S  100:100(0)          -->  ! stale-syn
  <-- S. 700:700(0) ack 101  <--
  --> .  101:101(0) ack 701  -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the real SYN had passed before and was lost',
      ladder: `
             --x S  100:100(0)          --x
        +0.1 ${STALE.trim()}
        ${REAL}`,
      findings: [
        {
          message: 'answered',
          data: { delay: 0.003e9, wasWaiting: true },
          packets: [2, 3, 4, 5],
          blame: 'network',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'captured behind the loss',
      ladder: `${STALE}${REAL}`,
      findings: [
        { message: 'answered', data: { wasWaiting: false }, packets: [1, 2, 3, 4], confidence: 'likely' },
      ],
    },
    {
      name: 'just soon enough',
      ladder: `${STALE}
        +0.5 ${REAL.trim()}`,
      findings: [{ message: 'answered' }],
    },
    {
      name: 'other attempt than the one that was waiting',
      ladder: `
             --x S  500:500(0)          --x
        +0.1 ${STALE.trim()}
        ${REAL}`,
      findings: [{ message: 'answered', data: { wasWaiting: false }, confidence: 'likely' }],
    },
  ],
  quiet: [
    {
      name: 'an attempt that was given up, and another one on the same port later',
      ladder: `
           --> S  900:900(0)          -->
           <-- S. 300:300(0) ack 901  <--
           --> R  901:901(0) win 0    -->
        +1 --> S  100:100(0)          -->
           <-- S. 700:700(0) ack 101  <--
           --> .  101:101(0) ack 701  -->`,
    },
    {
      name: 'a scanner that never completes a handshake',
      ladder: `
        --> S  900:900(0)          -->
        <-- S. 300:300(0) ack 901  <--
        --> R  901:901(0) win 0    -->
        --> S  100:100(0)          -->
        <-- S. 700:700(0) ack 101  <--
        --> R  101:101(0) win 0    -->`,
    },
    {
      name: 'the client aborts, and connects again',
      ladder: `
        --> S  900:900(0)          -->
        <-- S. 300:300(0) ack 901  <--
        --> R. 901:901(0) ack 301  -->
        --> S  100:100(0)          -->
        <-- S. 700:700(0) ack 101  <--
        --> .  101:101(0) ack 701  -->`,
    },
    {
      name: 'an open connection is reset, and another one opened',
      ladder: `
        --> S  900:900(0)          -->
        <-- S. 300:300(0) ack 901  <--
        --> .  901:901(0) ack 301  -->
        --> R  901:901(0) win 0    -->
        --> S  100:100(0)          -->
        <-- S. 700:700(0) ack 101  <--
        --> .  101:101(0) ack 701  -->`,
    },
    {
      name: 'refused, and another attempt at once',
      ladder: `
        --> S  900:900(0)              -->
        <-- R. 0:0(0) ack 901 win 0    <--
        --> S  100:100(0)              -->
        <-- S. 700:700(0) ack 101      <--
        --> .  101:101(0) ack 701      -->`,
    },
    {
      name: 'nobody saw an answer',
      ladder: `
        --> S  900:900(0)          -->
        --> R  901:901(0) win 0    -->
        --> S  100:100(0)          -->
        <-- S. 700:700(0) ack 101  <--
        --> .  101:101(0) ack 701  -->`,
    },
    {
      name: 'a new SYN instead of the one that was lost',
      ladder: `
             --x S  900:900(0)          --x
        +0.1 --> S  100:100(0)          -->
             <-- S. 700:700(0) ack 101  <--
             --> .  101:101(0) ack 701  -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/stale-syn-near.pcap', 'kernel/stale-syn-far.pcap'],
    quiet: [
      'kernel/half-open-scan.pcap',
      'kernel/refused-then-listening.pcap',
      'kernel/time-wait-syn-refused-repeatedly.pcap',
      'kernel/simultaneous-open-near.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
