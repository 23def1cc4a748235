import rule from '../../../src/audit/rules/fin-unanswered.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN_WITH_TIMESTAMPS = `
  --> S  100:100(0) <mss 1460,TS val 1000 ecr 0>             -->
  <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000>  <--
  --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000>   -->`

const OPEN_WITH_SACK = OPEN_WITH_TIMESTAMPS.replaceAll('mss 1460', 'mss 1460,sackOK')

/** The client’s FIN is lost once; the answer echoes its repeat. */
const LOST_FIN = `
  +1   --> F. 101:101(0) ack 301 <nop,nop,TS val 2001 ecr 8000>  -->
  +0.2 --> F. 101:101(0) ack 301 <nop,nop,TS val 2201 ecr 8000>  -->
       <-- .  301:301(0) ack 102 <nop,nop,TS val 9201 ecr 2201>  <--`

const NEVER = `${OPEN}
       --> F. 101:101(0) ack 301  -->  ! fin-unanswered
  +0.2 --> F. 101:101(0) ack 301  -->  ! fin-unanswered
  +0.4 --> F. 101:101(0) ack 301  -->  ! fin-unanswered`

export default ruleCases(rule, {
  reports: [
    {
      name: 'one repeat, then the acknowledgment',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->  ! fin-unanswered
        +0.2 --> F. 101:101(0) ack 301  -->  ! fin-unanswered
             <-- .  301:301(0) ack 102  <--  ! fin-unanswered
             <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
      findings: [
        {
          message: 'late',
          data: {
            sender: 'client',
            place: 'first',
            copies: 2,
            waited: 0.201e9,
            times: [0, 0.2e9],
            lost: 'either',
          },
          packets: [4, 5, 6],
          blame: 'network',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'the answer echoes the repeat, and reports no duplicate: the FIN was lost',
      ladder: OPEN_WITH_SACK + LOST_FIN,
      findings: [{ message: 'late', data: { lost: 'fin' } }],
    },
    {
      name: 'who does not report duplicates leaves it open',
      ladder: OPEN_WITH_TIMESTAMPS + LOST_FIN,
      findings: [{ message: 'late', data: { lost: 'either' } }],
    },
    {
      name: 'the acknowledgment passed before the repeat: it was lost behind us',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->
             x-- .  301:301(0) ack 102  x--
        +0.2 --> F. 101:101(0) ack 301  -->
             <-- .  301:301(0) ack 102  <--
             <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
      findings: [{ message: 'late', data: { lost: 'ack' }, packets: [4, 6, 7] }],
    },
    {
      name: 'the acknowledgment has passed, and the capture ends before it shows its effect',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->
             x-- .  301:301(0) ack 102  x--
        +0.2 --> F. 101:101(0) ack 301  -->`,
      findings: [{ message: 'late', data: { copies: 2, waited: 0.201e9 }, packets: [4, 6] }],
    },
    {
      name: 'FINs that crossed: the echo is that of the first copy',
      ladder: `${OPEN_WITH_SACK}
        +1   --> F. 101:101(0) ack 301 <nop,nop,TS val 2001 ecr 8000>  -->
             <-- F. 301:301(0) ack 101 <nop,nop,TS val 9001 ecr 1001>  <--
             --x .  102:102(0) ack 302 <nop,nop,TS val 2003 ecr 9001>  --x
        +0.2 --> F. 101:101(0) ack 302 <nop,nop,TS val 2203 ecr 9001>  -->
             <-- F. 301:301(0) ack 102 <nop,nop,TS val 9203 ecr 2001>  <--`,
      findings: [{ message: 'late', data: { place: 'crossed', copies: 2, lost: 'ack' } }],
    },
    {
      name: 'minutes behind the other end’s, which never arrived: these have not crossed',
      ladder: `${OPEN}
        +1   --> F. 101:101(0) ack 301  -->
        +235 <-- F. 301:301(0) ack 101  <--
        +0.3 <-- F. 301:301(0) ack 101  <--
        +0.6 <-- F. 301:301(0) ack 101  <--`,
      findings: [{ message: 'never', data: { sender: 'server', place: 'apart', copies: 3 } }],
    },
    {
      name: 'never acknowledged while the capture lasts',
      ladder: NEVER,
      findings: [
        {
          message: 'never',
          data: { sender: 'client', place: 'first', copies: 3, waited: 0.6e9, ended: 'trying' },
          packets: [4, 5, 6],
          blame: 'server',
        },
      ],
    },
    {
      name: 'never acknowledged, and given up',
      ladder: `${NEVER}
        +0.8 --> F. 101:101(0) ack 301  -->`,
      until: 20,
      findings: [{ message: 'never', data: { copies: 4, ended: 'gave-up' } }],
    },
    {
      name: 'never acknowledged, but reset',
      ladder: `${NEVER}
        +0.1 <-- R 301:301(0) win 0  <--`,
      findings: [{ message: 'never', data: { copies: 3, ended: 'reset' } }],
    },
    {
      name: 'the second FIN of the goodbye',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->
             <-- .  301:301(0) ack 102  <--
             <-- F. 301:301(0) ack 102  <--  ! fin-unanswered
        +0.2 <-- F. 301:301(0) ack 102  <--  ! fin-unanswered
        +0.4 <-- F. 301:301(0) ack 102  <--  ! fin-unanswered`,
      findings: [
        { message: 'never', data: { sender: 'server', place: 'second', copies: 3 }, blame: 'client' },
      ],
    },
    {
      name: 'of two FINs that came late, the one that took more copies',
      ladder: `${OPEN_WITH_SACK}${LOST_FIN}
             <-- F. 301:301(0) ack 102 <nop,nop,TS val 9202 ecr 2201>  <--
        +0.2 <-- F. 301:301(0) ack 102 <nop,nop,TS val 9402 ecr 2201>  <--
        +0.4 <-- F. 301:301(0) ack 102 <nop,nop,TS val 9802 ecr 2201>  <--
             --> .  102:102(0) ack 302 <nop,nop,TS val 2804 ecr 9802>  -->`,
      until: 2,
      findings: [{ message: 'late', data: { sender: 'server', copies: 3, lost: 'fin' } }],
    },
    {
      name: 'one that was never acknowledged is worse than one that took more copies',
      ladder: `${NEVER.replaceAll('! fin-unanswered', '')}
             <-- .  301:301(0) ack 102  <--
             <-- F. 301:301(0) ack 102  <--
        +0.2 <-- F. 301:301(0) ack 102  <--`,
      findings: [{ message: 'never', data: { sender: 'server', copies: 2 } }],
    },
    {
      name: 'several connections of one server',
      crowd: { ladder: NEVER, count: 3, vary: 'client-port', every: 0.01 },
      findings: [{ message: 'never', data: { copies: 9 }, count: 3 }],
    },
  ],
  quiet: [
    {
      name: 'an orderly goodbye',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->
        <-- .  301:301(0) ack 102  <--
        <-- F. 301:301(0) ack 102  <--
        --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'the capture ends in the middle of the goodbye',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->`,
      until: 5,
    },
    {
      name: 'the answer to the first copy was slow: it comes too soon behind the repeat',
      ladder: `
             --> S  100:100(0)          -->
        +0.3 <-- S. 300:300(0) ack 101  <--
             --> .  101:101(0) ack 301  -->
             --> F. 101:101(0) ack 301  -->
        +0.2 --> F. 101:101(0) ack 301  -->
        +0.1 <-- .  301:301(0) ack 102  <--`,
    },
    {
      name: 'two copies on different ways, sooner than any timer repeats',
      ladder: `${OPEN}
              --> F. 101:101(0) ack 301  -->
        +0.03 --> F. 101:101(0) ack 301  -->
              <-- .  301:301(0) ack 102  <--`,
    },
    {
      name: 'a FIN repeated into TIME_WAIT lost another answer',
      ladder: `${OPEN}
             --> F. 101:101(0) ack 301  -->
             <-- F. 301:301(0) ack 102  <--
             --x .  102:102(0) ack 302  --x
        +0.2 <-- F. 301:301(0) ack 102  <--
             --> .  102:102(0) ack 302  -->`,
    },
    {
      name: 'data before the FIN is repeated, not the FIN',
      ladder: `${OPEN}
             --> P. 101:111(10) ack 301  -->
             --> F. 111:111(0) ack 301   -->
        +0.2 --> P. 101:111(10) ack 301  -->
             <-- .  301:301(0) ack 112   <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/lost-fin-near.pcap',
      'kernel/lost-fin-ack-near.pcap',
      'kernel/lost-fin-ack-far.pcap',
      'kernel/lost-second-fin-far.pcap',
      'kernel/ipv6-lost-fin-near.pcap',
      'kernel/close-never-acknowledged.pcap',
      'kernel/last-ack-never-arrives.pcap',
      'kernel/one-story-at-four-places-at-client.pcap',
      'kernel/simultaneous-close.pcap',
    ],
    quiet: [
      'kernel/lost-fin-far.pcap',
      'kernel/lost-second-fin-near.pcap',
      'kernel/lost-last-ack-near.pcap',
      'kernel/lost-last-ack-far.pcap',
      'kernel/one-story-at-four-places-at-server.pcap',
      'kernel/orderly-close-by-client.pcap',
      'kernel/on-any-interface-any-in-router.pcap',
      'kernel/doubled-by-the-network-near.pcap',
      'kernel/each-frame-twice.pcap',
      'kernel/started-in-mid-stream.pcap',
    ],
  },
})
