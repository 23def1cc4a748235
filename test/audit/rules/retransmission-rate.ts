import rule from '../../../src/audit/rules/retransmission-rate.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** ICMP says what is too large in other words over IPv6. */
const IPV4_ONLY = { ipv4Only: true }

const OPENED = `
  --> S  100:100(0) <mss 1460>          -->
  <-- S. 300:300(0) ack 101 <mss 1460>  <--
  --> .  101:101(0) ack 301             -->`

/** Data segments of ten bytes, each acknowledged, and after `resent` of them a second copy by timeout. */
function talk(segments: number, resent: number, first = 101): string {
  const lines: string[] = []
  for (let i = 0; i < segments; i++) {
    const from = first + 10 * i
    const data = `--> P. ${from}:${from + 10}(10) ack 301 -->`
    lines.push(data)
    if (i < resent) lines.push(`+0.3 ${data}`)
    lines.push(`<-- . 301:301(0) ack ${from + 10} <--`)
  }
  return lines.join('\n')
}

const ANSWERED = `
  <-- P. 301:311(10) ack 311 <--
  +0.3 <-- P. 301:311(10) ack 311 <--
  --> . 311:311(0) ack 311 -->`

/** Five segments in flight, of which the last arrives, and four that are sent again at once. */
function flight(between: string): string {
  const data = (i: number) => `--> P. ${301 + 10 * i}:${311 + 10 * i}(10) ack 301 -->`
  const sack = '<-- . 301:301(0) ack 301 <sack 341:351> <--'
  const lines = [0, 1, 2, 3, 4].map(data)
  const again = [0, 1, 2, 3].map(data)
  return [
    lines[0],
    between,
    ...lines.slice(1),
    sack,
    sack,
    sack,
    ...again,
    '<-- . 301:301(0) ack 351 <--',
  ].join('\n')
}

export default ruleCases(rule, {
  reports: [
    {
      name: 'fast retransmissions',
      ladder: `${OPENED}\n${talk(20, 1)}\n${flight('')}`,
      findings: [{ message: 'lossy', data: { resends: 5, timeouts: 1, fast: 4 } }],
    },
    {
      name: 'five of twenty-five by timeout',
      ladder: `${OPENED}\n${talk(20, 5)}`,
      findings: [
        {
          message: 'lossy',
          data: {
            resends: 5,
            segments: 27,
            timeouts: 5,
            fast: 0,
            probes: 0,
            spurious: 0,
            syns: 0,
            fins: 0,
            share: 5 / 27,
          },
          packets: [1],
          blame: 'network',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'both ways, on several connections of one path',
      crowd: {
        ladder: `${OPENED}\n${talk(21, 2)}\n${ANSWERED}`,
        count: 2,
        vary: 'client-port',
        every: 1,
      },
      findings: [{ message: 'lossy', data: { resends: 6, timeouts: 6 }, count: 2 }],
    },
    {
      name: 'whoever connects',
      crowds: [
        { ladder: `${OPENED}\n${talk(20, 3)}`, count: 1, vary: 'client-port', every: 0 },
        {
          ladder: `
            <-- S  100:100(0) <mss 1460>          <--
            --> S. 300:300(0) ack 101 <mss 1460>  -->
            <-- .  101:101(0) ack 301             <--
            ${talk(20, 3, 301).replaceAll('ack 301', 'ack 101').replaceAll('301:301', '101:101')}`,
          count: 1,
          vary: 'client-port',
          every: 0,
          start: 1,
        },
      ],
      findings: [{ message: 'lossy', data: { resends: 6 }, count: 2 }],
    },
    {
      name: 'SYNs and FINs besides',
      ladder: `
        --> S  100:100(0) <mss 1460>          -->
        +1 --> S  100:100(0) <mss 1460>       -->
        <-- S. 300:300(0) ack 101 <mss 1460>  <--
        +1 <-- S. 300:300(0) ack 101 <mss 1460>  <--
        --> .  101:101(0) ack 301             -->
        ${talk(20, 5)}
        --> F. 301:301(0) ack 301  -->
        +0.3 --> F. 301:301(0) ack 301  -->
        <-- F. 301:301(0) ack 302  <--
        --> .  302:302(0) ack 302  -->`,
      findings: [{ message: 'lossy', data: { resends: 5, syns: 2, fins: 1 } }],
    },
    {
      name: 'sent again though acknowledged',
      ladder: `${OPENED}
        ${talk(20, 0)}
        +0.3 --> P. 251:261(10) ack 301 -->
        --> P. 261:271(10) ack 301 -->
        --> P. 271:281(10) ack 301 -->
        --> P. 281:291(10) ack 301 -->
        --> P. 291:301(10) ack 301 -->`,
      findings: [{ message: 'lossy', data: { resends: 5, spurious: 5, timeouts: 0 } }],
    },
  ],
  quiet: [
    {
      name: 'segments that were too large for the way, as ICMP says, are sent again in smaller ones',
      ladder: `${OPENED}\n${talk(20, 1)}\n${flight('<-- icmp 3/4 mtu 1300 about P. 301:311(10) ack 301 <--')}`,
      variants: IPV4_ONLY,
    },
    { name: 'four of many', ladder: `${OPENED}\n${talk(20, 4)}` },
    { name: 'five of few', ladder: `${OPENED}\n${talk(5, 5)}`, options: { least: 20 } },
    { name: 'one in a hundred', ladder: `${OPENED}\n${talk(600, 5)}`, variants: false },
    {
      name: 'only the SYN, again and again',
      crowd: {
        ladder: `
             --> S 100:100(0) -->
          +1 --> S 100:100(0) -->
          +1 --> S 100:100(0) -->`,
        count: 10,
        vary: 'client-port',
        every: 1,
      },
    },
    {
      name: 'two paths',
      crowd: { ladder: `${OPENED}\n${talk(20, 3)}`, count: 2, vary: 'server-address', every: 1 },
    },
  ],
  fixtures: {
    reports: ['kernel/bulk-with-loss-near.pcap'],
    quiet: [
      'kernel/bulk-without-loss.pcap',
      'kernel/fragmentation-needed-near.pcap',
      'kernel/packet-too-big-near.pcap',
      'kernel/lost-fin-near.pcap',
      'kernel/connect-gives-up-by-default.pcap',
      'kernel/each-frame-twice.pcap',
      'kernel/records-out-of-order.pcap',
      'kernel/frames-missing.pcap',
      'kernel/mirrored-with-vlan-tags-both-tagged.pcap',
    ],
  },
})
