import rule from '../../../src/audit/rules/window-shrunk.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** B has offered 5000 bytes up to 5201. */
const OFFERED = `
  --> S  100:100(0)                     -->
  <-- S. 300:300(0) ack 101             <--
  --> .  101:101(0) ack 301             -->
  --> P. 101:201(100) ack 301           -->
  <-- .  301:301(0) ack 201 win 5000    <--`

const SHRINKS = `${OFFERED}
        --> P. 201:301(100) ack 301          -->
        <-- .  301:301(0) ack 301 win 1000   <--  ! window-shrunk
        --> P. 301:401(100) ack 301          -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'the edge moves back and stays there',
      ladder: `${SHRINKS}
        <-- .  301:301(0) ack 401 win 1000   <--  ! window-shrunk
        <-- .  301:301(0) ack 401 win 9000   <--`,
      findings: [
        {
          message: 'shrunk',
          data: { most: 3900, lasted: 2e6, segments: 2 },
          packets: [7, 9],
          blame: 'server',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'to nothing at all, for a second',
      ladder: `${OFFERED}
            --> P. 201:301(100) ack 301       -->
            <-- .  301:301(0) ack 301 win 0   <--  ! window-shrunk
        +1  --> .  300:300(0) ack 301         -->
            <-- .  301:301(0) ack 301 win 0   <--  ! window-shrunk`,
      findings: [{ message: 'shrunk', data: { most: 4900, lasted: 1.001e9, segments: 2 }, packets: [7, 9] }],
    },
    {
      name: 'twice, the first time further',
      ladder: `${SHRINKS}
        <-- .  301:301(0) ack 401 win 1000   <--  ! window-shrunk
        <-- .  301:301(0) ack 401 win 9000   <--
        --> P. 401:501(100) ack 301          -->
        <-- .  301:301(0) ack 501 win 8000   <--
        --> P. 501:601(100) ack 301          -->
        <-- .  301:301(0) ack 601 win 8000   <--`,
      findings: [{ message: 'shrunk', data: { most: 3900, segments: 2 }, packets: [7, 9] }],
    },
  ],
  quiet: [
    {
      name: 'for half a millisecond, while ACKs that had waited come together',
      ladder: `${SHRINKS}
        +0.0001 --> P. 401:501(100) ack 301        -->
        +0.0003 <-- .  301:301(0) ack 401 win 1000 <--
        +0.0001 <-- .  301:301(0) ack 501 win 9000 <--`.replace(
        '--> P. 301:401(100)',
        '+0.0001 --> P. 301:401(100)',
      ),
    },
    {
      name: 'what the SYNs offer was not captured',
      ladder: `
            --> S  100:100(0) <mss 1460,wscale 7>             -->
            <-- S. 300:300(0) ack 101 <mss 1460,wscale 7>     <--
            --> .  101:101(0) ack 301                         -->
            --> P. 101:201(100) ack 301                       -->
            <-- .  301:301(0) ack 201 win 600                 <--
            --> P. 201:301(100) ack 301                       -->
            <-- .  301:301(0) ack 301 win 100                 <--
        +1  --> P. 301:401(100) ack 301                       -->
            <-- .  301:301(0) ack 401 win 100                 <--`,
      capture: { snaplen: 54 },
      variants: { ipv4Only: true },
    },
    {
      name: 'one segment only: it was overtaken by the one with the larger window',
      ladder: `${OFFERED}
              <-- .  301:301(0) ack 201 win 1000   <--
              <-- .  301:301(0) ack 201 win 5000   <--
        +1    --> P. 201:301(100) ack 301          -->
              <-- .  301:301(0) ack 301 win 5000   <--`,
    },
    {
      name: 'overtaken twice, and the edge was beyond it in between',
      ladder: `${OFFERED}
              <-- .  301:301(0) ack 201 win 1000   <--
              <-- .  301:301(0) ack 201 win 5500   <--
        +1    --> P. 201:301(100) ack 301          -->
              <-- .  301:301(0) ack 301 win 1000   <--
              <-- .  301:301(0) ack 301 win 6000   <--`,
    },
    {
      name: 'the window closes because data fill it: its edge stays',
      ladder: `${OFFERED}
            --> P. 201:301(100) ack 301          -->
            <-- .  301:301(0) ack 301 win 4900   <--
            --> P. 301:401(100) ack 301          -->
            <-- .  301:301(0) ack 401 win 4800   <--
        +1  --> P. 401:501(100) ack 301          -->
            <-- .  301:301(0) ack 501 win 4700   <--`,
    },
    {
      name: 'less than a step of the scale',
      ladder: `
            --> S  100:100(0) <wscale 7>             -->
            <-- S. 300:300(0) ack 101 <wscale 7>     <--
            --> .  101:101(0) ack 301                -->
            --> P. 101:201(100) ack 301              -->
            <-- .  301:301(0) ack 201 win 500        <--
            --> P. 201:228(27) ack 301               -->
            <-- .  301:301(0) ack 228 win 499        <--
        +1  --> P. 228:229(1) ack 301                -->
            <-- .  301:301(0) ack 229 win 499        <--`,
    },
    {
      name: 'a few bytes',
      ladder: `${OFFERED}
        --> P. 201:301(100) ack 301          -->
        <-- .  301:301(0) ack 301 win 4850   <--
        --> P. 301:401(100) ack 301          -->
        <-- .  301:301(0) ack 401 win 4750   <--`,
    },
    {
      name: 'two SYN-ACKs with different scales',
      ladder: `
            --> S  100:100(0) <wscale 7>             -->
            <-- S. 300:300(0) ack 101 <wscale 7>     <--
            <-- S. 300:300(0) ack 101 <wscale 2>     <--
            --> .  101:101(0) ack 301                -->
            --> P. 101:201(100) ack 301              -->
            <-- .  301:301(0) ack 201 win 500        <--
            --> P. 201:301(100) ack 301              -->
            <-- .  301:301(0) ack 301 win 100        <--
        +1  --> P. 301:401(100) ack 301              -->
            <-- .  301:301(0) ack 401 win 100        <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/window-shrunk.pcap'],
    quiet: [
      'kernel/zero-window-and-reopen.pcap',
      'kernel/zero-window-for-seconds.pcap',
      'kernel/lost-syn-near.pcap',
      'kernel/window-exceeded-far.pcap',
      'kernel/window-scale-removed.pcap',
      'kernel/mirrored-with-vlan-tags-both-tagged.pcap',
      'kernel/numbers-wrap.pcap',
    ],
  },
})
