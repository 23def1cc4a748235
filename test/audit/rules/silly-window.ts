import rule from '../../../src/audit/rules/silly-window.ts'
import { OPEN, OPENED } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const MARK = '! silly-window'

interface Way {
  /** Bytes sent each time, the windows offered in turn, and where A stands. */
  readonly size?: number
  readonly windows?: readonly number[]
  readonly from?: number
}

/** A sends, and each acknowledgment of B offers a small window; the first is no turn yet, it only begins one. */
function turns(count: number, { size = 100, windows = [100], from = 101 }: Way = {}): string {
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = from + size * index
    const mark = index > 0 && index <= 8 ? MARK : ''
    return `
      +0.04 --> .  ${at}:${at + size}(${size}) ack 301                                        -->
            <-- .  301:301(0) ack ${at + size} win ${windows[index % windows.length]}  <--  ${mark}`
  }).join('\n')
}

const unmarked = (ladder: string) => ladder.replaceAll(MARK, '')

const THREE = { turns: 3 }

export default ruleCases(rule, {
  reports: [
    {
      name: 'twenty windows of a hundred bytes, each filled',
      ladder: `${OPENED}${turns(20)}`,
      findings: [
        {
          message: 'tiny',
          data: { turns: 20, smallest: 100, largest: 100, bytes: 2000, mss: 1460 },
          packets: [7, 9, 11, 13, 15, 17, 19, 21],
          blame: 'server',
          severity: 'notice',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'towards the client, whose segments may be larger than those to the server',
      options: THREE,
      ladder: `
              --> S  100:100(0) <mss 1460>          -->
              <-- S. 300:300(0) ack 101 <mss 1000>  <--
              --> .  101:101(0) ack 301             -->
        +0.04 <-- .  301:401(100) ack 101           <--
              --> .  101:101(0) ack 401 win 100     -->
        +0.04 <-- .  401:501(100) ack 101           <--
              --> .  101:101(0) ack 501 win 200     -->  ${MARK}
        +0.04 <-- .  501:701(200) ack 101           <--
              --> .  101:101(0) ack 701 win 100     -->  ${MARK}
        +0.04 <-- .  701:801(100) ack 101           <--
              --> .  101:101(0) ack 801 win 100     -->  ${MARK}`,
      findings: [
        {
          message: 'tiny',
          data: { turns: 3, smallest: 100, largest: 200, bytes: 400, mss: 1460 },
          blame: 'client',
        },
      ],
    },
    {
      name: 'of who says nothing of the size of its segments',
      options: THREE,
      ladder: `${OPEN}${turns(3)}`,
      findings: [{ message: 'tiny', data: { turns: 3, mss: 536 } }],
    },
    {
      name: 'half of the data, the other half before',
      options: THREE,
      ladder: `${OPENED}
        --> .  101:301(200) ack 301  -->
        <-- .  301:301(0) ack 301    <--${turns(3, { from: 301 })}`,
      findings: [{ message: 'tiny', data: { turns: 3, bytes: 300 } }],
    },
  ],
  quiet: [
    { name: 'nineteen of them', ladder: unmarked(`${OPENED}${turns(19)}`) },
    {
      name: 'a small device, whose segments are no larger than its windows',
      options: THREE,
      ladder: unmarked(`
        --> S  100:100(0) <mss 1460>         -->
        <-- S. 300:300(0) ack 101 <mss 100>  <--
        --> .  101:101(0) ack 301            -->${turns(10)}`),
    },
    {
      name: 'small windows that are never filled',
      options: THREE,
      ladder: unmarked(`${OPENED}${turns(10, { size: 50 })}`),
    },
    {
      name: 'a reader that is slow at the end of much data',
      options: THREE,
      ladder: unmarked(`${OPENED}
        --> .  101:1101(1000) ack 301  -->
        <-- .  301:301(0) ack 1101     <--${turns(3, { from: 1101 })}`),
    },
    {
      name: 'a receiver that waits until there is room for a segment',
      options: THREE,
      ladder: unmarked(`${OPENED}${turns(10, { size: 1460, windows: [1460, 0] })}`),
    },
  ],
  fixtures: {
    reports: ['kernel/silly-window.pcap'],
    quiet: ['kernel/slow-reader.pcap', 'kernel/delayed-acks-meet-nagle.pcap', 'kernel/typist.pcap'],
  },
})
