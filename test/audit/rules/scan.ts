import rule from '../../../src/audit/rules/scan.ts'
import { ruleCases } from '../../support/rule-cases.ts'

const REFUSED = `
  --> S  100:100(0)      -->
  <-- R. 0:0(0) ack 101  <--`

const UNANSWERED = '--> S 100:100(0) -->'

const CONNECTED = `
  --> S  100:100(0)          -->
  <-- S. 300:300(0) ack 101  <--
  --> .  101:101(0) ack 301  -->
  --> F. 101:101(0) ack 301  -->
  <-- F. 301:301(0) ack 102  <--
  --> .  102:102(0) ack 302  -->`

const HALF_OPEN = `
  --> S  100:100(0)          -->
  <-- S. 300:300(0) ack 101  <--
  --> R  101:101(0)          -->`

const ports = (ladder: string, count: number, start = 0, every = 0.1) =>
  ({ ladder, count, vary: 'server-port', every, start }) as const

const hosts = (ladder: string, count: number, start = 0, every = 0.1) =>
  ({ ladder, count, vary: 'server-address', every, start }) as const

export default ruleCases(rule, {
  reports: [
    {
      name: 'fifteen closed ports',
      crowd: ports(REFUSED, 15),
      findings: [
        {
          message: 'syn',
          data: {
            targets: 15,
            ports: 15,
            hosts: 1,
            refused: 15,
            unanswered: 0,
            open: 0,
            connected: 0,
            lasted: 1.4e9,
          },
          packets: [1, 3, 5, 7, 9, 11, 13, 15],
          count: 15,
          severity: 'warning',
          confidence: 'likely',
          blame: 'client',
        },
      ],
    },
    {
      name: 'a scan by SYN alone resets what is open',
      crowds: [ports(REFUSED, 10), ports(HALF_OPEN, 5, 1)],
      findings: [{ message: 'syn', data: { refused: 10, open: 5, connected: 0 }, count: 15 }],
    },
    {
      name: 'a scan by connect()',
      crowds: [ports(REFUSED, 15), ports(CONNECTED, 3, 1.5)],
      findings: [{ message: 'syn', data: { refused: 15, connected: 3 }, count: 15 }],
    },
    {
      name: 'fifteen hosts, of which none answers',
      crowd: hosts(UNANSWERED, 15),
      until: 5,
      findings: [{ message: 'syn', data: { ports: 1, hosts: 15, unanswered: 15 }, count: 15 }],
    },
    {
      name: 'two rounds are a scan still',
      crowds: [hosts(UNANSWERED, 15, 0, 0.01), { ...ports(REFUSED, 15, 1, 0.01) }],
      until: 5,
      findings: [{ message: 'syn', data: { targets: 30, ports: 16, hosts: 15 } }],
    },
    {
      name: 'FINs out of the blue',
      crowd: ports(
        `
        --> F  100:100(0)      -->
        <-- R. 0:0(0) ack 101  <--`,
        15,
      ),
      findings: [{ message: 'fin', data: { refused: 15 }, confidence: 'certain' }],
    },
    {
      name: 'segments without any flag, some unanswered',
      crowds: [
        ports(
          `
          --> none 100:100(0)     -->
          <-- R. 0:0(0) ack 100  <--`,
          14,
        ),
        ports('--> none 100:100(0) -->', 1, 1.5),
      ],
      findings: [{ message: 'null', data: { refused: 14, unanswered: 1 }, confidence: 'certain' }],
    },
    {
      name: 'a Christmas tree',
      crowd: ports(
        `
        --> FPU 100:100(0)      -->
        <-- R.  0:0(0) ack 101  <--`,
        15,
      ),
      findings: [{ message: 'xmas', confidence: 'certain' }],
    },
    {
      name: 'bare ACKs, which all are refused',
      crowd: ports(
        `
        --> .  100:100(0) ack 300  -->
        <-- R  300:300(0)          <--`,
        15,
      ),
      variants: false,
      findings: [{ message: 'ack', data: { refused: 15 }, confidence: 'likely' }],
    },
  ],
  quiet: [
    { name: 'fourteen closed ports', crowd: ports(REFUSED, 14) },
    { name: 'fourteen hosts', crowd: hosts(UNANSWERED, 14), until: 5 },
    {
      name: 'one client that tries one port again and again',
      crowd: { ladder: REFUSED, count: 30, vary: 'client-port', every: 0.1 },
    },
    {
      name: 'many clients, one closed port',
      crowd: { ladder: REFUSED, count: 30, vary: 'client-address', every: 0.1 },
    },
    { name: 'many services, all of them open', crowd: ports(CONNECTED, 20) },
    {
      name: 'a browser that meets some dead hosts',
      crowds: [hosts(CONNECTED, 16), hosts(UNANSWERED, 15, 1.6)],
      until: 10,
    },
    { name: 'one port every five seconds', crowd: ports(REFUSED, 15, 0, 5) },
    { name: 'one host every five seconds', crowd: hosts(UNANSWERED, 15, 0, 5), until: 90 },
    { name: 'SYNs of just now', crowd: hosts(UNANSWERED, 15, 0, 0.01) },
    {
      name: 'a balancer that looks after fifteen dead servers',
      crowd: ports(
        `
            --> S  100:100(0)         -->
            <-- R. 0:0(0) ack 101     <--
        +5  --> S  5100:5100(0)       -->
            <-- R. 0:0(0) ack 5101    <--
        +5  --> S  10100:10100(0)     -->
            <-- R. 0:0(0) ack 10101   <--
        +5  --> S  15100:15100(0)     -->
            <-- R. 0:0(0) ack 15101   <--`,
        15,
      ),
    },
    {
      name: 'last acknowledgments of conversations before the capture',
      crowd: ports('--> . 100:100(0) ack 300 -->', 15),
    },
    {
      name: 'conversations under way',
      crowd: ports(
        `
        --> .  100:100(0) ack 300    -->
        <-- P. 300:310(10) ack 100   <--
        --> .  100:100(0) ack 310    -->
        <-- R. 310:310(0) ack 100    <--`,
        15,
      ),
    },
    {
      name: 'backscatter: somebody else used this host’s address',
      crowd: { ladder: '<-- S. 300:300(0) ack 101 <--', count: 20, vary: 'server-address', every: 0.1 },
      until: 5,
    },
  ],
  fixtures: {
    reports: [
      'kernel/syn-scan-of-ports.pcap',
      'kernel/syn-scan-of-hosts.pcap',
      'kernel/connect-scan-of-ports.pcap',
      'kernel/fin-scan.pcap',
      'kernel/null-scan.pcap',
      'kernel/xmas-scan.pcap',
      'kernel/ack-scan.pcap',
    ],
    quiet: [
      'kernel/many-services-is-no-scan.pcap',
      'kernel/half-open-scan.pcap',
      'kernel/refused-often.pcap',
      'kernel/health-checks-by-fin.pcap',
      'kernel/syn-flood-without-cookies.pcap',
      'kernel/odd-flags.pcap',
    ],
  },
})
