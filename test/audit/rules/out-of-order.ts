import rule from '../../../src/audit/rules/out-of-order.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const hex = (id: number) => `id 0x${id.toString(16).padStart(4, '0')}`

const OPEN = `
  --> S  100:100(0) <mss 1460> ${hex(0x1001)}                        -->
  <-- S. 300:300(0) ack 101 <mss 1460> ${hex(0x5001)}                <--
  --> .  101:101(0) ack 301 ${hex(0x1002)}                           -->`

interface Traffic {
  /** Pairs of segments of ten bytes, of which the second passes first in so many of them. */
  readonly pairs: number
  readonly swapped: number
  /** IP ID of what comes late: its own, or the next. */
  readonly late?: 'own' | 'next'
  /** The receiver says that something is missing. */
  readonly told?: boolean
}

function traffic({ pairs, swapped, late = 'own', told = true }: Traffic): string {
  const lines: string[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const from = 101 + 20 * pair
    const id = 0x1003 + 2 * pair
    const first = (number: number) => `--> P. ${from}:${from + 10}(10) ack 301 ${hex(number)} -->`
    const second = (number: number) => `--> P. ${from + 10}:${from + 20}(10) ack 301 ${hex(number)} -->`
    if (pair >= swapped) lines.push(first(id), second(id + 1))
    else {
      lines.push(second(id + 1))
      if (told) lines.push(`<-- . 301:301(0) ack ${from} ${hex(0x5002 + 2 * pair)} <--`)
      lines.push(`${first(late === 'own' ? id : id + 2)} ! out-of-order`)
    }
    lines.push(`<-- . 301:301(0) ack ${from + 20} ${hex(0x5003 + 2 * pair)} <--`)
  }
  return `${OPEN}\n${lines.join('\n')}`
}

/** Over IPv6 there are no IDs: the clock stands still, or has gone on, when the missing one comes. */
function stamped(late: (pair: number) => number): string {
  const lines: string[] = []
  for (let pair = 0; pair < 4; pair++) {
    const from = 101 + 20 * pair
    const clock = 2000 + 10 * pair
    lines.push(
      `--> P. ${from + 10}:${from + 20}(10) ack 301 <nop,nop,TS val ${clock} ecr 8000> id 0x0000 -->`,
      `<-- . 301:301(0) ack ${from} <nop,nop,TS val 8001 ecr 1001> id 0x0000 <--`,
      `--> P. ${from}:${from + 10}(10) ack 301 <nop,nop,TS val ${late(clock)} ecr 8000> id 0x0000 --> ! out-of-order`,
      `<-- . 301:301(0) ack ${from + 20} <nop,nop,TS val 8001 ecr ${clock}> id 0x0000 <--`,
    )
  }
  return `
    --> S  100:100(0) <mss 1460,TS val 1000 ecr 0> id 0x0000             -->
    <-- S. 300:300(0) ack 101 <mss 1460,TS val 8000 ecr 1000> id 0x0000  <--
    --> .  101:101(0) ack 301 <nop,nop,TS val 1001 ecr 8000> id 0x0000   -->
    ${lines.join('\n')}`
}

const unmarked = (ladder: string) => ladder.replaceAll('! out-of-order', '')
const ipv4Only = { ipv4Only: true }

export default ruleCases(rule, {
  reports: [
    {
      name: 'three of twenty come late',
      ladder: traffic({ pairs: 10, swapped: 3 }),
      variants: ipv4Only,
      findings: [
        {
          message: 'late',
          data: { late: 3, segments: 22 },
          packets: [6, 10, 14],
          blame: 'network',
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'without IP IDs, by timestamps',
      ladder: stamped((clock) => clock - 1),
      findings: [{ message: 'late', data: { late: 4 } }],
    },
    {
      name: 'nine: the first eight are shown',
      ladder: unmarked(traffic({ pairs: 9, swapped: 9 })),
      variants: ipv4Only,
      findings: [{ message: 'late', data: { late: 9 }, packets: [6, 10, 14, 18, 22, 26, 30, 34] }],
    },
  ],
  quiet: [
    { name: 'two', ladder: unmarked(traffic({ pairs: 10, swapped: 2 })), variants: ipv4Only },
    {
      name: 'less than a hundredth',
      ladder: unmarked(traffic({ pairs: 160, swapped: 3 })),
      variants: false,
    },
    {
      name: 'repeats that come as soon: they have the next IP ID',
      ladder: unmarked(traffic({ pairs: 10, swapped: 4, late: 'next' })),
      variants: ipv4Only,
    },
    { name: 'repeats by timestamps', ladder: unmarked(stamped((clock) => clock + 1)) },
    {
      name: 'the receiver sees them in order: the capture mixed them up',
      ladder: unmarked(traffic({ pairs: 10, swapped: 4, told: false })),
      variants: ipv4Only,
    },
    {
      name: 'the sender, but not the receiver, has had disorder to report',
      ladder: `${unmarked(traffic({ pairs: 10, swapped: 4, told: false }))}
        <-- P. 301:311(10) ack 301 id 0x6001  <--
        --> .  301:301(0) ack 311             -->
        <-- P. 321:331(10) ack 301 id 0x6003  <--
        --> .  301:301(0) ack 311             -->
        --> .  301:301(0) ack 311             -->
        --> .  301:301(0) ack 311             -->`,
      variants: ipv4Only,
    },
  ],
  fixtures: {
    reports: ['kernel/overtaken-on-the-way-far.pcap'],
    quiet: [
      'kernel/overtaken-on-the-way-near.pcap',
      'kernel/records-out-of-order.pcap',
      'kernel/bulk-with-loss-far.pcap',
      'kernel/bulk-with-loss-near.pcap',
      'kernel/each-frame-twice.pcap',
      'kernel/directions-on-two-clocks.pcap',
      'kernel/frames-missing.pcap',
    ],
  },
})
