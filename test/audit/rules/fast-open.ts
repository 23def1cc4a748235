import rule from '../../../src/audit/rules/fast-open.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const TAKEN = `
        --> S  100:106(6) <tfo 0011223344556677>  -->  ! fast-open
        <-- S. 300:300(0) ack 107                 <--  ! fast-open
        --> .  107:107(0) ack 301                 -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a cookie is asked for and granted',
      ladder: `
        --> S  100:100(0) <tfo>                           -->  ! fast-open
        <-- S. 300:300(0) ack 101 <tfo 0011223344556677>  <--  ! fast-open
        --> .  101:101(0) ack 301                         -->`,
      findings: [
        {
          message: 'asked',
          data: { granted: true },
          packets: [1, 2],
          blame: null,
          severity: 'info',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'a cookie is asked for, in vain',
      ladder: `
        --> S  100:100(0) <tfo>    -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->`,
      findings: [{ message: 'asked', data: { granted: false }, severity: 'info' }],
    },
    {
      name: 'data with a cookie, taken',
      ladder: TAKEN,
      findings: [{ message: 'taken', data: { bytes: 6 }, packets: [1, 2], severity: 'info', blame: null }],
    },
    {
      name: 'the server ignores the data and has no cookie',
      ladder: `
        --> S  100:106(6) <tfo 0011223344556677>  -->  ! fast-open
        <-- S. 300:300(0) ack 101                 <--  ! fast-open
        --> P. 101:107(6) ack 301                 -->
        <-- S. 300:300(0) ack 101                 <--`,
      findings: [
        {
          message: 'ignored',
          data: { bytes: 6, renewed: false },
          packets: [1, 2],
          severity: 'notice',
          blame: 'server',
        },
      ],
    },
    {
      name: 'the server ignores the data and sends another cookie',
      ladder: `
        --> S  100:106(6) <tfo 0011223344556677>          -->
        <-- S. 300:300(0) ack 101 <tfo 8899aabbccddeeff>  <--
        --> P. 101:107(6) ack 301                         -->`,
      findings: [{ message: 'ignored', data: { bytes: 6, renewed: true } }],
    },
    {
      name: 'many are one finding per server',
      crowd: { ladder: TAKEN, count: 3, vary: 'client-port', every: 0.1 },
      findings: [{ message: 'taken', count: 3, data: { bytes: 18 } }],
    },
  ],
  quiet: [
    {
      name: 'the SYN is sent again without data: what became of the first is not known',
      ladder: `
            --> S  100:106(6) <tfo 0011223344556677>  -->
        +1  --> S  100:100(0)                         -->
            <-- S. 300:300(0) ack 101                 <--
            --> P. 101:107(6) ack 301                 -->`,
    },
    {
      name: 'data on a SYN without the option',
      ladder: `
        --> S  100:106(6)          -->
        <-- S. 300:300(0) ack 107  <--
        --> .  107:107(0) ack 301  -->`,
    },
    {
      name: 'an ordinary SYN, sent twice',
      ladder: `
            --> S  100:100(0)          -->
        +1  --> S  100:100(0)          -->
            <-- S. 300:300(0) ack 101  <--
            --> .  101:101(0) ack 301  -->`,
    },
    {
      name: 'a cookie, and no data to send',
      ladder: `
        --> S  100:100(0) <tfo 0011223344556677>  -->
        <-- S. 300:300(0) ack 101                 <--
        --> .  101:101(0) ack 301                 -->`,
    },
    {
      name: 'nobody answers',
      ladder: '--> S 100:106(6) <tfo 0011223344556677> -->',
    },
  ],
  fixtures: {
    reports: [
      'kernel/fast-open.pcap',
      'kernel/fast-open-closed-early-near.pcap',
      'kernel/fast-open-closed-early-far.pcap',
      'kernel/fast-open-data-ignored.pcap',
      'kernel/fast-open-cookie-refused.pcap',
    ],
    quiet: [
      'kernel/syn-with-data-ignored.pcap',
      'kernel/syn-with-data-taken.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
