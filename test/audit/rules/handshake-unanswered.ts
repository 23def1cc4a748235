import rule from '../../../src/audit/rules/handshake-unanswered.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'a race that the other address family won',
      crowds: [
        { ladder: '--> S 100:100(0) -->', count: 1, vary: 'client-port', every: 0 },
        { ladder: OPEN, count: 1, vary: 'client-port', every: 0, start: 1.999, otherFamily: true },
      ],
      until: 20,
      findings: [{ message: 'lostRace', severity: 'info', count: 1 }],
    },
    {
      name: 'connected over the other family too late for a race',
      crowds: [
        { ladder: '--> S 100:100(0) -->', count: 1, vary: 'client-port', every: 0 },
        { ladder: OPEN, count: 1, vary: 'client-port', every: 0, start: 2.001, otherFamily: true },
      ],
      until: 20,
      findings: [{ message: 'unanswered', severity: 'warning' }],
    },
    {
      name: 'a SYN as Linux has repeated it since 6.5, until it gives up',
      ladder: `
                --> S 100:100(0) <mss 1460>  -->  ! handshake-unanswered
        +1      --> S 100:100(0) <mss 1460>  -->  ! handshake-unanswered
        +1      --> S 100:100(0) <mss 1460>  -->  ! handshake-unanswered
        +1      --> S 100:100(0) <mss 1460>  -->  ! handshake-unanswered
        +1      --> S 100:100(0) <mss 1460>  -->  ! handshake-unanswered`,
      until: 120,
      findings: [
        {
          message: 'unanswered',
          data: {
            attempts: 5,
            waited: 4e9,
            times: [0, 1e9, 2e9, 3e9, 4e9],
            ladder: 'linux-since-6.5',
            ended: 'gave-up',
          },
          packets: [1, 2, 3, 4, 5],
          blame: 'server',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
    {
      name: 'a SYN as older Linux repeats it, and the capture ends',
      ladder: `
             --> S 100:100(0)  -->
        +1   --> S 100:100(0)  -->
        +2   --> S 100:100(0)  -->
        +4   --> S 100:100(0)  -->`,
      findings: [
        { message: 'unanswered', data: { attempts: 4, ladder: 'linux-before-6.5', ended: 'trying' } },
      ],
    },
    {
      name: 'a SYN repeated by another clock',
      ladder: `
              --> S 100:100(0)  -->
        +0.5  --> S 100:100(0)  -->`,
      findings: [{ message: 'unanswered', data: { attempts: 2, ladder: 'other' }, confidence: 'certain' }],
    },
    {
      name: 'a single SYN after patience',
      ladder: '--> S 100:100(0) -->',
      until: 4,
      findings: [
        { message: 'unanswered', data: { attempts: 1, waited: 0, times: [0] }, confidence: 'likely' },
      ],
    },
    {
      name: 'more copies than are kept',
      ladder: `--> S 100:100(0) -->\n${'+1 --> S 100:100(0) -->\n'.repeat(14)}`,
      findings: [
        {
          message: 'unanswered',
          data: { attempts: 15, waited: 11e9 },
          packets: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        },
      ],
    },
    {
      name: 'three attempts at one server are one finding',
      crowd: {
        ladder: `
               --> S 100:100(0)  -->
          +1   --> S 100:100(0)  -->`,
        count: 3,
        vary: 'client-port',
        every: 0.1,
      },
      findings: [{ message: 'unanswered', count: 3, data: { attempts: 6, waited: 1e9 } }],
    },
  ],
  quiet: [
    { name: 'the capture ends too early to tell', ladder: '--> S 100:100(0) -->', until: 2.5 },
    {
      name: 'the third copy is answered',
      ladder: `
            --> S  100:100(0)          -->
        +1  --> S  100:100(0)          -->
        +1  --> S  100:100(0)          -->
            <-- S. 300:300(0) ack 101  <--
            --> .  101:101(0) ack 301  -->`,
      until: 30,
    },
    {
      name: 'refused',
      ladder: `
            --> S  100:100(0)        -->
            <-- R. 0:0(0) ack 101    <--`,
      until: 30,
    },
  ],
  fixtures: {
    reports: [
      'kernel/connect-gives-up.pcap',
      'kernel/connect-gives-up-by-default.pcap',
      'kernel/connect-given-up-by-application.pcap',
      'kernel/firewall-drops-syn-near.pcap',
      'kernel/happy-eyeballs-unanswered.pcap',
    ],
    quiet: [
      'kernel/lost-syn-near.pcap',
      'kernel/lost-syn-ack-far.pcap',
      'kernel/refused.pcap',
      'kernel/accept-queue-full.pcap',
      'kernel/orderly-close-by-client.pcap',
    ],
  },
})
