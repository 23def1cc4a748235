import rule from '../../../src/audit/rules/option-stripped.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const ALL = 'mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7'
const NO_TIMESTAMPS = 'nop,nop,nop,nop,nop,nop,nop,nop,nop,nop'

/** A handshake with these options of the SYN and of the SYN-ACK. */
const opening = (syn: string, synAck: string) => `
  --> S  100:100(0) <${syn}>             -->
  <-- S. 300:300(0) ack 101 <${synAck}>  <--
  --> .  101:101(0) ack 301              -->`

/** The same where each of them is captured twice, before and behind a box. */
const between = (syns: readonly [string, string], synAcks: readonly [string, string], gap = 0.0001) => `
          --> S  100:100(0) <${syns[0]}>                   -->
  +${gap} --> S  100:100(0) <${syns[1]}> ttl 63            -->
          <-- S. 300:300(0) ack 101 <${synAcks[0]}>        <--
  +${gap} <-- S. 300:300(0) ack 101 <${synAcks[1]}> ttl 63 <--
          --> .  101:101(0) ack 301                        -->`

const KEPT = opening(ALL, 'mss 1460,sackOK,TS val 8000 ecr 1000,nop,wscale 7')
const NO_SCALE = opening(ALL, 'mss 1460,sackOK,TS val 8000 ecr 1000')
const NO_STAMPS = opening(ALL, 'mss 1460,nop,nop,sackOK,nop,wscale 7')
const NO_SACK = opening(ALL, 'mss 1460,nop,nop,TS val 8000 ecr 1000,nop,wscale 7')

const NEITHER = opening(ALL, 'mss 1460,nop,nop,TS val 8000 ecr 1000')

const mine = (ladder: string, count: number, start = 0, every = 0.2) =>
  ({ ladder, count, vary: 'client-port', every, start }) as const
const others = (ladder: string, count: number, start = 0.1, every = 0.2) =>
  ({ ladder, count, vary: 'client-address', every, start }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'timestamps overwritten in SYNs',
      crowd: mine(
        opening(`mss 1460,sackOK,${NO_TIMESTAMPS},nop,wscale 7`, 'mss 1460,sackOK,nop,wscale 7'),
        2,
      ),
      findings: [
        {
          message: 'padded',
          data: { options: ['timestamps'], syns: 2, synAcks: 0 },
          packets: [1, 4],
          blame: 'middlebox',
          severity: 'notice',
          confidence: 'likely',
          count: 2,
        },
      ],
    },
    {
      name: 'the window scale overwritten in SYN-ACKs, once in a SYN',
      crowds: [
        mine(opening(ALL, 'mss 1460,sackOK,TS val 8000 ecr 1000,nop,nop,nop,nop'), 2),
        mine(opening('mss 1460,nop,nop,nop,nop', 'mss 1460'), 1, 1),
      ],
      findings: [
        {
          message: 'padded',
          data: { options: ['windowScale'], syns: 1, synAcks: 2 },
          packets: [2, 5, 7],
          count: 3,
        },
      ],
    },
    {
      name: 'an option that nobody knows overwritten',
      crowd: mine(
        opening(`${ALL},nop,nop,nop,nop,nop,nop`, 'mss 1460,sackOK,TS val 8000 ecr 1000,nop,wscale 7'),
        2,
      ),
      findings: [{ message: 'padded', data: { options: [], syns: 2 } }],
    },
    {
      name: 'both sides of the box are captured',
      ladder: between(
        [ALL, `mss 1400,nop,nop,${NO_TIMESTAMPS},nop,wscale 7`],
        ['mss 1460,nop,wscale 7', 'mss 1460,nop,wscale 5'],
      ),
      findings: [
        {
          message: 'changed',
          data: {
            options: ['mss', 'timestamps', 'windowScale', 'sack'],
            syns: 1,
            synAcks: 1,
            mssBefore: 1460,
            mssAfter: 1400,
          },
          packets: [2, 4],
          blame: 'middlebox',
          severity: 'notice',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'a router lowers the MSS, before a tunnel',
      ladder: between(['mss 1460', 'mss 1400'], ['mss 1460', 'mss 1400']),
      findings: [
        {
          message: 'changed',
          data: { options: ['mss'], syns: 1, synAcks: 1, mssBefore: 1460, mssAfter: 1400 },
          severity: 'info',
        },
      ],
    },
    {
      name: 'the MSS is lost altogether',
      ladder: between(['mss 1460', 'nop,nop,nop'], ['mss 1460', 'mss 1460']),
      findings: [
        { message: 'changed', data: { options: ['mss'], mssBefore: 0, mssAfter: 0 }, severity: 'notice' },
      ],
    },
    {
      name: 'one client of two gets no window scale',
      crowds: [mine(NO_SCALE, 5), others(KEPT, 4)],
      findings: [
        {
          message: 'refused',
          data: { options: ['windowScale'], refused: 5, taken: 4 },
          packets: [1, 7, 13, 19, 25],
          blame: 'middlebox',
          severity: 'notice',
          confidence: 'possible',
          count: 5,
        },
      ],
    },
    {
      name: 'nor timestamps: the other options it may have had before',
      crowds: [mine(KEPT, 1), mine(NO_STAMPS, 5, 1), others(KEPT, 4, 1.1)],
      findings: [{ message: 'refused', data: { options: ['timestamps'], refused: 5, taken: 4 } }],
    },
    {
      name: 'of two options one is left out each time',
      crowds: [mine(NO_SCALE, 5), mine(NEITHER, 2, 2), others(KEPT, 8)],
      findings: [{ message: 'refused', data: { options: ['windowScale'], refused: 7 } }],
    },
    {
      name: 'two options, always',
      crowds: [mine(NEITHER, 5), others(KEPT, 4)],
      findings: [{ message: 'refused', data: { options: ['windowScale', 'sack'], refused: 5 }, count: 5 }],
    },
  ],
  quiet: [
    {
      name: 'three NOPs that align',
      crowd: mine(opening('mss 1460,nop,nop,nop,wscale 7,nop,nop,nop,wscale 7', 'mss 1460,nop,nop,nop'), 3),
    },
    {
      name: 'a single SYN with many NOPs',
      ladder: opening(`mss 1460,sackOK,${NO_TIMESTAMPS},nop,wscale 7`, 'mss 1460'),
    },
    {
      name: 'SYNs with many NOPs that nobody answers',
      crowd: mine(`--> S  100:100(0) <mss 1460,${NO_TIMESTAMPS},nop,nop>  -->`, 5),
    },
    {
      name: 'SYN-ACKs with many NOPs whose SYN was not captured',
      crowd: mine(`<-- S. 300:300(0) ack 101 <mss 1460,${NO_TIMESTAMPS},nop,nop>  <--`, 5),
    },
    {
      name: 'a client that repeats its SYN without options',
      ladder: `
              --> S  100:100(0) <${ALL}>              -->
        +1    --> S  100:100(0) <mss 1200>            -->
              <-- S. 300:300(0) ack 101 <mss 1460>    <--
        +1    <-- S. 300:300(0) ack 101 <mss 1200>    <--
              --> .  101:101(0) ack 301               -->`,
    },
    {
      name: 'copies of which the second offers more',
      ladder: between(['mss 1460', 'mss 1460,sackOK,nop,nop'], ['mss 1200', 'mss 1460']),
    },
    {
      name: 'copies that are alike',
      ladder: between([ALL, ALL], ['mss 1460', 'mss 1460']),
    },
    { name: 'a server that takes it up for nobody', crowds: [mine(NO_SCALE, 8), others(NO_SCALE, 8)] },
    { name: 'for one client, sometimes', crowds: [mine(NO_SCALE, 8), mine(KEPT, 2, 0.5), others(KEPT, 8)] },
    {
      name: 'from a moment on for nobody: it was set up anew',
      crowds: [others(KEPT, 9, 0), mine(NO_SCALE, 8, 3), others(NO_SCALE, 8, 3.1)],
    },
    {
      name: 'now one, now the other',
      crowds: [mine(NO_SACK, 5), mine(NO_SCALE, 5, 0.1), others(KEPT, 8)],
    },
    { name: 'four answers', crowds: [mine(NO_SCALE, 4), others(KEPT, 8)] },
    { name: 'two answers to others', crowds: [mine(NO_SCALE, 8), others(KEPT, 2)] },
    {
      name: 'SYN cookies leave it out for whom has no timestamps',
      crowds: [
        mine(opening('mss 1460,sackOK,nop,wscale 7', 'mss 1460'), 8),
        others(opening('mss 1460,sackOK,nop,wscale 7', 'mss 1460,sackOK,nop,wscale 7'), 8),
      ],
    },
    {
      name: 'what the client does not offer',
      crowds: [
        mine(opening('mss 1460,nop,nop,TS val 1000 ecr 0', 'mss 1460,nop,nop,TS val 8000 ecr 1000'), 8),
        others(KEPT, 8),
      ],
    },
  ],
  fixtures: {
    reports: [
      'kernel/options-overwritten-far.pcap',
      'kernel/options-overwritten-between.pcap',
      'kernel/mss-clamped.pcap',
      'kernel/options-lost-for-one-client.pcap',
    ],
    quiet: [
      'kernel/options-overwritten-near.pcap',
      // One SYN-ACK alone.
      'kernel/window-scale-removed.pcap',
      'kernel/window-scale-fifteen-near.pcap',
      'kernel/syn-cookies-near.pcap',
      'kernel/syn-flood-with-cookies.pcap',
      'kernel/on-any-interface-any-in-router.pcap',
      'kernel/mirrored-with-vlan-tags-both-tagged.pcap',
      'kernel/few-bytes-of-each-frame-headers-only.pcap',
      'kernel/connect-abandoned-near.pcap',
    ],
  },
})
