import rule from '../../../src/audit/rules/mtu-black-hole.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const OPEN = `
        --> S  100:100(0) <mss 1460,sackOK>          -->
        <-- S. 300:300(0) ack 101 <mss 1460,sackOK>  <--
        --> .  101:101(0) ack 301                    -->
        --> .  101:1501(1400) ack 301                -->`

/** 100 bytes behind the large segment arrive. */
const SMALL_PASS = `${OPEN}
        --> P. 1501:1601(100) ack 301                -->
        <-- .  301:301(0) ack 101 <sack 1501:1601>   <--  ! mtu-black-hole`

const COPY = '--> .  101:1501(1400) ack 301                -->'
const TWO_COPIES = `
  +0.3  ${COPY}  ! mtu-black-hole
  +0.6  ${COPY}  ! mtu-black-hole`
const COPIES = `${TWO_COPIES}
  +1.2  ${COPY}  ! mtu-black-hole`

/** Nothing says that small ones pass. */
const QUIET_COPIES = COPIES.replaceAll('  ! mtu-black-hole', '')

/** The packet's length is part of what is said. */
const IPV4_ONLY = { ipv4Only: true }

export default ruleCases(rule, {
  reports: [
    {
      name: 'a large segment never arrives, what is sent behind it does',
      ladder: `${SMALL_PASS}${COPIES}`,
      variants: IPV4_ONLY,
      findings: [
        {
          message: 'swallowed',
          data: { size: 1400, copies: 3, waited: 1.8e9, passed: 100, mtu: null },
          packets: [6, 7, 8, 9],
          blame: 'network',
          severity: 'error',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'without SACK: the receiver goes on to speak, and nothing as large has ever arrived',
      ladder: `${OPEN}${COPIES}
        <-- P. 301:311(10) ack 101  <--`,
      variants: IPV4_ONLY,
      findings: [{ message: 'swallowed', data: { copies: 3, passed: null }, packets: [5, 6, 7] }],
    },
    {
      name: 'the sender does not obey the ICMP error',
      ladder: `${OPEN}
        <-- icmp 3/4 mtu 1300 about .  101:1501(1400) ack 301  <--  ! mtu-black-hole
        ${COPIES}`,
      variants: IPV4_ONLY,
      findings: [
        {
          message: 'swallowed',
          data: { copies: 3, mtu: 1300 },
          packets: [5, 6, 7, 8],
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'a smaller segment gets through; another loss later tells nothing more',
      ladder: `${SMALL_PASS.replace('  ! mtu-black-hole', '')}${COPIES}
        +2.4  --> .  101:801(700) ack 301                -->  ! mtu-black-hole
              <-- .  301:301(0) ack 801                  <--
              --> .  801:1501(700) ack 301               -->
              <-- .  301:301(0) ack 1601                 <--
              --> .  1601:2801(1200) ack 301             -->
        +0.3  --> .  1601:2801(1200) ack 301             -->
              <-- .  301:301(0) ack 2801                 <--`,
      variants: IPV4_ONLY,
      findings: [
        {
          message: 'healed',
          data: { size: 1400, copies: 3, smaller: 700 },
          packets: [7, 8, 9, 10],
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'ten copies: the first eight are shown',
      ladder: `${SMALL_PASS}${COPIES}
        +0.3  ${COPY}
        +0.3  ${COPY}
        +0.3  ${COPY}
        +0.3  ${COPY}
        +0.3  ${COPY}
        +0.3  ${COPY}
        +0.3  ${COPY}`,
      variants: IPV4_ONLY,
      findings: [{ message: 'swallowed', data: { copies: 10 }, packets: [6, 7, 8, 9, 10, 11, 12, 13, 14] }],
    },
  ],
  quiet: [
    { name: 'two copies', ladder: `${SMALL_PASS}${TWO_COPIES}`.replaceAll('  ! mtu-black-hole', '') },
    {
      name: 'the fourth copy arrives',
      ladder: `${SMALL_PASS}${COPIES}
        <-- .  301:301(0) ack 1601  <--`.replaceAll('  ! mtu-black-hole', ''),
    },
    {
      name: 'what arrived behind it is as large',
      ladder: `${OPEN}
        --> .  1501:2901(1400) ack 301               -->
        <-- .  301:301(0) ack 101 <sack 1501:2901>   <--
        ${QUIET_COPIES}`,
    },
    { name: 'the receiver says nothing at all: it may be gone', ladder: `${OPEN}${QUIET_COPIES}` },
    {
      name: 'only what had come twice before was reported',
      ladder: `
              --> S  100:100(0) <mss 1460,sackOK>          -->
              <-- S. 300:300(0) ack 101 <mss 1460,sackOK>  <--
              --> .  101:101(0) ack 301                    -->
              --> .  101:201(100) ack 301                  -->
        +0.3  --> .  101:201(100) ack 301                  -->
              <-- .  301:301(0) ack 201                    <--
              <-- .  301:301(0) ack 201 <sack 101:201>     <--
              --> .  201:1601(1400) ack 301                -->
        +0.3  --> .  201:1601(1400) ack 301                -->
        +0.6  --> .  201:1601(1400) ack 301                -->
        +1.2  --> .  201:1601(1400) ack 301                -->`,
    },
    {
      name: 'another as large had arrived before',
      ladder: `${OPEN}
              <-- .  301:301(0) ack 1501                   <--
              --> .  1501:2901(1400) ack 301               -->
        +0.3  --> .  1501:2901(1400) ack 301               -->
        +0.6  --> .  1501:2901(1400) ack 301               -->
        +1.2  --> .  1501:2901(1400) ack 301               -->
              <-- P. 301:311(10) ack 1501                  <--`,
    },
    {
      name: 'a small segment is lost again and again',
      ladder: `${SMALL_PASS}${COPIES}`
        .replaceAll('  ! mtu-black-hole', '')
        .replaceAll('101:1501(1400)', '101:601(500)')
        .replaceAll('1501:1601', '601:701'),
    },
    {
      name: 'not the first of what is out',
      ladder: `
              --> S  100:100(0) <mss 1460,sackOK>          -->
              <-- S. 300:300(0) ack 101 <mss 1460,sackOK>  <--
              --> .  101:101(0) ack 301                    -->
              --> .  101:201(100) ack 301                  -->
              --> .  201:1601(1400) ack 301                -->
        +0.3  --> .  201:1601(1400) ack 301                -->
        +0.6  --> .  201:1601(1400) ack 301                -->
        +1.2  --> .  201:1601(1400) ack 301                -->
              <-- P. 301:311(10) ack 101                   <--`,
    },
    {
      name: 'an ICMP error about something else',
      ladder: `${OPEN}
        <-- icmp 3/1 about .  101:1501(1400) ack 301  <--
        ${QUIET_COPIES}`,
    },
    {
      name: 'the sender obeys the ICMP error at once',
      ladder: `${OPEN}
        <-- icmp 3/4 mtu 1300 about .  101:1501(1400) ack 301  <--
        --> .  101:1301(1200) ack 301                          -->
        --> .  1301:1501(200) ack 301                          -->
        <-- .  301:301(0) ack 1501                             <--`,
    },
  ],
  fixtures: {
    reports: ['kernel/mtu-black-hole-near.pcap', 'kernel/mtu-black-hole-probed-near.pcap'],
    quiet: [
      'kernel/fragmentation-needed-near.pcap',
      'kernel/fragmentation-needed-far.pcap',
      'kernel/packet-too-big-near.pcap',
      'kernel/mtu-black-hole-far.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/back-off-for-a-minute.pcap',
      'kernel/host-vanished-near.pcap',
      'kernel/window-exceeded-near.pcap',
    ],
  },
})
