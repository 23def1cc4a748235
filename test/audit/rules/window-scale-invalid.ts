import rule from '../../../src/audit/rules/window-scale-invalid.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const ONE_SIDED = `
  --> S  100:100(0) win 1000 <wscale 7>  -->
  <-- S. 300:300(0) ack 101              <--
  --> .  101:101(0) ack 301 win 1000     -->
  <-- .  301:1301(1000) ack 101          <--
  <-- .  1301:2301(1000) ack 101         <--  ! window-scale-invalid
  <-- .  2301:3301(1000) ack 101         <--  ! window-scale-invalid
  <-- P. 3301:4301(1000) ack 101         <--  ! window-scale-invalid`

export default ruleCases(rule, {
  reports: [
    {
      name: 'fifteen on the SYN',
      ladder: `
        --> S  100:100(0) <wscale 15>          -->  ! window-scale-invalid
        <-- S. 300:300(0) ack 101 <wscale 14>  <--
        --> .  101:101(0) ack 301              -->`,
      findings: [
        {
          message: 'tooLarge',
          data: { offered: 15 },
          packets: [1],
          blame: 'client',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'sixteen on the SYN-ACK',
      ladder: `
        --> S  100:100(0) <wscale 14>          -->
        <-- S. 300:300(0) ack 101 <wscale 16>  <--  ! window-scale-invalid
        --> .  101:101(0) ack 301              -->`,
      findings: [{ message: 'tooLarge', data: { offered: 16 }, packets: [2], blame: 'server' }],
    },
    {
      name: 'only one side has offered scaling, and its window is used scaled',
      ladder: `${ONE_SIDED}
        <-- P. 4301:5301(1000) ack 101         <--  ! window-scale-invalid
        <-- P. 5301:6301(1000) ack 101         <--
        --> .  101:101(0) ack 6301 win 1000    -->`,
      findings: [
        {
          message: 'oneSided',
          data: { scale: 7, segments: 5, most: 5000 },
          packets: [5, 6, 7, 8],
          blame: 'middlebox',
          confidence: 'likely',
        },
      ],
    },
  ],
  quiet: [
    {
      name: 'what the SYN-ACK offers was not captured whole',
      ladder: ONE_SIDED.replace('<--\n', '<mss 1460,nop,nop,sackOK,nop,wscale 7> <--\n').replaceAll(
        '! window-scale-invalid',
        '',
      ),
      capture: { snaplen: 58 },
      variants: { ipv4Only: true },
    },
    {
      name: 'fourteen',
      ladder: `
        --> S  100:100(0) <wscale 14>          -->
        <-- S. 300:300(0) ack 101 <wscale 14>  <--
        --> .  101:101(0) ack 301              -->`,
    },
    {
      name: 'only one side has offered scaling, and two segments lie beyond its window: an update may have escaped',
      ladder: ONE_SIDED.split('\n').slice(0, -1).join('\n'),
    },
    {
      name: 'beyond the scaled window as well',
      ladder: ONE_SIDED.replaceAll('wscale 7', 'wscale 0'),
    },
    {
      name: 'beyond the window of the side that saw no offer',
      ladder: `
        --> S  100:100(0) win 1000              -->
        <-- S. 300:300(0) ack 101 <wscale 7>    <--
        --> .  101:101(0) ack 301 win 1000      -->
        <-- .  301:1301(1000) ack 101           <--
        <-- .  1301:2301(1000) ack 101          <--
        <-- .  2301:3301(1000) ack 101          <--
        <-- P. 3301:4301(1000) ack 101          <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/window-scale-fifteen-far.pcap', 'kernel/window-scale-removed.pcap'],
    quiet: [
      'kernel/window-scale-fifteen-near.pcap',
      'kernel/window-exceeded-far.pcap',
      'kernel/bulk-without-loss.pcap',
      'kernel/zero-window-and-reopen.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
