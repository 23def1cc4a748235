import rule from '../../../src/audit/rules/abortive-close.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const REQUEST = `${OPEN}
  --> P. 101:111(10) ack 301  -->
  <-- .  301:301(0) ack 111   <--`

const ANSWERED = `${REQUEST}
  <-- P. 301:321(20) ack 111  <--
  --> .  111:111(0) ack 321   -->`

const BY_SERVER = `${ANSWERED}
  +1 <-- R. 321:321(0) ack 111  <--  ! abortive-close`

const WITH_TIMESTAMPS = `
  --> S  100:100(0) <mss 1460,TS val 1000 ecr 0>                      -->
  <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>           <--
  --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>            -->
  --> P. 101:111(10) ack 301 <nop,nop,TS val 1002 ecr 8000>           -->
  <-- P. 301:321(20) ack 111 <nop,nop,TS val 8003 ecr 1002>           <--
  --> .  111:111(0) ack 321 <nop,nop,TS val 1004 ecr 8003>            -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the server answers and resets',
      ladder: BY_SERVER,
      findings: [
        {
          message: 'byServer',
          data: { reason: 'abort', open: true, after: 1.006e9, unacknowledged: 0 },
          packets: [8],
          blame: 'server',
          severity: 'notice',
          confidence: 'likely',
          count: 1,
        },
      ],
    },
    {
      name: 'the server has read nothing, it seems: it never says a word',
      ladder: `${REQUEST}
        +1 <-- R. 301:301(0) ack 111  <--`,
      findings: [{ message: 'byServer', data: { reason: 'unread-data', open: true }, packets: [6] }],
    },
    {
      name: 'the client had received nothing that it could leave unread',
      ladder: `${REQUEST}
        +1 --> R. 111:111(0) ack 301  -->`,
      findings: [
        { message: 'byClient', data: { reason: 'abort', open: false }, packets: [6], blame: 'client' },
      ],
    },
    {
      name: 'a reset in CLOSE_WAIT stands for a FIN too',
      ladder: `${ANSWERED}
        --> F. 111:111(0) ack 321  -->
        <-- .  321:321(0) ack 112  <--
        <-- R. 321:321(0) ack 112  <--`,
      findings: [{ message: 'byServer', packets: [10] }],
    },
    {
      name: 'the answer was on its way and is lost',
      ladder: `${REQUEST}
        <-- P. 301:321(20) ack 111    <--
        <-- R. 321:321(0) ack 111     <--`,
      findings: [{ message: 'byServer', data: { unacknowledged: 20 } }],
    },
    {
      name: 'twenty of one server port',
      crowd: { ladder: BY_SERVER, count: 20, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'byServer', count: 20, severity: 'warning' }],
    },
    {
      name: 'nineteen are no habit yet',
      crowd: { ladder: BY_SERVER, count: 19, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'byServer', count: 19, severity: 'notice' }],
    },
  ],
  quiet: [
    {
      name: 'closed by FIN',
      ladder: `${ANSWERED}
        <-- F. 321:321(0) ack 111  <--
        --> F. 111:111(0) ack 322  -->
        <-- .  322:322(0) ack 112  <--`,
    },
    {
      name: 'a health check: connect and reset, without a byte',
      ladder: `${OPEN}
        --> R. 101:101(0) ack 301  -->`,
    },
    {
      name: 'a reset behind its own FIN',
      ladder: `${ANSWERED}
        <-- F. 321:321(0) ack 111  <--
        <-- R. 322:322(0) ack 111  <--`,
    },
    {
      name: 'a reset that is challenged and does not take effect',
      ladder: `${ANSWERED}
        +1 <-- R. 331:331(0) ack 111  <--
           --> .  111:111(0) ack 321  -->`,
    },
    {
      name: 'a forged reset',
      ladder: `${WITH_TIMESTAMPS}
        +1 <-- R. 321:321(0) ack 111 ttl 50  <--`,
    },
    {
      name: 'a host that has forgotten the connection',
      ladder: `${ANSWERED}
        +1 --> P. 111:121(10) ack 321  -->
           <-- R  321:321(0) win 0     <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/abortive-closes.pcap',
      'kernel/linger0-reset-near.pcap',
      'kernel/linger0-reset-far.pcap',
      'kernel/close-with-unread-data.pcap',
      'kernel/unread-data-at-every-close.pcap',
      'kernel/killed-process-with-unread-data.pcap',
      'kernel/server-never-reads-then-closes.pcap',
      'kernel/reset-behind-answer.pcap',
      'kernel/disconnect-reset.pcap',
    ],
    quiet: [
      'kernel/health-checks-by-reset.pcap',
      'kernel/health-checks-by-fin.pcap',
      'kernel/killed-process.pcap',
      'kernel/data-after-close.pcap',
      'kernel/rebooted-server.pcap',
      'kernel/forged-rst-exact.pcap',
      'kernel/forged-rst-in-window.pcap',
      'kernel/forged-rst-indistinct-near.pcap',
      'kernel/queue-overflow-aborted.pcap',
      'kernel/keep-alive-unanswered-near.pcap',
      'kernel/middlebox-forgets-and-resets-near.pcap',
      'kernel/refused.pcap',
    ],
  },
})
