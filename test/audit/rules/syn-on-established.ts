import rule from '../../../src/audit/rules/syn-on-established.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const ON = `
  +1  --> P. 201:211(10) ack 301  -->
      <-- .  301:301(0) ack 211   <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the capture begins in an open connection, as its data say',
      ladder: `
            --> .  201:201(0) ack 301     -->
            <-- P. 301:311(10) ack 201    <--
        +1  --> S  9000:9000(0)           -->
            <-- .  311:311(0) ack 201     <--
            --> R  201:201(0) win 0       -->
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
      findings: [{ message: 'hit', data: { cause: 'restarted' }, confidence: 'likely' }],
    },
    {
      name: 'the peer restarted, resets the old connection and opens a new one',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->  ! syn-on-established
            <-- .  301:301(0) ack 201     <--  ! syn-on-established
            --> R  201:201(0) win 0       -->  ! syn-on-established
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
      findings: [
        {
          message: 'hit',
          data: { cause: 'restarted', outcome: 'reopened', number: 9000, copies: 1, continued: 0 },
          packets: [6, 7, 8],
          blame: 'client',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'its supposed sender goes on with the old connection',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0) ttl 50    -->
            <-- .  301:301(0) ack 201     <--
        ${ON}`,
      findings: [
        {
          message: 'hit',
          data: { cause: 'forged', outcome: 'lived', ttl: 50, usualTtl: 64, continued: 1 },
          packets: [6, 7],
          blame: 'attacker',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'with the right TTL too',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
        ${ON}`,
      findings: [{ message: 'hit', data: { cause: 'forged', continued: 1 }, confidence: 'certain' }],
    },
    {
      name: 'two copies from elsewhere, and then nothing',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0) ttl 50    -->
        +1  --> S  9000:9000(0) ttl 50    -->`,
      findings: [
        {
          message: 'hit',
          data: { cause: 'forged', outcome: 'lived', copies: 2 },
          packets: [6],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'nothing tells whose it was',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--`,
      findings: [
        {
          message: 'hit',
          data: { cause: 'unknown', outcome: 'lived' },
          blame: 'client',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'the peer resets it with the number that the challenge told, and does not come back',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
            --> R  201:201(0) win 0       -->`,
      findings: [
        {
          message: 'hit',
          data: { cause: 'restarted', outcome: 'reset', continued: 0 },
          packets: [6, 7, 8],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'a reset from a socket tells of no restart',
      ladder: `${OPEN_IN_USE}
        +5  --> S  9000:9000(0)           -->
            <-- .  301:301(0) ack 201     <--
        +1  <-- R. 301:301(0) ack 201     <--`,
      findings: [{ message: 'hit', data: { cause: 'unknown', outcome: 'reset' }, packets: [6, 7, 8] }],
    },
    {
      name: 'an RST in the window had been challenged before, and a later one is not taken',
      ladder: `${OPEN_IN_USE}
        +1  --> R  301:301(0)             -->
            <-- .  301:301(0) ack 201     <--
        +5  --> S  9000:9000(0)           -->
        +1  --> R  900000:900000(0)       -->`,
      findings: [{ message: 'hit', data: { outcome: 'lived' }, packets: [8] }],
    },
  ],
  quiet: [
    {
      name: 'the capture begins behind what may have been the last FIN',
      ladder: `
            --> .  201:201(0) ack 301     -->
            <-- .  301:301(0) ack 201     <--
        +1  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
    },
    {
      name: 'the SYN of this connection again, late',
      ladder: `${OPEN_IN_USE}
        +1  --> S  100:100(0)             -->
            <-- .  301:301(0) ack 201     <--
        ${ON}`,
    },
    {
      name: 'a SYN in TIME_WAIT',
      ladder: `${OPEN_IN_USE}
        +1  <-- F. 301:301(0) ack 201     <--
            --> F. 201:201(0) ack 302     -->
            <-- .  302:302(0) ack 202     <--
        +5  --> S  9000:9000(0)           -->
            <-- S. 7000:7000(0) ack 9001  <--
            --> .  9001:9001(0) ack 7001  -->`,
    },
    {
      name: 'nothing of the other end was captured',
      ladder: `
            --> S  100:100(0)             -->
            <~~ S. 300:300(0) ack 101     <~~
            --> .  101:101(0) ack 301     -->
        +5  --> S  9000:9000(0)           -->`,
    },
    {
      name: 'both ends had closed, and the last ACK comes late',
      ladder: `${OPEN_IN_USE}
        +1  <-- F. 301:301(0) ack 201     <--
            --> F. 201:201(0) ack 302     -->
        +1  <-- S  9000:9000(0)           <--
            <-- .  302:302(0) ack 202     <--
            --> S. 7000:7000(0) ack 9001  -->
            <-- .  9001:9001(0) ack 7001  <--`,
    },
    {
      name: 'another SYN before the connection is open',
      ladder: `
        --> S  100:100(0)             -->
        <-- S. 300:300(0) ack 101     <--
        --> S  9000:9000(0)           -->`,
    },
    {
      name: 'SYN and FIN together are no attempt to connect',
      ladder: `${OPEN_IN_USE}
        +1  --> FS 9000:9000(0)           -->
        ${ON}`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/forged-syn.pcap',
      'kernel/forged-syn-then-exact-rst.pcap',
      'kernel/rebooted-same-port.pcap',
    ],
    quiet: [
      'kernel/time-wait-old-syn.pcap',
      'kernel/time-wait-reused.pcap',
      'kernel/stale-syn-near.pcap',
      'kernel/lost-syn-ack-near.pcap',
      'kernel/odd-flags.pcap',
      'kernel/simultaneous-open-near.pcap',
    ],
  },
})
