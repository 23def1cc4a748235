import rule from '../../../src/audit/rules/isn-predictable.ts'
import { ruleCases } from '../../support/rule-cases.ts'

/** A handshake with these initial numbers. */
const opening = (client: number, server: number) => `
  --> S  ${client}:${client}(0)                             -->
  <-- S. ${server}:${server}(0) ack ${client + 1}           <--
  --> .  ${client + 1}:${client + 1}(0) ack ${server + 1}   -->`

/** What hashes of the tuple look like. */
const CLIENT = [3_385_590, 1_900_441, 2_744_080, 80_211, 3_020_177, 1_110_009, 4_000_321, 512_345]
const SERVER = [710_300, 2_290_775, 1_404_011, 3_900_120, 33_909, 2_801_552, 1_777_001, 99_080]

/** One after the other, each from a port of its own. */
const series = (clients: readonly number[], servers: readonly number[]) =>
  servers.map((server, index) => ({
    ladder: opening(clients[index] ?? 0, server),
    count: 1,
    vary: 'client-port' as const,
    every: 0,
    start: index / 4,
  }))

const steps = (count: number, step: number, from = 64_000) =>
  Array.from({ length: count }, (_, index) => from + index * step)

export default ruleCases(rule, {
  reports: [
    {
      name: 'a server that begins with the same number each time',
      crowds: series(CLIENT, [5000, 5000, 5000, 5000, 5000]),
      findings: [
        {
          message: 'constant',
          data: { number: 5000, role: 'server', connections: 5 },
          packets: [1, 4, 7, 10, 13],
          blame: 'server',
          severity: 'warning',
          confidence: 'certain',
          count: 5,
        },
      ],
    },
    {
      name: 'and with 0, a client',
      crowds: series([0, 0, 0, 0, 0, 0], SERVER.slice(0, 6)),
      variants: { numbersAsWritten: true },
      findings: [
        {
          message: 'constant',
          data: { number: 0, role: 'client', connections: 6 },
          blame: 'client',
          count: 6,
        },
      ],
    },
    {
      name: 'a server whose numbers rise by 64,000, as they did in 1990',
      crowds: series(CLIENT, steps(7, 64_000)),
      findings: [
        {
          message: 'stepping',
          data: { number: 64_000, step: 64_000, falling: false, role: 'server', connections: 7 },
          count: 7,
        },
      ],
    },
    {
      name: 'falling ones, between others',
      crowds: series(CLIENT, [SERVER[0] ?? 0, ...steps(6, -1, 9000), SERVER[1] ?? 0]),
      findings: [{ message: 'stepping', data: { number: 9000, step: 1, falling: true, connections: 6 } }],
    },
    {
      name: 'the longer one of two runs',
      crowds: series(
        [...CLIENT, ...CLIENT.map((number) => number + 77)],
        [...steps(7, 10), ...steps(5, 20, 900_000), ...steps(4, 5, 70)],
      ),
      findings: [{ message: 'stepping', data: { step: 10, connections: 7 } }],
    },
  ],
  quiet: [
    { name: 'numbers by a hash of the tuple', crowds: series(CLIENT, SERVER) },
    { name: 'four of them', crowds: series(CLIENT, [5000, 5000, 5000, 5000, ...SERVER.slice(0, 3)]) },
    {
      name: 'one tuple that Linux uses again and again, 65,537 further each time',
      ladder: [0, 1, 2, 3, 4, 5]
        .map((number) => {
          const [client, server] = [1000 + number * 65_537, 900_000 + number * 65_537]
          return `${opening(client, server)}
        --> F. ${client + 1}:${client + 1}(0) ack ${server + 1}  -->
        <-- F. ${server + 1}:${server + 1}(0) ack ${client + 2}  <--
        --> .  ${client + 2}:${client + 2}(0) ack ${server + 2}  -->`
        })
        .join('\n'),
    },
    {
      name: 'a scanner with one number for all of its SYNs, who never finishes a handshake',
      crowds: SERVER.map((server, index) => ({
        ladder: `
          --> S  100:100(0)                         -->
          <-- S. ${server}:${server}(0) ack 101     <--
          --> R  101:101(0) win 0                   -->`,
        count: 1,
        vary: 'client-port' as const,
        every: 0,
        start: index / 4,
      })),
    },
    {
      name: 'the client’s SYNs were not captured',
      crowds: SERVER.map((server, index) => ({
        ladder: `
          <-- S. ${server}:${server}(0) ack 101          <--
          --> .  101:101(0) ack ${server + 1}            -->`,
        count: 1,
        vary: 'client-port' as const,
        every: 0,
        start: index / 4,
      })),
    },
    {
      name: 'six where eight are asked for',
      crowds: series(CLIENT, [5000, 5000, 5000, 5000, 5000, 5000]),
      options: { least: 8 },
    },
  ],
  fixtures: {
    reports: ['kernel/numbers-constant.pcap', 'kernel/numbers-stepping.pcap'],
    quiet: [
      'kernel/time-wait-reused.pcap',
      'kernel/time-wait-reused-by-number-near.pcap',
      'kernel/port-exhaustion.pcap',
      'kernel/health-checks-by-fin.pcap',
      'kernel/half-open-scan.pcap',
      'kernel/syn-cookies-undisturbed.pcap',
      'kernel/each-frame-twice.pcap',
    ],
  },
})
