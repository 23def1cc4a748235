import rule from '../../../src/audit/rules/syn-cookies-active.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const FORGOTTEN = `
  --> S  100:100(0) <mss 1460>          -->
  <-- S. 300:300(0) ack 101 <mss 1460>  <--`

const REPEATED = `
     --> S  100:100(0) <mss 1460>          -->
     <-- S. 300:300(0) ack 101 <mss 1460>  <--
  +1 <-- S. 300:300(0) ack 101 <mss 1460>  <--`

const STRIPPED = `
  --> S  100:100(0) <mss 1460,sackOK,wscale 7>  -->
  <-- S. 300:300(0) ack 101 <mss 1460>          <--
  --> .  101:101(0) ack 301                     -->`

const KEPT = `
  --> S  100:100(0) <mss 1460,sackOK,wscale 7>          -->
  <-- S. 300:300(0) ack 101 <mss 1460,sackOK,wscale 7>  <--
  --> .  101:101(0) ack 301                             -->`

/** Answered with this timestamp, ms, plus what the options make of its low bits. */
const stamped = (tsVal: number) => `
  --> S  100:100(0) <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>              -->
  <-- S. 300:300(0) ack 101 <mss 1460,sackOK,TS val ${tsVal} ecr 1,wscale 7>  <--
  --> .  101:101(0) ack 301 <TS val 2 ecr ${tsVal}>                        -->`

const crowd = (ladder: string, count: number, start = 0) =>
  ({ ladder, count, vary: 'client-port', every: 0.1, start }) as const

const stamps = (values: readonly number[]) => values.map((value, index) => crowd(stamped(value), 1, index))

export default ruleCases(rule, {
  reports: [
    {
      name: 'SYN-ACKs answered once and forgotten, while others are repeated',
      crowds: [crowd(REPEATED, 1), crowd(FORGOTTEN, 5, 0.1)],
      until: 10,
      findings: [
        {
          message: 'active',
          data: { signs: ['forgotten'], forgotten: 5, repeated: 1 },
          packets: [3, 5, 7, 9, 11],
          count: 5,
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'all of them forgotten',
      crowd: crowd(FORGOTTEN, 5),
      until: 10,
      findings: [{ message: 'active', data: { signs: ['forgotten'], repeated: 0 }, confidence: 'possible' }],
    },
    {
      name: 'just old enough',
      crowd: { ...crowd(FORGOTTEN, 5), every: 0 },
      until: 3.002,
      variants: false,
      findings: [{ message: 'active', count: 5 }],
    },
    {
      name: 'options left out, while others keep them',
      crowds: [crowd(KEPT, 1), crowd(STRIPPED, 3, 1)],
      findings: [
        {
          message: 'active',
          data: { signs: ['stripped'], stripped: 3, keeping: 1 },
          count: 3,
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'timestamps whose low bits are always the same',
      crowds: stamps([1000, 1064, 1256, 2024, 3048, 4072]),
      findings: [
        { message: 'active', data: { signs: ['timestamps'], run: 6 }, packets: [16], confidence: 'likely' },
      ],
    },
    {
      name: 'two signs at once',
      crowds: [crowd(KEPT, 1), crowd(STRIPPED, 3, 1), crowd(FORGOTTEN, 5, 2)],
      until: 20,
      findings: [{ message: 'active', data: { signs: ['forgotten', 'stripped'] }, confidence: 'likely' }],
    },
  ],
  quiet: [
    { name: 'four forgotten', crowds: [crowd(REPEATED, 1), crowd(FORGOTTEN, 4, 0.1)], until: 10 },
    { name: 'the repeats are not due yet', crowd: crowd(FORGOTTEN, 5), until: 2 },
    { name: 'all of them repeated', crowd: crowd(REPEATED, 10), until: 20 },
    {
      name: 'answered by the client at last, with something else',
      crowd: crowd(
        `
        --> S  100:100(0) <mss 1460>            -->
        <-- S. 300:300(0) ack 101 <mss 1460>    <--
        --> P. 101:111(10) ack 5001             -->`,
        5,
      ),
      until: 10,
    },
    {
      name: 'the clients refuse the answer',
      crowd: crowd(
        `
        --> S  100:100(0)          -->
        <-- S. 300:300(0) ack 101  <--
        --> R  101:101(0)          -->`,
        5,
      ),
      until: 10,
    },
    {
      name: 'the clients repeat their SYN',
      crowd: crowd(
        `
              --> S  100:100(0)          -->
              <-- S. 300:300(0) ack 101  <--
        +0.9  --> S  100:100(0)          -->`,
        5,
      ),
      until: 10,
    },
    { name: 'a server that never offers them', crowd: crowd(STRIPPED, 5) },
    { name: 'two answers without the options', crowds: [crowd(KEPT, 1), crowd(STRIPPED, 2, 1)] },
    {
      name: 'what was not offered',
      crowds: [
        crowd(KEPT, 1),
        crowd(
          `
          --> S  100:100(0) <mss 1460>          -->
          <-- S. 300:300(0) ack 101 <mss 1460>  <--
          --> .  101:101(0) ack 301             -->`,
          3,
          1,
        ),
        crowd(
          `
          --> S  100:100(0) <mss 1460,wscale 7> -->
          <-- S. 300:300(0) ack 101 <mss 1460>  <--
          --> .  101:101(0) ack 301             -->`,
          3,
          2,
        ),
        crowd(
          `
          --> S  100:100(0) <mss 1460,sackOK,wscale 7>  -->
          <-- S. 300:300(0) ack 101 <mss 1460,sackOK>   <--
          --> .  101:101(0) ack 301                     -->`,
          3,
          3,
        ),
        crowd(
          `
          --> S  100:100(0) <mss 1460,sackOK,wscale 7>    -->
          <-- S. 300:300(0) ack 101 <mss 1460,wscale 7>   <--
          --> .  101:101(0) ack 301                       -->`,
          3,
          4,
        ),
      ],
    },
    {
      name: 'half kept is not kept',
      crowds: [
        crowd(STRIPPED, 3),
        crowd(
          `
          --> S  100:100(0) <mss 1460,sackOK,wscale 7>    -->
          <-- S. 300:300(0) ack 101 <mss 1460,wscale 7>   <--
          --> .  101:101(0) ack 301                       -->`,
          3,
          4,
        ),
        crowd(
          `
          --> S  100:100(0) <mss 1460,sackOK,wscale 7>  -->
          <-- S. 300:300(0) ack 101 <mss 1460,sackOK>   <--
          --> .  101:101(0) ack 301                     -->`,
          3,
          3,
        ),
      ],
    },
    {
      name: 'with timestamps a cookie loses nothing: a server without SACK',
      crowds: [
        crowd(KEPT, 1),
        crowd(
          `
          --> S  100:100(0) <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>  -->
          <-- S. 300:300(0) ack 101 <mss 1460>                         <--
          --> .  101:101(0) ack 301                                    -->`,
          3,
          1,
        ),
      ],
    },
    { name: 'five timestamps alike', crowds: stamps([1000, 1064, 1256, 2024, 3048, 4073]) },
    { name: 'a moment’s timestamp', crowd: crowd(stamped(1000), 10) },
    {
      name: 'SYN-ACKs without their SYN',
      crowd: crowd('<-- S. 300:300(0) ack 101 <mss 1460> <--', 5),
      until: 10,
    },
    {
      name: 'SYNs without an answer',
      crowds: [crowd(REPEATED, 1), crowd('--> S 100:100(0) <mss 1460> -->', 5, 1)],
      until: 10,
    },
  ],
  fixtures: {
    reports: ['kernel/syn-flood-with-cookies.pcap'],
    quiet: [
      'kernel/syn-cookies-undisturbed.pcap',
      'kernel/syn-cookies-near.pcap',
      'kernel/syn-flood-without-cookies.pcap',
      'kernel/half-open-scan.pcap',
      'kernel/syn-ack-never-answered.pcap',
    ],
  },
})
