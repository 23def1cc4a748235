import rule from '../../../src/audit/rules/data-injected.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'the answer of a man on the side is faster than the server’s',
      ladder: `${OPEN}
                --> P. 101:201(100) ack 301                  -->
        +0.002  <-- P. 301:401(100) ack 201 ttl 51 fill 0x41 <--  ! data-injected
                --> .  201:201(0) ack 401                    -->
        +0.02   <-- P. 301:501(200) ack 201                  <--  ! data-injected
                <-- P. 501:601(100) ack 201                  <--
                --> .  201:201(0) ack 601                    -->`,
      findings: [
        {
          message: 'contradicted',
          data: {
            which: 'first',
            number: 301,
            firstBytes: 100,
            secondBytes: 200,
            firstTtl: 51,
            secondTtl: 64,
            conflicts: 1,
          },
          packets: [5, 7],
          blame: 'attacker',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'it is not acknowledged before the server’s own comes',
      ladder: `${OPEN}
                --> P. 101:201(100) ack 301                  -->
        +0.002  <-- P. 301:401(100) ack 201 ttl 51 fill 0x41 <--  ! data-injected
                <-- P. 301:501(200) ack 201                  <--  ! data-injected
                <-- P. 501:601(100) ack 201                  <--
                --> .  201:201(0) ack 601                    -->`,
      findings: [{ message: 'contradicted', data: { which: 'first' }, confidence: 'likely' }],
    },
    {
      name: 'the server is faster',
      ladder: `${OPEN}
                --> P. 101:201(100) ack 301                  -->
        +0.002  <-- P. 301:501(200) ack 201                  <--  ! data-injected
                --> .  201:201(0) ack 501                    -->
                <-- P. 301:401(100) ack 201 ttl 51 fill 0x41 <--  ! data-injected
                --> .  201:201(0) ack 501                    -->
                <-- P. 501:601(100) ack 201                  <--
                --> .  201:201(0) ack 601                    -->`,
      findings: [
        {
          message: 'contradicted',
          data: { which: 'second', firstTtl: 64, secondTtl: 51 },
          packets: [5, 7],
          blame: 'attacker',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'as long, and from as far away',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301            -->
        <-- P. 301:401(100) ack 201 fill 0x41  <--  ! data-injected
        <-- P. 301:401(100) ack 201            <--  ! data-injected
        --> .  201:201(0) ack 401              -->
        <-- P. 401:501(100) ack 201            <--
        --> .  201:201(0) ack 501              -->`,
      findings: [
        {
          message: 'contradicted',
          data: { which: 'unknown', firstTtl: 64, secondTtl: 64 },
          packets: [5, 6],
          blame: null,
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'seven bytes for seven bytes, and nothing follows',
      ladder: `${OPEN}
        --> P. 101:108(7) ack 301 ttl 51 fill 0x41  -->  ! data-injected
        --> P. 101:108(7) ack 301                   -->  ! data-injected
        <-- .  301:301(0) ack 108                   <--`,
      findings: [{ message: 'contradicted', data: { which: 'unknown' }, blame: null }],
    },
    {
      name: 'a third TTL tells nothing of the two',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 ttl 51 fill 0x41  -->  ! data-injected
        --> P. 101:201(100) ack 301 ttl 52            -->  ! data-injected
        <-- .  301:301(0) ack 201                     <--
        --> P. 201:301(100) ack 301                   -->`,
      findings: [{ message: 'contradicted', data: { which: 'unknown' }, blame: null }],
    },
    {
      name: 'again and again, the first two from nowhere',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 fill 0x41         -->  ! data-injected
        --> P. 101:201(100) ack 301                   -->  ! data-injected
        <-- .  301:301(0) ack 201                     <--
        --> P. 201:301(100) ack 301 ttl 51 fill 0x42  -->  ! data-injected
        --> P. 201:301(100) ack 301                   -->  ! data-injected
        <-- .  301:301(0) ack 301                     <--
        --> P. 301:401(100) ack 301 fill 0x43         -->  ! data-injected
        --> P. 301:401(100) ack 301                   -->  ! data-injected
        <-- .  301:301(0) ack 401                     <--
        --> P. 401:501(100) ack 301 fill 0x44         -->  ! data-injected
        --> P. 401:501(100) ack 301                   -->  ! data-injected
        <-- .  301:301(0) ack 501                     <--
        --> P. 501:601(100) ack 301 fill 0x45         -->
        --> P. 501:601(100) ack 301                   -->
        <-- .  301:301(0) ack 601                     <--
        --> P. 601:701(100) ack 301                   -->`,
      findings: [{ message: 'contradicted', data: { which: 'first', number: 201, conflicts: 5 } }],
    },
    {
      name: 'data from beyond the window, of which their sender knows nothing',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                         -->
        <-- .  301:301(0) ack 201                           <--
        --> P. 1000201:1000301(100) ack 301 ttl 51          -->  ! data-injected
        <-- .  301:301(0) ack 201                           <--
        --> P. 201:301(100) ack 301                         -->
        <-- .  301:301(0) ack 301                           <--`,
      findings: [
        {
          message: 'refused',
          data: { number: 1000201, bytes: 100, ttl: 51, usualTtl: 64, continued: 1 },
          packets: [6],
          blame: 'attacker',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'data that acknowledge what was never sent',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                         -->
        <-- .  301:301(0) ack 201                           <--
        --> P. 201:301(100) ack 900301 ttl 51               -->  ! data-injected
        <-- .  301:301(0) ack 201                           <--
        --> .  201:201(0) ack 301                           -->`,
      findings: [{ message: 'refused', data: { number: 201, ttl: 51 } }],
    },
  ],
  quiet: [
    {
      name: 'a repeat of the same bytes',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301         -->
        +0.3  --> P. 101:201(100) ack 301 ttl 51  -->
              <-- .  301:301(0) ack 201           <--`,
    },
    {
      name: 'a repeat with other boundaries, another window and another acknowledgment',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301                  -->
              --> P. 201:301(100) ack 301                  -->
              <-- P. 301:401(100) ack 101                  <--
        +0.3  --> P. 101:301(200) ack 401 win 500 ttl 51   -->
              <-- .  401:401(0) ack 301                    <--`,
    },
    {
      name: 'a repeat with later timestamps',
      ladder: `
              --> S  100:100(0) <TS val 1000 ecr 0>                          -->
              <-- S. 300:300(0) ack 101 <TS val 8000 ecr 1000>               <--
              --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>       -->
              --> P. 101:201(100) ack 301 <nop,nop,TS val 1002 ecr 8000>     -->
        +0.3  --> P. 101:201(100) ack 301 win 77 <nop,nop,TS val 1302 ecr 8001> -->
              <-- .  301:301(0) ack 201 <nop,nop,TS val 8300 ecr 1302>       <--`,
    },
    {
      name: 'a copy that was damaged on the way, long after the first segments',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301                   -->
              --> P. 201:301(100) ack 301                   -->
              --> P. 301:401(100) ack 301                   -->
              <-- .  301:301(0) ack 401                     <--
              --> P. 401:501(100) ack 301 badsum            -->
        +0.3  --> P. 401:501(100) ack 301                   -->
              <-- .  301:301(0) ack 501                     <--
              --> P. 501:601(100) ack 301                   -->
              <-- .  301:301(0) ack 601                     <--`,
    },
    {
      name: 'a byte that probes a closed window',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301           -->
              <-- .  301:301(0) ack 201 win 0       <--
        +0.3  --> .  201:202(1) ack 301 fill 0x00   -->
              <-- .  301:301(0) ack 201 win 0       <--
        +0.6  --> .  201:202(1) ack 301 fill 0x41   -->
              <-- .  301:301(0) ack 201 win 0       <--
              <-- .  301:301(0) ack 201 win 1000    <--
              --> P. 201:301(100) ack 301           -->
              <-- .  301:301(0) ack 301             <--`,
    },
    {
      name: 'a keep-alive with a byte',
      ladder: `${OPEN}
              --> P. 101:102(1) ack 301             -->
              <-- .  301:301(0) ack 102             <--
        +60   --> .  101:102(1) ack 301 fill 0x00   -->
              <-- .  301:301(0) ack 102             <--`,
    },
    {
      name: 'other data from a number that was used before the tuple opened anew',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301 fill 0x41  -->
        <-- R  301:301(0)                      <--
        ${OPEN}
        --x P. 101:201(100) ack 301            --x
  +0.3  --> P. 101:201(100) ack 301            -->
        <-- .  301:301(0) ack 201              <--`,
    },
    {
      name: 'only headers were captured',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301            -->
        --> P. 101:151(50) ack 301 fill 0x41   -->
        <-- .  301:301(0) ack 201              <--`,
      capture: { snaplen: 54 },
    },
    {
      name: 'checksums are left to the card',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301   -->
        --> P. 201:301(100) ack 301   -->
        <-- .  301:301(0) ack 301     <--
        <-- P. 301:401(100) ack 301   <--
        --> P. 101:201(100) ack 401   -->
        --> P. 201:301(100) ack 401   -->
        <-- .  401:401(0) ack 301     <--`,
      capture: { fault: 'segments merged by offload' },
    },
    {
      name: 'their sender goes on from beyond the window, and has the same TTL',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                 -->
        <-- .  301:301(0) ack 201                   <--
        --> P. 1000201:1000301(100) ack 301         -->
        <-- .  301:301(0) ack 201                   <--
        --> P. 201:301(100) ack 301                 -->`,
    },
    {
      name: 'data from beyond the window end the capture',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                 -->
        <-- .  301:301(0) ack 201                   <--
        --> P. 1000201:1000301(100) ack 301 ttl 51  -->
        <-- .  301:301(0) ack 201                   <--`,
    },
    {
      name: 'they are acknowledged after all: the window update was not captured',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                 -->
        <-- .  301:301(0) ack 201 win 1000          <--
        --> P. 1301:1401(100) ack 301 ttl 51        -->
        <-- .  301:301(0) ack 1401                  <--
        --> P. 1401:1501(100) ack 301               -->`,
    },
    {
      name: 'data that were received before, by another way',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301                 -->
        <-- .  301:301(0) ack 201                   <--
        --> P. 101:201(100) ack 301 ttl 51          -->
        <-- .  301:301(0) ack 201                   <--
        --> P. 201:301(100) ack 301                 -->`,
    },
    {
      name: 'an acknowledgment of what was never sent, without data',
      ladder: `${OPEN}
        --> P. 101:201(100) ack 301        -->
        <-- .  301:301(0) ack 201          <--
        --> .  201:201(0) ack 900301 ttl 51  -->
        <-- .  301:301(0) ack 201          <--
        --> P. 201:301(100) ack 301        -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/forged-data.pcap',
      'kernel/forged-answer-first-near.pcap',
      'kernel/forged-answer-first-far.pcap',
      'kernel/forged-answer-late-near.pcap',
      'kernel/forged-answer-late-far.pcap',
      'kernel/forged-data-blind-near.pcap',
      'kernel/forged-data-blind-far.pcap',
      // The sender's own kernel does it: the file had changed.
      'kernel/file-changed-under-repeat.pcap',
    ],
    quiet: [
      'kernel/damaged-on-the-way-far.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/bulk-with-loss-far.pcap',
      'kernel/random-loss-both-ways-near.pcap',
      'kernel/spurious-repeats-far.pcap',
      'kernel/offload-on-at-client.pcap',
      'kernel/offload-on-at-server.pcap',
      'kernel/fast-open-data-ignored.pcap',
      'kernel/window-exceeded-near.pcap',
      'kernel/mtu-black-hole-probed-near.pcap',
      'kernel/nginx-keep-alive-timeout-tls.pcap',
      'kernel/zero-window-for-seconds.pcap',
    ],
  },
})
