import rule from '../../../src/audit/rules/zero-window-stall.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const STALL = `
        --> P. 201:211(10) ack 301       -->
        <-- .  301:301(0) ack 211 win 0  <--  ! zero-window-stall
  +1    --> .  210:210(0) ack 301        -->
        <-- .  301:301(0) ack 211 win 0  <--
  +1    <-- .  301:301(0) ack 211        <--  ! zero-window-stall`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a window is 0 for two seconds',
      ladder: `${OPEN_IN_USE}${STALL}`,
      findings: [
        {
          message: 'stalled',
          data: { stalls: 1, total: 2.001e9, longest: 2.001e9, open: false, byProbe: false },
          packets: [7, 10],
          blame: 'server',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'it is still 0 when the capture ends',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301       -->
        <-- .  301:301(0) ack 211 win 0  <--`,
      until: 30,
      findings: [{ message: 'stalled', data: { stalls: 1, longest: 30e9 - 6e6, open: true }, packets: [7] }],
    },
    {
      name: 'the reader ends the connection by an RST',
      ladder: `${OPEN_IN_USE}
            --> P. 201:211(10) ack 301       -->
            <-- .  301:301(0) ack 211 win 0  <--
        +2  <-- R. 301:301(0) ack 211        <--`,
      until: 30,
      findings: [{ message: 'stalled', data: { longest: 2e9, open: false }, packets: [7] }],
    },
    {
      name: 'two stalls, the first of them longer',
      ladder: `${OPEN_IN_USE}${STALL}
              --> P. 211:221(10) ack 301       -->
              <-- .  301:301(0) ack 221 win 0  <--
        +0.5  <-- .  301:301(0) ack 221        <--`,
      findings: [
        {
          message: 'stalled',
          data: { stalls: 2, total: 2.501e9, longest: 2.001e9 },
          packets: [7, 10],
        },
      ],
    },
    {
      name: 'an answer to a probe tells of the end, and when it began nobody knows',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301       -->
        <-- .  301:301(0) ack 211 win 0  <--  ! zero-window-stall
  +1    --> .  210:210(0) ack 301        -->
        <-- .  301:301(0) ack 211 win 0  <--
  +2    --> .  210:210(0) ack 301        -->
        <-- .  301:301(0) ack 211        <--  ! zero-window-stall`,
      findings: [
        {
          message: 'stalled',
          data: { stalls: 1, longest: 3.002e9, byProbe: true },
          packets: [7, 11],
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'a probe is not answered, and much later the window opens',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301       -->
        <-- .  301:301(0) ack 211 win 0  <--  ! zero-window-stall
  +1    --> .  210:210(0) ack 301        -->
        <-- .  301:301(0) ack 211 win 0  <--
  +2    --> .  210:210(0) ack 301        -->
  +0.5  <-- .  301:301(0) ack 211        <--  ! zero-window-stall`,
      findings: [
        {
          message: 'stalled',
          data: { longest: 3.501e9, byProbe: false },
          packets: [7, 11],
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a probe is answered, and just behind that the window opens',
      ladder: `${OPEN_IN_USE}
        --> P. 201:211(10) ack 301        -->
        <-- .  301:301(0) ack 211 win 0   <--  ! zero-window-stall
  +2    --> .  210:210(0) ack 301         -->
        <-- .  301:301(0) ack 211 win 0   <--
  +0.01 <-- .  301:301(0) ack 211         <--  ! zero-window-stall`,
      findings: [{ message: 'stalled', data: { byProbe: false }, packets: [7, 10], confidence: 'certain' }],
    },
  ],
  quiet: [
    {
      name: 'half a second',
      ladder: `${OPEN_IN_USE}
              --> P. 201:211(10) ack 301       -->
              <-- .  301:301(0) ack 211 win 0  <--
        +0.5  <-- .  301:301(0) ack 211        <--
        +5    --> P. 211:221(10) ack 301       -->
              <-- .  301:301(0) ack 221        <--`,
    },
    {
      name: 'a small window is none of 0',
      ladder: `${OPEN_IN_USE}
            --> P. 201:211(10) ack 301       -->
            <-- .  301:301(0) ack 211 win 1  <--
        +5  <-- .  301:301(0) ack 211        <--`,
    },
    {
      name: 'an RST has a window of 0',
      ladder: `${OPEN_IN_USE}
        +5  --> P. 201:211(10) ack 301  -->
            <-- R  301:301(0) win 0     <--`,
      until: 30,
    },
  ],
  fixtures: {
    reports: [
      'kernel/zero-window-for-seconds.pcap',
      'kernel/zero-window-and-reopen.pcap',
      'kernel/lost-window-update-near.pcap',
      'kernel/lost-window-update-far.pcap',
      'kernel/server-never-reads-then-closes.pcap',
    ],
    quiet: [
      'kernel/bulk-without-loss.pcap',
      'kernel/orderly-close-by-client.pcap',
      'kernel/keep-alive-answered.pcap',
      'kernel/refused.pcap',
    ],
  },
})
