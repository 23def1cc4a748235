import rule from '../../../src/audit/rules/keepalive-race.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const ONE_EXCHANGE = `${OPEN}
  --> P. 101:201(100) ack 301  -->
  <-- P. 301:401(100) ack 201  <--
  --> .  201:201(0) ack 401    -->`

const GREETED = `${OPEN}
  <-- P. 301:401(100) ack 101  <--
  --> .  101:101(0) ack 401    -->`

const RACE = `${ONE_EXCHANGE}
  +5 <-- F. 401:401(0) ack 201    <--  ! keepalive-race
     --> P. 201:301(100) ack 401  -->  ! keepalive-race
     <-- R  401:401(0) win 0      <--  ! keepalive-race`

export default ruleCases(rule, {
  reports: [
    {
      name: 'captured near the server: the FIN passes first',
      ladder: RACE,
      findings: [
        {
          message: 'crossed',
          data: { idle: 5.001e9, unread: 100 },
          packets: [7, 8, 9],
          blame: 'server',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'captured near the client: the request passes first',
      ladder: `${ONE_EXCHANGE}
        +5 --> P. 201:301(100) ack 401  -->
           <-- F. 401:401(0) ack 201    <--
           --> .  301:301(0) ack 402    -->
           <-- R  401:401(0) win 0      <--`,
      findings: [{ message: 'crossed', data: { idle: 5.002e9, unread: 100 }, packets: [7, 8, 10] }],
    },
    {
      name: 'the RST overtakes the FIN',
      ladder: `${ONE_EXCHANGE}
        +5 --> P. 201:301(100) ack 401  -->
           <-- R  401:401(0) win 0      <--
           <-- F. 401:401(0) ack 201    <--`,
      findings: [{ message: 'crossed', data: { unread: 100 }, packets: [7, 8, 9] }],
    },
    {
      name: 'with TLS the server says goodbye before the FIN',
      ladder: `${ONE_EXCHANGE}
        +5 <-- P. 401:432(31) ack 201   <--
           <-- F. 432:432(0) ack 201    <--
           --> P. 201:301(100) ack 432  -->
           <-- R  432:432(0) win 0      <--`,
      findings: [{ message: 'crossed', data: { idle: 5.002e9 } }],
    },
    {
      name: 'the last word is in the FIN',
      ladder: `${ONE_EXCHANGE}
        +5 <-- FP. 401:432(31) ack 201   <--
           --> P. 201:301(100) ack 432   -->
           <-- R  432:432(0) win 0       <--`,
      findings: [{ message: 'crossed', data: { idle: 5.001e9 } }],
    },
    {
      name: 'the client acknowledges the FIN before the request arrives',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201    <--
           --> .  301:301(0) ack 402    -->
           --> P. 201:301(100) ack 401  -->
           <-- R  401:401(0) win 0      <--`,
      findings: [{ message: 'crossed', packets: [7, 9, 10] }],
    },
    {
      name: 'just idle enough, and just close enough',
      ladder: `${OPEN}
              --> P. 101:201(100) ack 301  -->
              <-- P. 301:401(100) ack 201  <--
        +0.5  <-- F. 401:401(0) ack 201    <--
        +0.5  --> P. 201:301(100) ack 401  -->
        +0.5  <-- R  401:401(0) win 0      <--`,
      findings: [{ message: 'crossed', data: { idle: 0.5e9 } }],
    },
  ],
  quiet: [
    {
      name: 'a client that had acknowledged the FIN before it wrote',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201    <--
           --> .  201:201(0) ack 402    -->
           --> P. 201:301(100) ack 402  -->
           <-- R  402:402(0) win 0      <--`,
    },
    {
      name: 'a server that breaks off in the middle of a conversation',
      ladder: `${ONE_EXCHANGE}
        +0.1 <-- F. 401:401(0) ack 201    <--
             --> P. 201:301(100) ack 401  -->
             <-- R  401:401(0) win 0      <--`,
    },
    {
      name: 'an answer that took long, the FIN right behind it',
      ladder: `${ONE_EXCHANGE}
        +1 --> P. 201:301(100) ack 401  -->
           <-- .  401:401(0) ack 301    <--
        +5 <-- P. 401:411(10) ack 301   <--
           <-- F. 411:411(0) ack 301    <--
           --> P. 301:401(100) ack 411  -->
           <-- R  411:411(0) win 0      <--`,
    },
    {
      name: 'a long answer, the FIN right behind it',
      ladder: `${ONE_EXCHANGE}
        +5 <-- P. 401:801(400) ack 201   <--
           <-- F. 801:801(0) ack 201     <--
           --> P. 201:301(100) ack 801   -->
           <-- R  801:801(0) win 0       <--`,
    },
    {
      name: 'the client closes, the server’s data come late',
      ladder: `${ONE_EXCHANGE}
        +5 --> F. 201:201(0) ack 401    -->
           <-- P. 401:501(100) ack 201  <--
           --> R  201:201(0) win 0      -->`,
    },
    {
      name: 'the client had closed before',
      ladder: `${ONE_EXCHANGE}
        +5 --> F. 201:201(0) ack 401    -->
           <-- F. 401:401(0) ack 202    <--
           --> P. 202:302(100) ack 401  -->
           <-- R  401:401(0) win 0      <--`,
    },
    {
      name: 'no exchange before: the server waited for the first request',
      ladder: `${OPEN}
        +5 <-- F. 301:301(0) ack 101    <--
           --> P. 101:201(100) ack 301  -->
           <-- R  301:301(0) win 0      <--`,
    },
    {
      name: 'the client had said nothing before',
      ladder: `${GREETED}
        +5 <-- F. 401:401(0) ack 101  <--
           --> P. 101:201(100) ack 401  -->
           <-- R  401:401(0) win 0      <--`,
    },
    {
      name: 'the FIN was lost, the client writes much later',
      ladder: `${ONE_EXCHANGE}
        +5  x-- F. 401:401(0) ack 201    x--
        +10 --> P. 201:301(100) ack 401  -->
            <-- R  401:401(0) win 0      <--`,
    },
    {
      name: 'an orderly close',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201    <--
           --> F. 201:201(0) ack 402    -->
           <-- .  402:402(0) ack 202    <--`,
    },
    {
      name: 'the server gives the connection up with data of its own',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201    <--
           --> P. 201:301(100) ack 401  -->
           <-- R. 402:402(0) ack 201    <--`,
    },
    {
      name: 'a reset from elsewhere',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201        <--
           --> P. 201:301(100) ack 401      -->
           <-- R  401:401(0) win 0 ttl 50   <--`,
    },
    {
      name: 'the client’s data had been taken, and the reset answers something else',
      ladder: `${ONE_EXCHANGE}
        +5 <-- F. 401:401(0) ack 201    <--
           --> .  201:201(0) ack 401    -->
           <-- R  401:401(0) win 0      <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/keep-alive-race.pcap',
      'kernel/keep-alive-race-request-held-near.pcap',
      'kernel/keep-alive-race-request-held-far.pcap',
    ],
    quiet: [
      'kernel/data-after-close.pcap',
      'kernel/killed-process-then-data.pcap',
      'kernel/closed-by-idle-timeout.pcap',
      'kernel/nginx-keep-alive-timeout-tls.pcap',
      'kernel/middlebox-forgets-and-resets-near.pcap',
      'kernel/close-with-unread-data.pcap',
      'kernel/lost-reset-near.pcap',
    ],
  },
})
