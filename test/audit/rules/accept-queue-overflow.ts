import rule from '../../../src/audit/rules/accept-queue-overflow.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** Open since before, and alive until the sixth second. */
const LIVING = `
     --> S  100:100(0)           -->
     <-- S. 300:300(0) ack 101   <--
     --> .  101:101(0) ack 301   -->
  +6 --> P. 101:111(10) ack 301  -->
     <-- .  301:301(0) ack 111   <--`

const DROPPED = `
     --> S 100:100(0) -->
  +1 --> S 100:100(0) -->
  +1 --> S 100:100(0) -->`

const DROPPED_ONCE = '--> S 100:100(0) -->'

/** The third segment is ignored, and no data come. */
const IGNORED = `
     --> S  100:100(0)          -->
     <-- S. 300:300(0) ack 101  <--
     --> .  101:101(0) ack 301  -->
  +1 <-- S. 300:300(0) ack 101  <--
     --> .  101:101(0) ack 301  -->`

const IGNORED_WITH_DATA = `
       --> S  100:100(0)           -->
       <-- S. 300:300(0) ack 101   <--
       --> .  101:101(0) ack 301   -->
       --> P. 101:111(10) ack 301  -->
  +1   <-- S. 300:300(0) ack 101   <--
       --> .  111:111(0) ack 301   -->
  +2   <-- S. 300:300(0) ack 101   <--`

const ABORTED = `
  --> S  100:100(0)          -->
  <-- S. 300:300(0) ack 101  <--
  --> .  101:101(0) ack 301  -->
  <-- R  301:301(0) win 0    <--`

const some = (ladder: string, count: number, start = 0) =>
  ({ ladder, count, vary: 'client-port', every: 0.1, start }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'two attempts dropped while an older connection lives',
      crowds: [some(LIVING, 1), some(DROPPED, 2, 1)],
      findings: [
        {
          message: 'dropped',
          data: { attempts: 2, syns: 6, ignored: 0 },
          packets: [4, 5],
          count: 2,
          severity: 'error',
          confidence: 'likely',
          blame: 'server',
        },
      ],
    },
    {
      name: 'until they get through',
      crowds: [
        some(LIVING, 1),
        some(
          `
             --> S  100:100(0)          -->
          +1 --> S  100:100(0)          -->
          +3 --> S  100:100(0)          -->
             <-- S. 300:300(0) ack 101  <--
             --> .  101:101(0) ack 301  -->`,
          2,
          1,
        ),
      ],
      findings: [{ message: 'dropped', data: { attempts: 2, syns: 5, lasted: 4.001e9 } }],
    },
    {
      name: 'one dropped, and the end of another handshake ignored',
      crowds: [some(OPEN, 1), some(IGNORED, 1, 0.5), some(DROPPED, 1, 1)],
      findings: [
        {
          message: 'dropped',
          data: { attempts: 1, ignored: 1 },
          severity: 'warning',
          confidence: 'possible',
        },
      ],
    },
    {
      name: 'the end of two handshakes ignored, data and all',
      crowd: some(IGNORED_WITH_DATA, 2),
      findings: [
        {
          message: 'ignored',
          data: { attempts: 2 },
          confidence: 'likely',
          severity: 'error',
          packets: [1, 5],
        },
      ],
    },
    {
      name: 'of one only',
      ladder: IGNORED_WITH_DATA,
      findings: [{ message: 'ignored', data: { attempts: 1 }, confidence: 'possible', severity: 'warning' }],
    },
    {
      name: 'aborted at the third segment',
      crowds: [some(OPEN, 1), some(ABORTED, 2, 1)],
      findings: [{ message: 'aborted', data: { attempts: 2 }, confidence: 'likely', severity: 'error' }],
    },
    {
      name: 'one of them',
      crowds: [some(OPEN, 1), some(ABORTED, 1, 1)],
      findings: [{ message: 'aborted', confidence: 'possible', severity: 'warning' }],
    },
  ],
  quiet: [
    { name: 'one attempt alone', crowds: [some(LIVING, 1), some(DROPPED, 1, 1)] },
    { name: 'one SYN each', crowds: [some(LIVING, 1), some(DROPPED_ONCE, 5, 1)] },
    { name: 'a server that may be dead', crowds: [some(OPEN, 1), some(DROPPED, 3, 1)] },
    { name: 'no older connection', crowd: some(DROPPED, 3) },
    {
      name: 'somebody gets through between',
      crowds: [some(LIVING, 1), some(DROPPED, 2, 1), some(OPEN, 1, 1.5), some(OPEN, 1, 2.5)],
    },
    { name: 'the ends of handshakes are lost', crowd: some(IGNORED, 3) },
    {
      name: 'the answer is lost',
      crowds: [
        some(LIVING, 1),
        some(
          `
         --> S  100:100(0)          -->
         <-- S. 300:300(0) ack 101  <--
      +1 --> S  100:100(0)          -->
      +1 --> S  100:100(0)          -->`,
          2,
          1,
        ),
      ],
    },
    { name: 'a listener that is closed', crowd: some(ABORTED, 1) },
    {
      name: 'a listener that is closed, and others stay open',
      crowds: [
        some(OPEN, 1),
        some(ABORTED, 2, 1),
        some(
          `
        --> S  100:100(0)      -->
        <-- R. 0:0(0) ack 101  <--`,
          1,
          2,
        ),
      ],
    },
    {
      name: 'clients that abort',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        --> R  101:101(0) win 0    -->`,
          2,
          1,
        ),
      ],
    },
    {
      name: 'a socket that resets',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        <-- R. 301:301(0) ack 101  <--`,
          2,
          1,
        ),
      ],
    },
    {
      name: 'an RST with a window is another’s',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)           -->
        <-- S. 300:300(0) ack 101   <--
        --> .  101:101(0) ack 301   -->
        <-- R  301:301(0) win 1000  <--`,
          2,
          1,
        ),
      ],
    },
    {
      name: 'a process that ends later',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)           -->
        <-- S. 300:300(0) ack 101   <--
        --> .  101:101(0) ack 301   -->
        --> P. 101:111(10) ack 301  -->
        <-- .  301:301(0) ack 111   <--
        <-- R  301:301(0) win 0     <--`,
          2,
          1,
        ),
      ],
    },
    {
      name: 'closed by the client, and reset',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> .  101:101(0) ack 301  -->
        --> F. 101:101(0) ack 301  -->
        <-- R  301:301(0) win 0    <--`,
          2,
          1,
        ),
      ],
    },
    {
      name: 'reset before the third segment',
      crowds: [
        some(OPEN, 1),
        some(
          `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        <-- R  301:301(0) win 0    <--`,
          2,
          1,
        ),
      ],
    },
  ],
  fixtures: {
    reports: [
      'kernel/accept-queue-full.pcap',
      'kernel/accept-queue-full-for-many.pcap',
      'kernel/queue-overflow-aborted.pcap',
    ],
    quiet: [
      'kernel/listener-closed-in-handshake-near.pcap',
      'kernel/lost-handshake-ack-near.pcap',
      'kernel/lost-syn-near.pcap',
      'kernel/firewall-drops-syn-near.pcap',
      'kernel/defer-accept.pcap',
      'kernel/defer-accept-without-data.pcap',
      'kernel/random-loss-both-ways-near.pcap',
      'kernel/random-loss-again-far.pcap',
      'kernel/connect-gives-up.pcap',
      'kernel/syn-flood-without-cookies.pcap',
    ],
  },
})
