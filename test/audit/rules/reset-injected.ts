import rule from '../../../src/audit/rules/reset-injected.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = `
  --> S  100:100(0)             -->
  <-- S. 300:300(0) ack 101     <--
  --> .  101:101(0) ack 301     -->
  --> P. 101:201(100) ack 301   -->
  <-- .  301:301(0) ack 201     <--
  <-- P. 301:401(100) ack 201   <--
  --> .  201:201(0) ack 401     -->`

const ON = `
  +0.1  <-- P. 401:501(100) ack 201   <--
        <-- P. 501:601(100) ack 201   <--
        <-- P. 601:701(100) ack 201   <--
        <-- P. 701:801(100) ack 201   <--`

const OPEN_WITH_TIMESTAMPS = `
  --> S  100:100(0) <TS val 1 ecr 0>              -->
  <-- S. 300:300(0) ack 101 <TS val 900 ecr 1>    <--
  --> .  101:101(0) ack 301 <TS val 2 ecr 900>    -->
  --> P. 101:201(100) ack 301 <TS val 2 ecr 900>  -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'an exact RST of another TTL, and its source goes on',
      ladder: `${OPEN}
        +1  <-- R  401:401(0) win 0 ttl 61    <--  ! reset-injected
        ${ON}
        --> R  201:201(0) win 0               -->`,
      findings: [
        {
          message: 'tookEffect',
          data: {
            signs: ['ttl', 'continues'],
            form: 'passive',
            number: 401,
            ttl: 61,
            usualTtl: 64,
            continued: 4,
          },
          packets: [8, 9, 10, 11],
          blame: 'attacker',
          severity: 'critical',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'one in the window is challenged, and its source goes on',
      ladder: `${OPEN}
        +1  <-- R  500:500(0) win 0           <--
            --> .  201:201(0) ack 401         -->
        +1  <-- P. 401:501(100) ack 201       <--
            --> .  201:201(0) ack 501         -->`,
      findings: [
        {
          message: 'withoutEffect',
          data: { signs: ['continues'], effect: 'challenged', continued: 1 },
          severity: 'warning',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'the receiver does not take an exact one, as what it sends on shows',
      ladder: `${OPEN}
        +1  <-- R  401:401(0) win 0 ttl 61    <--
        +1  --> P. 201:301(100) ack 401       -->
            <-- .  401:401(0) ack 301         <--`,
      findings: [{ message: 'withoutEffect', data: { effect: 'dropped' }, confidence: 'certain' }],
    },
    {
      name: 'what a socket would have sent has timestamps, and an IP ID of its series',
      ladder: `
        --> S  100:100(0) <TS val 1 ecr 0>             -->
        <-- S. 300:300(0) ack 101 <TS val 900 ecr 1>   <--
        --> .  101:101(0) ack 301 <TS val 2 ecr 900>   -->
        <-- P. 301:401(100) ack 101 <TS val 901 ecr 2>  id 0x0100 <--
        <-- R. 401:401(0) ack 101 win 512 id 0x9000    <--
        +1  <-- P. 401:501(100) ack 101 <TS val 999 ecr 2> id 0x0101 <--`,
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'tookEffect',
          data: { signs: ['no-timestamps', 'ip-id', 'continues'], form: 'active' },
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'it bears no sign but two: its number is old, and its TTL other',
      ladder: `${OPEN}
        +1  <-- R. 350:350(0) ack 201 win 99 ttl 50    <--`,
      findings: [{ message: 'withoutEffect', data: { signs: ['ttl', 'below-sent'] }, confidence: 'likely' }],
    },
    {
      name: 'two back to back, with rising numbers that nobody acknowledged',
      ladder: `${OPEN}
        +1  <-- R. 401:401(0) ack 201 ttl 61    <--
            <-- R. 1861:1861(0) ack 201 ttl 61  <--`,
      findings: [
        { message: 'tookEffect', data: { signs: ['ttl', 'seq-change'], number: 401 }, confidence: 'likely' },
        { message: 'withoutEffect', data: { signs: ['ttl', 'seq-change'], number: 1861 } },
      ],
    },
    {
      name: 'two back to back that acknowledge different numbers',
      ladder: `${OPEN}
        +1  <-- R. 401:401(0) ack 201 ttl 61    <--
            <-- R. 401:401(0) ack 191 ttl 61    <--`,
      findings: [
        { message: 'tookEffect', data: { signs: ['ttl', 'ack-change'] }, confidence: 'likely' },
        { message: 'withoutEffect', data: { signs: ['ttl', 'ack-change'] } },
      ],
    },
    {
      name: 'its IP ID is far from the series that its source had counted before',
      ladder: `
        --> S  100:100(0) id 0x0100                    -->
        <-- S. 300:300(0) ack 101                      <--
        --> .  101:101(0) ack 301 id 0x0101            -->
        --> P. 101:201(100) ack 301 id 0x0102          -->
        <-- .  301:301(0) ack 201                      <--
        +1  --> R. 201:201(0) ack 301 ttl 61 id 0x9000 -->`,
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'tookEffect',
          data: { signs: ['ttl', 'ip-id'], favour: ['next-number'] },
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'its source had closed, and answers nothing',
      ladder: `${OPEN}
        +1  --> F. 201:201(0) ack 401                -->
            <-- F. 401:401(0) ack 202                <--
            --> .  202:202(0) ack 402                -->
        +1  <-- R  402:402(0) ttl 61                 <--`,
      variants: { ipv4Only: true },
      findings: [{ message: 'tookEffect', data: { signs: ['ttl', 'no-socket'] }, confidence: 'likely' }],
    },
    {
      name: 'of many the first eight are judged',
      ladder: `${OPEN}
        +1  <-- R  401:401(0) win 0 ttl 61    <--
            <-- R  402:402(0) win 0 ttl 61    <--
            <-- R  403:403(0) win 0 ttl 61    <--
            <-- R  404:404(0) win 0 ttl 61    <--
            <-- R  405:405(0) win 0 ttl 61    <--
        ${ON}`,
      findings: [{ message: 'tookEffect' }, { message: 'withoutEffect' }],
    },
  ],
  quiet: [
    {
      name: 'a passive RST with number 0, in answer to a segment without ACK, is genuine',
      ladder: `${OPEN}
        +1  <-- R. 401:401(0) ack 201 win 0   <--
        +1  --> S  9000:9000(0)               -->
            <-- R. 0:0(0) ack 9001 win 0      <--`,
      variants: { numbersAsWritten: true },
    },
    {
      name: 'an RST of the process that was killed',
      ladder: `${OPEN}
        +1  <-- R. 401:401(0) ack 201         <--`,
    },
    {
      name: 'a passive RST repeats the number of what drew it',
      ladder: `${OPEN}
            <-- P. 401:501(100) ack 201       <--
            --> P. 201:301(100) ack 401       -->
            <-- R  401:401(0) win 0           <--`,
    },
    {
      name: 'each segment that was under way draws an RST with its own acknowledgment',
      ladder: `${OPEN}
        +1  <-- P. 401:451(50) ack 201    <--
            <-- P. 451:501(50) ack 201    <--
            --> .  201:201(0) ack 451     -->
            --> P. 201:211(10) ack 501    -->
            <-- R  451:451(0) win 0       <--
            <-- R  501:501(0) win 0       <--`,
    },
    {
      name: 'what was under way when the RST left comes a moment later',
      ladder: `${OPEN}
        +1      <-- R. 501:501(0) ack 201     <--
        +0.001  <-- P. 401:501(100) ack 201   <--`,
    },
    {
      name: 'what had been sent before it comes long after it, as its timestamp tells',
      ladder: `${OPEN_WITH_TIMESTAMPS}
        +0.2   <-- R. 301:301(0) ack 201 win 512 <TS val 1100 ecr 2>  <--
        +0.25  <-- .  301:301(0) ack 201 <TS val 901 ecr 2>           <--`,
    },
    {
      name: 'a copy of what had passed before, without timestamps',
      ladder: `${OPEN}
        +1     <-- R. 401:401(0) ack 201        <--
        +0.05  <-- P. 301:401(100) ack 201      <--`,
    },
    {
      name: 'a segment without ACK in its source’s name: no stack sends one',
      ladder: `${OPEN}
        +1    <-- R. 401:401(0) ack 201         <--
        +0.3  <-- FPU 401:402(1)                <--`,
    },
    {
      name: 'one in its source’s name that acknowledges what was never sent',
      ladder: `${OPEN}
        +1    <-- R. 401:401(0) ack 201         <--
        +0.3  <-- .  401:401(0) ack 99999999    <--`,
    },
    {
      name: 'a late copy of the SYN draws another SYN-ACK from a server that has reset the connection',
      ladder: `${OPEN}
        +0.1   <-- R. 401:401(0) ack 201         <--
        +0.05  <-- S. 70300:70300(0) ack 101     <--
               --> R  101:101(0) win 0           -->`,
    },
    {
      name: 'a segment of its peer came late, and it repeats that one’s acknowledgment; another way, so that its TTL differs',
      ladder: `${OPEN}
        +1  <-- P. 401:501(100) ack 201       <--
            --> .  201:201(0) ack 501         -->
            <-- F. 501:501(0) ack 201         <--
            --> F. 201:201(0) ack 502         -->
            <-- .  502:502(0) ack 202         <--
        +0.1 <-- R  401:401(0) win 0 ttl 61    <--`,
    },
    {
      name: 'the network has doubled an RST of its own: same IP ID, same timestamp',
      ladder: `${OPEN_WITH_TIMESTAMPS}
        <-- .  301:301(0) ack 201 <TS val 901 ecr 2> id 0x7000          <--
        +0.02  <-- S  9000:9000(0)                                              <--
               --> .  201:201(0) ack 301 <TS val 30 ecr 901>                    -->
        +0.1   <-- R. 301:301(0) ack 201 win 512 <TS val 1100 ecr 2> id 0x7001  <--
        +0.04  <-- R. 301:301(0) ack 201 win 512 <TS val 1100 ecr 2> id 0x7001  <--`,
      variants: { ipv4Only: true },
    },
    {
      name: 'its FIN was late: an RST beyond it is challenged, and what answers the challenge has its number',
      ladder: `${OPEN_WITH_TIMESTAMPS}
        <-- .  301:301(0) ack 201 <TS val 901 ecr 2>         <--
        +0.2    <-- R. 302:302(0) ack 201 win 512 <TS val 1101 ecr 2>  <--
                --> .  201:201(0) ack 301 <TS val 202 ecr 901>         -->
        +0.0001 <-- R  301:301(0) win 0                                <--
        +0.2    <-- F. 301:301(0) ack 201 win 512 <TS val 1090 ecr 2>  <--
                --> R  201:201(0) win 0                                -->`,
    },
    {
      name: 'a SYN is refused, and the server listens when it comes again',
      ladder: `
        --> S  100:100(0)                 -->
        <-- R. 0:0(0) ack 101 win 0       <--
        +1 --> S  100:100(0)              -->
        <-- S. 300:300(0) ack 101         <--
        --> .  101:101(0) ack 301         -->
        --> P. 101:201(100) ack 301       -->
        <-- .  301:301(0) ack 201         <--`,
      variants: { numbersAsWritten: true },
    },
    {
      name: 'its peer goes on, who has not got it yet',
      ladder: `${OPEN}
        +1      <-- R. 401:401(0) ack 201     <--
        +0.05   --> P. 201:301(100) ack 401   -->
                <-- R  401:401(0) win 0       <--`,
    },
    {
      name: 'an RST in the handshake',
      ladder: `
        --> S  100:100(0)              -->
        <-- S. 300:300(0) ack 101      <--
        --> R  101:101(0) win 0 ttl 60 -->`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/forged-rst-exact.pcap',
      'kernel/forged-rst-in-window.pcap',
      'kernel/forged-rst-outside.pcap',
      'kernel/forged-rst-to-client.pcap',
      'kernel/forged-rst-wrong-ttl-near.pcap',
      'kernel/forged-rst-wrong-ip-id-far.pcap',
      'kernel/forged-rst-too-late.pcap',
    ],
    quiet: [
      'kernel/linger0-reset-near.pcap',
      'kernel/killed-process-then-data.pcap',
      'kernel/close-with-unread-data.pcap',
      'kernel/reset-behind-answer.pcap',
      'kernel/rebooted-server.pcap',
      'kernel/data-after-close.pcap',
      'kernel/middlebox-forgets-and-resets-near.pcap',
    ],
  },
})
