import rule from '../../../src/audit/rules/capture-duplicates.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const VISIT = `
  --> S  100:100(0)            -->
  <-- S. 300:300(0) ack 101    <--
  --> .  101:101(0) ack 301    -->
  --> P. 101:201(100) ack 301  -->
  <-- .  301:301(0) ack 201    <--
  --> F. 201:201(0) ack 301    -->
  <-- F. 301:301(0) ack 202    <--
  --> .  202:202(0) ack 302    -->`

/** A transfer of 40 segments, of which the first `copies` come again at once, `change` being what differs then. */
function transfer(copies: number, change = ''): string {
  const lines = Array.from({ length: 40 }, (_, index) => {
    const seq = 101 + 10 * index
    const segment = `P. ${seq}:${seq + 10}(10) ack 301`
    const id = `id 0x${(0x5000 + index).toString(16)}`
    const copy = index < copies ? `\n+0.00001 --> ${segment} ${change} ${id} -->` : ''
    return `--> ${segment} ${id} -->${copy}`
  })
  return `
    --> S  100:100(0)            -->
    <-- S. 300:300(0) ack 101    <--
    --> .  101:101(0) ack 301    -->
    ${lines.join('\n')}`
}

export default ruleCases(rule, {
  reports: [
    {
      name: 'each frame twice',
      ladder: VISIT,
      capture: { fault: 'each frame twice' },
      findings: [
        {
          message: 'doubled',
          data: { copies: 8, share: 0.5, kind: 'again' },
          packets: [2, 4, 6, 8, 10, 12, 14, 16],
          severity: 'notice',
          blame: 'capture',
        },
      ],
    },
    {
      name: 'each frame again behind a router',
      ladder: VISIT,
      capture: { fault: 'each frame again behind a router' },
      findings: [{ message: 'doubled', data: { copies: 8, kind: 'routed' } }],
    },
    {
      name: 'each frame in two VLANs',
      ladder: VISIT,
      capture: { fault: 'each frame in two VLANs' },
      findings: [{ message: 'doubled', data: { copies: 8, kind: 'other-vlan' } }],
    },
    {
      name: 'one direction twice',
      ladder: transfer(30),
      findings: [{ message: 'doubled', data: { copies: 30, kind: 'again' } }],
    },
    {
      name: 'a few from behind a router, which no network makes by itself',
      ladder: transfer(3, 'ttl 63'),
      variants: { ipv4Only: true },
      findings: [{ message: 'doubled', data: { copies: 3, kind: 'routed' }, packets: [5, 7, 9] }],
    },
    {
      name: 'more than is kept as evidence, some of them from behind a router',
      ladder: transfer(9, 'ttl 63').replace('ttl 63', ''),
      variants: { ipv4Only: true },
      findings: [
        {
          message: 'doubled',
          data: { copies: 9, kind: 'mixed' },
          packets: [5, 7, 9, 11, 13, 15, 17, 19],
        },
      ],
    },
  ],
  quiet: [
    { name: 'each frame once', ladder: VISIT },
    { name: 'two are too few', ladder: transfer(2, 'ttl 63'), variants: { ipv4Only: true } },
    { name: 'so many a network doubles by itself', ladder: transfer(12) },
    {
      name: 'segments that are sent again',
      ladder: `${VISIT.split('\n').slice(0, 5).join('\n')}
        +0.3  --> P. 101:201(100) ack 301  -->
        +0.6  --> P. 101:201(100) ack 301  -->
        +1.2  --> P. 101:201(100) ack 301  -->
        +2.4  --> P. 101:201(100) ack 301  -->
              <-- .  301:301(0) ack 201    <--`,
    },
  ],
  fixtures: {
    reports: [
      'kernel/each-frame-twice.pcap',
      'kernel/mirrored-with-vlan-tags-both-tagged.pcap',
      'kernel/on-any-interface-any-in-router.pcap',
    ],
    quiet: [
      'kernel/doubled-by-the-network-near.pcap',
      'kernel/doubled-by-the-network-far.pcap',
      'kernel/mirrored-with-vlan-tags-tagged.pcap',
      'kernel/on-any-interface-any-at-server.pcap',
      'kernel/spurious-repeats-near.pcap',
      'kernel/random-loss-both-ways-far.pcap',
    ],
  },
})
