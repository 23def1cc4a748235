import rule from '../../../src/audit/rules/half-open.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const TRIES = `
  +0.3  --> P. 201:211(10) ack 301  -->
  +0.6  --> P. 201:211(10) ack 301  -->
  +1.2  --> P. 201:211(10) ack 301  -->
  +2.4  --> P. 201:211(10) ack 301  -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a host that has no such socket answers by an RST',
      ladder: `${OPEN_IN_USE}
        +5  --> P. 201:211(10) ack 301  -->
            <-- R  301:301(0) win 0     <--  ! half-open`,
      findings: [
        {
          message: 'peer-restarted',
          data: { reasons: ['forgotten'], reopened: false },
          packets: [7],
          blame: 'server',
          severity: 'warning',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'behind a minute of silence it may be a middlebox that forgot',
      ladder: `${OPEN_IN_USE}
        +70 --> P. 201:211(10) ack 301  -->
            <-- R  301:301(0) win 0     <--`,
      findings: [{ message: 'peer-restarted', data: { reasons: ['forgotten', 'idle-middlebox'] } }],
    },
    {
      name: 'it comes back on the same port',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0) win 0       -->
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
      findings: [
        {
          message: 'peer-restarted',
          data: { reopened: true },
          packets: [8],
          blame: 'client',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'the other end repeats its data until it gives up',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301  -->
        ${TRIES}`,
      until: 60,
      findings: [
        {
          message: 'peer-vanished',
          data: { tries: 4, waited: 4.2e9, by: 'data' },
          packets: [7, 10],
          blame: 'server',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'an answer to a probe is no try',
      ladder: `${OPEN_IN_USE}
        +10 <-- .  300:300(0) ack 201   <--
            --> .  201:201(0) ack 301   -->
        +5  --> P. 201:211(10) ack 301  -->
        ${TRIES}`,
      until: 80,
      findings: [{ message: 'peer-vanished', data: { tries: 4 } }],
    },
    {
      name: 'keep-alive probes stay unanswered until an RST gives up',
      ladder: `${OPEN_IN_USE}
        +10 --> .  200:200(0) ack 301   -->
        +1  --> .  200:200(0) ack 301   -->
        +1  --> .  200:200(0) ack 301   -->
        +1  --> R. 201:201(0) ack 301   -->`,
      findings: [
        {
          message: 'peer-vanished',
          data: { tries: 3, by: 'keep-alive' },
          packets: [6, 8, 9],
          blame: 'server',
          confidence: 'certain',
        },
      ],
    },
  ],
  quiet: [
    {
      name: 'the capture begins behind what may have been its FIN',
      ladder: `
            <-- .  301:301(0) ack 201       <--
        +1  --> P. 201:211(10) ack 301      -->
            <-- R  301:301(0) win 0         <--`,
    },
    {
      name: 'the peer had closed',
      ladder: `${OPEN_IN_USE}
        +1  <-- F. 301:301(0) ack 201   <--
            --> .  201:201(0) ack 302   -->
        +1  --> P. 201:211(10) ack 302  -->
            <-- R  302:302(0) win 0     <--`,
    },
    {
      name: 'its FIN was on the way when the RST left',
      ladder: `${OPEN_IN_USE}
        +5      --> P. 201:211(10) ack 301  -->
                <-- R  301:301(0) win 0     <--
        +0.0002 <-- F. 301:301(0) ack 201   <--`,
    },
    {
      name: 'the peer resets it from its socket',
      ladder: `${OPEN_IN_USE}
        +5  --> P. 201:211(10) ack 301  -->
            <-- R. 301:301(0) ack 201   <--`,
    },
    {
      name: 'the RST comes from elsewhere',
      ladder: `${OPEN_IN_USE}
            <-- P. 301:311(10) ack 201  <--
            --> P. 201:211(10) ack 311  -->
            <-- R  311:311(0) win 0 ttl 61  <--`,
    },
    {
      name: 'a middlebox with another TTL resets what was idle',
      ladder: `${OPEN_IN_USE}
        +60 --> P. 201:211(10) ack 301      -->
            <-- R  301:301(0) win 0 ttl 63  <--`,
    },
    {
      name: 'a client that never answers the SYN-ACK was never there',
      ladder: `
        --> S  100:100(0)               -->
        <-- S. 300:300(0) ack 101       <--
        +1  <-- S. 300:300(0) ack 101   <--
        +2  <-- S. 300:300(0) ack 101   <--
        +4  <-- S. 300:300(0) ack 101   <--
        +8  <-- S. 300:300(0) ack 101   <--
        +16 <-- S. 300:300(0) ack 101   <--`,
      until: 150,
    },
    {
      name: 'it gives up after a few tries in no time',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301       -->
        +0.01  --> P. 201:211(10) ack 301  -->
        +0.02  --> P. 201:211(10) ack 301  -->
        +0.04  --> P. 201:211(10) ack 301  -->`,
      until: 60,
    },
    {
      name: 'it still tries when the capture ends',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301  -->
        ${TRIES}`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/rebooted-server.pcap',
      'kernel/rebooted-same-port.pcap',
      'kernel/host-vanished-near.pcap',
      'kernel/host-vanished-far.pcap',
      'kernel/lost-reset-far.pcap',
      'kernel/keep-alive-unanswered-near.pcap',
    ],
    quiet: [
      'kernel/lost-reset-near.pcap',
      'kernel/killed-process-then-data.pcap',
      'kernel/data-after-close.pcap',
      'kernel/keep-alive-race.pcap',
      'kernel/middlebox-forgets-and-resets-near.pcap',
      'kernel/back-off-for-a-minute.pcap',
      'kernel/forged-rst-exact.pcap',
      'kernel/last-ack-never-arrives.pcap',
      'kernel/syn-ack-never-answered.pcap',
      'kernel/queue-overflow-aborted.pcap',
    ],
  },
})
