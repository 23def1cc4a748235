import rule from '../../../src/audit/rules/window-exceeded.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** B has room for 1000 bytes, and A fills it. */
const FULL = `
  --> S  100:100(0)                   -->
  <-- S. 300:300(0) ack 101 win 1000  <--
  --> .  101:101(0) ack 301           -->
  --> .  101:1101(1000) ack 301       -->`

const BEYOND = `${FULL}
        --> .  1101:1201(100) ack 301         -->  ! window-exceeded
        --> .  1201:1401(200) ack 301         -->  ! window-exceeded
        <-- .  301:301(0) ack 1101 win 0      <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'data beyond the window are dropped and sent again',
      ladder: `${BEYOND}
          +1  <-- .  301:301(0) ack 1101 win 1000   <--
              --> .  1201:1401(200) ack 301         -->
              <-- .  301:301(0) ack 1101 win 1000   <--
              --> .  1101:1201(100) ack 301         -->  ! window-exceeded
              <-- .  301:301(0) ack 1401 win 1000   <--`,
      findings: [
        {
          message: 'exceeded',
          data: { segments: 2, most: 300, refused: 2 },
          packets: [5, 6, 11],
          blame: 'client',
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'again and again',
      ladder: `${BEYOND}
        +0.3  --> .  1201:1401(200) ack 301       -->  ! window-exceeded
        +0.6  --> .  1201:1401(200) ack 301       -->  ! window-exceeded
        +1.2  --> .  1201:1401(200) ack 301       -->  ! window-exceeded`,
      findings: [
        {
          message: 'exceeded',
          data: { segments: 5, most: 300, refused: 3 },
          packets: [5, 6, 8, 9, 10],
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'both have offered scaling',
      ladder: `
              --> S  100:100(0) <wscale 1>                   -->
              <-- S. 300:300(0) ack 101 win 1000 <wscale 0>  <--
              --> .  101:101(0) ack 301                      -->
              --> .  101:1101(1000) ack 301                  -->
              --> .  1101:1201(100) ack 301                  -->  ! window-exceeded
        +0.3  --> .  1101:1201(100) ack 301                  -->  ! window-exceeded`,
      findings: [{ message: 'exceeded', data: { refused: 1, most: 100 } }],
    },
  ],
  quiet: [
    {
      name: 'what the SYNs offer was not captured',
      ladder: `
              --> S  100:100(0) <mss 1460,wscale 7>                   -->
              <-- S. 300:300(0) ack 101 win 1000 <mss 1460,wscale 7>  <--
              --> .  101:101(0) ack 301                               -->
              --> .  101:1101(1000) ack 301                           -->
              --> .  1101:1201(100) ack 301                           -->
        +0.3  --> .  1101:1201(100) ack 301                           -->`,
      capture: { snaplen: 54 },
      variants: { ipv4Only: true },
    },
    {
      name: 'the receiver has room after all: an update may have escaped the capture',
      ladder: `${BEYOND}
        <-- .  301:301(0) ack 1401 win 1000  <--`,
    },
    {
      name: 'exactly to the edge, and sent again',
      ladder: `${FULL}
        +0.3  --> .  101:1101(1000) ack 301  -->
              <-- .  301:301(0) ack 1101     <--`,
    },
    {
      name: 'only what lay within is sent again',
      ladder: `${BEYOND}
        +0.3  --> .  601:1101(500) ack 301          -->
              <-- .  301:301(0) ack 1401 win 1000   <--`,
    },
    {
      name: 'only what came later, within a new window, is sent again',
      ladder: `${BEYOND}
              <-- .  301:301(0) ack 1401 win 1000  <--
              --> .  1401:1501(100) ack 301        -->
        +0.3  --> .  1401:1501(100) ack 301        -->`,
    },
    {
      name: 'what lies beyond had been sent before the capture saw it: it may be a repeat',
      ladder: `${FULL}
        +0.3  --> .  1001:1201(200) ack 301          -->
              <-- .  301:301(0) ack 1201 win 1000    <--`,
    },
    {
      name: 'a probe of one byte',
      ladder: `${FULL}
              <-- .  301:301(0) ack 1101 win 0  <--
        +0.3  --> .  1101:1102(1) ack 301       -->
        +0.6  --> .  1101:1102(1) ack 301       -->`,
    },
    {
      name: 'only one side has offered scaling: the other may count otherwise',
      ladder: `
              --> S  100:100(0)                              -->
              <-- S. 300:300(0) ack 101 win 1000 <wscale 7>  <--
              --> .  101:101(0) ack 301                      -->
              --> .  101:1101(1000) ack 301                  -->
              --> .  1101:1201(100) ack 301                  -->
        +0.3  --> .  1101:1201(100) ack 301                  -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/window-exceeded-far.pcap'],
    quiet: [
      'kernel/window-exceeded-near.pcap',
      'kernel/window-scale-removed.pcap',
      'kernel/window-shrunk.pcap',
      'kernel/zero-window-and-reopen.pcap',
      'kernel/zero-window-for-seconds.pcap',
      'kernel/lost-window-update-near.pcap',
      'kernel/bulk-with-loss-near.pcap',
    ],
  },
})
