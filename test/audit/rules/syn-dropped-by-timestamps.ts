import rule from '../../../src/audit/rules/syn-dropped-by-timestamps.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const answered = (tsVal: number) => `
  --> S  100:100(0) <mss 1460,sackOK,TS val ${tsVal} ecr 0,nop,wscale 7>                         -->
  <-- S. 300:300(0) ack 101 <mss 1460,sackOK,TS val 9000000 ecr ${tsVal},nop,wscale 7>           <--
  --> .  101:101(0) ack 301 <nop,nop,TS val ${tsVal + 1} ecr 9000000>                            -->`

const ignored = (tsVal: number) => `
        --> S  100:100(0) <mss 1460,sackOK,TS val ${tsVal} ecr 0,nop,wscale 7>         -->
  +1    --> S  100:100(0) <mss 1460,sackOK,TS val ${tsVal + 1000} ecr 0,nop,wscale 7>  -->`

const sentOnce = (tsVal: number) => `--> S  100:100(0) <mss 1460,TS val ${tsVal} ecr 0>  -->`

/** Ahead and behind: the clocks of two hosts at the beginning. */
const AHEAD = 500_000_000
const BEHIND = 200_000_000

type Dialogue = (tsVal: number) => string

/** Begun at these seconds, each from a port of its own, with the timestamps of a host whose clock stood at `clock` then. */
const from = (dialogue: Dialogue, clock: number, starts: readonly number[], rate = 1000) =>
  starts.map((start) => ({
    ladder: dialogue(clock + Math.round(rate * start)),
    count: 1,
    vary: 'client-port' as const,
    every: 0,
    start,
  }))

const SERVED = from(answered, AHEAD, [0, 1, 2, 3])
const DROPPED = from(ignored, BEHIND, [0.5, 1.5, 2.5])

export default ruleCases(rule, {
  reports: [
    {
      name: 'two hosts behind one address, of which the one that is behind gets no answers',
      crowds: [...SERVED, ...DROPPED],
      until: 10,
      findings: [
        {
          message: 'dropped',
          data: { unanswered: 3, answered: 4, clocks: 2, behind: 299_997_500 },
          packets: [4, 9, 14],
          blame: 'server',
          severity: 'warning',
          confidence: 'likely',
          count: 3,
        },
      ],
    },
    {
      name: 'three hosts; one of them was answered as long as it was the only one',
      crowds: [
        ...from(answered, BEHIND, [0, 1, 2]),
        ...from(answered, AHEAD, [3, 4, 5]),
        ...from(ignored, BEHIND, [3.5, 4.5, 5.5]),
        ...from(ignored, 5000, [3.6, 4.6, 5.6], 100),
      ],
      until: 12,
      findings: [{ message: 'dropped', data: { unanswered: 6, answered: 3, clocks: 3 }, count: 6 }],
    },
    {
      name: 'a third one tried once only',
      crowds: [...SERVED, ...DROPPED, ...from(ignored, 5000, [2.7])],
      until: 10,
      findings: [{ message: 'dropped', data: { unanswered: 3, clocks: 2 } }],
    },
    {
      name: 'the clock that is ahead is found late among those that are answered',
      crowds: [
        ...from(answered, BEHIND, [0, 1, 2]),
        ...from(answered, AHEAD, [3, 4, 5]),
        ...from(answered, 100_000_000, [0.1, 1.1, 2.1]),
        ...from(ignored, BEHIND, [3.5, 4.5, 5.5]),
      ],
      until: 12,
      findings: [{ message: 'dropped', data: { unanswered: 3, answered: 3 } }],
    },
    {
      name: 'half a minute later it is remembered still',
      crowds: [...SERVED, ...from(ignored, BEHIND, [60, 61, 62.9])],
      until: 70,
      findings: [{ message: 'dropped', data: { unanswered: 3 } }],
    },
  ],
  quiet: [
    {
      name: 'SYNs of one host that are lost: its clock is one',
      crowds: [...SERVED, ...from(ignored, AHEAD, [0.5, 1.5, 2.5])],
      until: 10,
    },
    {
      name: 'a clock for each tuple, as Linux has today',
      crowds: [7, 1_900_000_000, 44_000, 900_000_000, 3_100_000_000, 1_200_000]
        .flatMap((clock, index) => from(index % 2 === 0 ? answered : ignored, clock, [index]))
        .concat(SERVED, DROPPED),
      until: 12,
    },
    {
      name: 'the one that is ahead gets no answers',
      crowds: [...from(answered, BEHIND, [0, 1, 2, 3]), ...from(ignored, AHEAD, [0.5, 1.5, 2.5])],
      until: 10,
    },
    {
      name: 'one that is behind gets an answer now and then',
      crowds: [...SERVED, ...DROPPED, ...from(answered, BEHIND, [2.7])],
      until: 10,
    },
    {
      name: 'a third one does, behind as well',
      crowds: [...SERVED, ...DROPPED, ...from(answered, 77_000, [2.7])],
      until: 10,
    },
    {
      name: 'it got none before the other one was heard',
      crowds: [...from(answered, AHEAD, [1, 2, 3, 4]), ...from(ignored, BEHIND, [0.5, 1.5, 2.5])],
      until: 10,
    },
    {
      name: 'long after the other one was heard',
      crowds: [...SERVED, ...from(ignored, BEHIND, [60, 61, 63.1])],
      until: 80,
    },
    {
      name: 'a SYN of the one that is ahead is lost too',
      crowds: [...SERVED, ...DROPPED, ...from(ignored, AHEAD, [2.7])],
      until: 10,
    },
    { name: 'two SYNs', crowds: [...SERVED, ...DROPPED.slice(1)], until: 10 },
    {
      name: 'two answers',
      crowds: [...SERVED.slice(0, 2), ...from(ignored, BEHIND, [1.1, 1.5, 2.5])],
      until: 10,
    },
    { name: 'nobody is answered', crowds: DROPPED, until: 10 },
    {
      name: 'the last SYNs of the capture',
      crowds: [...SERVED, ...from(sentOnce, BEHIND, [2.2, 2.5, 2.7])],
      until: 3.1,
    },
    {
      name: 'SYNs that are refused',
      crowds: [
        ...SERVED,
        ...from(
          (tsVal) => `
            --> S  100:100(0) <mss 1460,sackOK,TS val ${tsVal} ecr 0,nop,wscale 7>  -->
            <-- R. 0:0(0) ack 101 win 0                                             <--`,
          BEHIND,
          [0.5, 1.5, 2.5],
        ),
      ],
      until: 10,
    },
    {
      name: 'SYN-ACKs that do not arrive',
      crowds: [
        ...SERVED,
        ...from(
          (tsVal) => `
                --> S  100:100(0) <mss 1460,TS val ${tsVal} ecr 0>                  -->
                <-- S. 300:300(0) ack 101 <mss 1460,TS val 9000000 ecr ${tsVal}>    <--
            +1  --> S  100:100(0) <mss 1460,TS val ${tsVal + 1000} ecr 0>           -->`,
          BEHIND,
          [0.5, 1.5, 2.5],
        ),
      ],
      until: 10,
    },
    {
      name: 'without timestamps',
      crowds: [
        ...SERVED,
        ...from(
          () => `
                --> S  100:100(0) <mss 1460,sackOK>  -->
            +1  --> S  100:100(0) <mss 1460,sackOK>  -->`,
          BEHIND,
          [0.5, 1.5, 2.5],
        ),
      ],
      until: 10,
    },
    {
      name: 'who is answered has none',
      crowds: [
        ...from(
          () => `
            --> S  100:100(0) <mss 1460>          -->
            <-- S. 300:300(0) ack 101 <mss 1460>  <--
            --> .  101:101(0) ack 301             -->`,
          0,
          [0, 1, 2, 3],
        ),
        ...DROPPED,
      ],
      until: 10,
    },
    {
      name: 'a listener of which only data under way were captured',
      crowds: [
        ...from(() => '--> P. 101:201(100) ack 301 <nop,nop,TS val 5 ecr 7>  -->', 0, [0, 1, 2, 3]),
        ...DROPPED,
      ],
      until: 10,
    },
  ],
  fixtures: {
    reports: ['kernel/syns-dropped-by-timestamps.pcap'],
    quiet: [
      'kernel/firewall-drops-syn-near.pcap',
      'kernel/connect-gives-up.pcap',
      'kernel/connect-abandoned-near.pcap',
      'kernel/accept-queue-full-for-many.pcap',
      'kernel/happy-eyeballs-unanswered.pcap',
      'kernel/lost-syn-far.pcap',
    ],
  },
})
