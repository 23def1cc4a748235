import rule from '../../../src/audit/rules/defer-accept.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const HANDSHAKE = `
              --> S  100:100(0)           -->
              <-- S. 300:300(0) ack 101   <--  ! defer-accept
              --> .  101:101(0) ack 301   -->  ! defer-accept`

const QUIET = HANDSHAKE.replaceAll('! defer-accept', '')

export default ruleCases(rule, {
  reports: [
    {
      name: 'the first repeat comes at 3 s, and its answer opens the connection',
      ladder: `${HANDSHAKE}
        +3.03 <-- S. 300:300(0) ack 101   <--  ! defer-accept
              --> .  101:101(0) ack 301   -->  ! defer-accept
        +0.1  --> P. 101:106(5) ack 301   -->
              <-- .  301:301(0) ack 106   <--`,
      findings: [
        {
          message: 'deferred',
          data: { after: 3.031e9, opened: true },
          packets: [2, 3, 4, 5],
          blame: 'server',
          severity: 'info',
          confidence: 'possible',
          count: 1,
        },
      ],
    },
    {
      name: 'the first repeat comes at 7 s: no stack waits as long by itself',
      ladder: `${HANDSHAKE}
        +7.05 <-- S. 300:300(0) ack 101   <--  ! defer-accept
              --> .  101:101(0) ack 301   -->`,
      findings: [
        {
          message: 'deferred',
          data: { after: 7.051e9, opened: false },
          packets: [2, 3, 4],
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'several clients of one server are one finding',
      crowd: {
        ladder: `${QUIET}
        +3    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
        count: 3,
        vary: 'client-port',
        every: 0.1,
      },
      findings: [{ message: 'deferred', count: 3, data: { after: 3.001e9 } }],
    },
  ],
  quiet: [
    {
      name: 'the ACK was lost: the first repeat comes at 1 s',
      ladder: `${QUIET}
        +1    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'data come before any repeat: nothing shows the deferral',
      ladder: `${QUIET}
        +1.6  --> P. 101:106(5) ack 301   -->
              <-- .  301:301(0) ack 106   <--`,
    },
    {
      name: 'a repeat at a time that is none of the timer’s',
      ladder: `${QUIET}
        +5    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'the client’s answer to a repeat at 1 s shows that the capture missed that',
      ladder: `${QUIET}
        +1    <~~ S. 300:300(0) ack 101   <~~
              --> .  101:101(0) ack 301   -->
        +2    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->`,
    },
    {
      name: 'much else is lost: so may the repeat at 1 s be',
      ladder: `${QUIET}
        +3    <-- S. 300:300(0) ack 101   <--
              --> .  101:101(0) ack 301   -->
              --x P. 101:106(5) ack 301   --x
        +0.4  --> P. 101:106(5) ack 301   -->
              <-- .  301:301(0) ack 106   <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/defer-accept-without-data.pcap'],
    quiet: [
      'kernel/defer-accept.pcap',
      'kernel/lost-handshake-ack-near.pcap',
      'kernel/lost-handshake-ack-far.pcap',
      'kernel/accept-queue-full.pcap',
      'kernel/syn-cookies-near.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
