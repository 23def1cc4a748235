import rule from '../../../src/audit/rules/fin-wait-2-stuck.ts'
import { OPEN } from '../../support/openings.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const CLOSED = `${OPEN}
  --> F. 101:101(0) ack 301  -->  ! fin-wait-2-stuck
  <-- .  301:301(0) ack 102  <--  ! fin-wait-2-stuck`

const HALF_CLOSED = `${OPEN}
  --> F. 101:101(0) ack 301   -->
  <-- .  301:301(0) ack 102   <--
  <-- P. 301:311(10) ack 102  <--
  --> .  102:102(0) ack 311   -->`

export default ruleCases(rule, {
  reports: [
    {
      name: 'a closed socket waits until its kernel drops it',
      ladder: CLOSED,
      until: 70,
      findings: [
        {
          message: 'stuck',
          data: { waiting: 'client', held: 60e9, ended: 'timer' },
          packets: [4, 5],
          blame: 'server',
          severity: 'notice',
          confidence: 'certain',
        },
      ],
    },
    {
      name: 'and that may be sooner, where its tcp_fin_timeout is known',
      ladder: CLOSED,
      profile: { finTimeout: 10 },
      until: 70,
      findings: [{ message: 'stuck', data: { held: 10e9, ended: 'timer' } }],
    },
    {
      name: 'a half-closed one waits on, silent since the last data',
      ladder: HALF_CLOSED,
      until: 80.005,
      findings: [{ message: 'stuck', data: { held: 80e9, ended: 'waiting' } }],
    },
    {
      name: 'the silence begins behind data that comes later',
      ladder: `${HALF_CLOSED}
        +50 <-- P. 311:321(10) ack 102  <--
            --> .  102:102(0) ack 321   -->`,
      until: 121,
      findings: [{ message: 'stuck', data: { held: 70.994e9, ended: 'waiting' } }],
    },
    {
      name: 'the FIN comes after all',
      ladder: `${HALF_CLOSED}
        +65 <-- F. 311:311(0) ack 102  <--
            --> .  102:102(0) ack 312  -->`,
      until: 300,
      findings: [{ message: 'stuck', data: { held: 65.001e9, ended: 'late' } }],
    },
    {
      name: 'the server waits for the client',
      ladder: `${OPEN}
        <-- F. 301:301(0) ack 101  <--
        --> .  101:101(0) ack 302  -->`,
      until: 70,
      findings: [{ message: 'stuck', data: { waiting: 'server', ended: 'timer' }, blame: 'client' }],
    },
    {
      name: 'many wait for one server',
      crowd: { ladder: CLOSED, count: 5, vary: 'client-port', every: 0.01 },
      until: 70,
      findings: [{ message: 'stuck', count: 5 }],
    },
  ],
  quiet: [
    { name: 'the capture ends too early to tell', ladder: CLOSED, until: 59 },
    { name: 'more patience than the kernel has', ladder: CLOSED, options: { patience: 100 }, until: 150 },
    {
      name: 'a half-closed connection that goes on sending',
      ladder: `${HALF_CLOSED}
        +40 <-- P. 311:321(10) ack 102  <--
            --> .  102:102(0) ack 321   -->
        +40 <-- F. 321:321(0) ack 102   <--
            --> .  102:102(0) ack 322   -->`,
      until: 200,
    },
    {
      name: 'the FIN comes within patience',
      ladder: `${CLOSED}
        +30 <-- F. 301:301(0) ack 102  <--
            --> .  102:102(0) ack 302  -->`,
      until: 200,
    },
    {
      name: 'reset within patience',
      ladder: `${CLOSED}
        +30 <-- R. 301:301(0) ack 102  <--`,
      until: 200,
    },
    {
      name: 'the acknowledgment of the FIN was not captured, nor what followed',
      ladder: `${OPEN}
        --> F. 101:101(0) ack 301  -->`,
      until: 200,
    },
  ],
  fixtures: {
    reports: ['kernel/fin-wait-2-stuck.pcap', 'kernel/close-wait-over-a-minute.pcap'],
    quiet: [
      'kernel/fin-wait-2-timeout.pcap',
      'kernel/close-wait-held.pcap',
      'kernel/close-wait-pile.pcap',
      'kernel/half-close-is-no-leak.pcap',
      'kernel/half-close-with-data.pcap',
      'kernel/one-direction-only-only-client.pcap',
    ],
  },
})
