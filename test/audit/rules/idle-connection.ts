import rule from '../../../src/audit/rules/idle-connection.ts'
import { OPEN_IN_USE } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** Behind OPEN_IN_USE: data of the client, acknowledged. */
const GOES_ON = (seconds: number) => `
  +${seconds} --> P. 201:211(10) ack 301 --> ! idle-connection
  <-- . 301:301(0) ack 211 <--`

const CLOSED = `
  --> F. 211:211(0) ack 301 -->
  <-- F. 301:301(0) ack 212 <--
  --> . 212:212(0) ack 302 -->`

const PROBED = `
  <-- . 301:301(0) ack 211 <--
  +10 --> . 210:210(0) ack 301 -->
  <-- . 301:301(0) ack 211 <--`

export default ruleCases(rule, {
  reports: [
    {
      name: 'silent for three hours, until the capture ends',
      ladder: `${OPEN_IN_USE}  ! idle-connection`,
      until: 10_800,
      findings: [
        {
          message: 'silent',
          data: { silence: 10_799.996e9, goesOn: true },
          packets: [5],
          severity: 'info',
          confidence: 'certain',
          blame: null,
          count: 1,
        },
      ],
    },
    {
      name: 'silent for three hours, and then it went on and was closed',
      ladder: `${OPEN_IN_USE}${GOES_ON(10_800)}${CLOSED}`,
      findings: [{ message: 'silent', data: { silence: 10_800e9, goesOn: false }, packets: [6] }],
    },
    {
      name: 'the longest of several silences',
      ladder: `${OPEN_IN_USE}
        +9000 --> P. 201:211(10) ack 301 -->
              <-- . 301:301(0) ack 211 <--
       +12000 --> P. 211:221(10) ack 301 --> ! idle-connection
              <-- . 301:301(0) ack 221 <--
        +8000 --> P. 221:231(10) ack 301 -->
              <-- . 301:301(0) ack 231 <--`,
      until: 38_000,
      findings: [{ message: 'silent', data: { silence: 12_000e9, goesOn: false } }],
    },
    {
      name: 'the longest is the last',
      ladder: `${OPEN_IN_USE}${GOES_ON(9000).replace('! idle-connection', '')} ! idle-connection`,
      until: 20_000,
      findings: [{ message: 'silent', data: { goesOn: true } }],
    },
    {
      name: 'probes of a closed window are no keep-alive',
      ladder: `${OPEN_IN_USE}
             --> P. 201:211(10) ack 301  -->
             <-- . 301:301(0) ack 211 win 0 <--
        +2   --> . 210:210(0) ack 301  -->
             <-- . 301:301(0) ack 211 win 0 <--
        +2   <-- . 301:301(0) ack 211  <-- ! idle-connection`,
      until: 10_800,
      findings: [{ message: 'silent', data: { goesOn: true } }],
    },
    {
      name: 'several of one server',
      crowd: { ladder: OPEN_IN_USE, count: 3, vary: 'client-port', every: 1 },
      until: 8000,
      findings: [{ message: 'silent', data: { silence: 7999.996e9 }, count: 3 }],
    },
  ],
  quiet: [
    { name: 'for two hours', ladder: OPEN_IN_USE, until: 7500 },
    { name: 'for two hours, and then it went on', ladder: `${OPEN_IN_USE}${GOES_ON(7500)}` },
    {
      name: 'keep-alive probes before the silence',
      ladder: `${OPEN_IN_USE}${GOES_ON(1)}${PROBED}`,
      until: 10_800,
    },
    {
      name: 'a keep-alive probe that comes after three hours',
      ladder: `${OPEN_IN_USE}
        +10800 --> . 200:200(0) ack 301 -->
               <-- . 301:301(0) ack 201 <--`,
    },
    { name: 'closed', ladder: `${OPEN_IN_USE}${GOES_ON(1)}${CLOSED}`, until: 20_000 },
    {
      name: 'one end has closed, and the other does not for hours',
      ladder: `${OPEN_IN_USE}
        --> F. 201:201(0) ack 301 -->
        <-- .  301:301(0) ack 202 <--
 +10800 <-- F. 301:301(0) ack 202 <--
        --> .  202:202(0) ack 302 -->`,
    },
    {
      name: 'the other end has closed',
      ladder: `${OPEN_IN_USE}
        <-- F. 301:301(0) ack 201 <--
        --> .  201:201(0) ack 302 -->`,
      until: 10_800,
    },
    { name: 'two silences of two hours each', ladder: `${OPEN_IN_USE}${GOES_ON(7000)}`, until: 14_000 },
  ],
  fixtures: {
    // Hours are not recorded: it is as true of seconds.
    reports: [
      { file: 'kernel/abandoned.pcap', options: { patience: 300 } },
      { file: 'kernel/pool-behind-a-dropping-middlebox-far.pcap', options: { patience: 5 } },
      { file: 'kernel/pool-behind-a-resetting-middlebox-near.pcap', options: { patience: 5 } },
    ],
    quiet: [
      { file: 'kernel/keep-alive-keeps-the-middlebox-awake-near.pcap', options: { patience: 1.5 } },
      'kernel/abandoned.pcap',
      'kernel/keep-alive-answered.pcap',
      'kernel/fin-wait-2-stuck.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
