import rule from '../../audit/rules/handshake-refused.ts'
import { addressText } from '../endpoint-text.ts'
import { icmpName } from '../icmp-text.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const FIREWALL = 'a firewall rule rejects it (nft reject, iptables REJECT)'

/** What an error about a SYN means, by version, type and code. */
const MEANINGS: Readonly<Record<string, string>> = {
  '4 3 0': 'it has no route to that network',
  '4 3 1': 'the host does not answer ARP, or there is no route to it',
  '4 3 2': FIREWALL,
  '4 3 3': `${FIREWALL}: a Linux host itself answers with RST where nobody listens`,
  '4 3 9': FIREWALL,
  '4 3 10': FIREWALL,
  '4 3 13': FIREWALL,
  '4 11 0': 'the packet went in circles until its TTL was used up: a routing loop',
  '6 1 0': 'it has no route there',
  '6 1 1': FIREWALL,
  '6 1 3': 'the host does not answer neighbour solicitations',
  '6 1 4': `${FIREWALL}: a Linux host itself answers with RST where nobody listens`,
  '6 1 5': 'the source address is not allowed there',
  '6 1 6': 'the route is a reject route',
  '6 3 0': 'the packet went in circles until its hop limit was used up: a routing loop',
}

export default wordingOf(rule, {
  messages: {
    refused: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection ${connection} was refused`
          : `${countOf(count, 'connection')} to ${server} refused`,
      detail: ({ after }, { count, server }) =>
        `${server} answered the SYN with RST ${count === 1 ? '' : 'within '}${durationText(after)}${count === 1 ? ' later' : ''}: no process listens on that port, or a firewall rejects with a reset.`,
      advice: (_, { server }) => [
        `on the server: \`ss -tlnp sport = :${server.slice(server.lastIndexOf(':') + 1)}\` shows whether something listens, and on which address`,
      ],
    },
    rejected: {
      title: ({ version, type, code, reporter }, { count, connection, server }) => {
        const what = count === 1 ? `Connection ${connection}` : `${countOf(count, 'connection')} to ${server}`
        return `${what} rejected by ${addressText(reporter)}: ${icmpName(version, type, code)}`
      },
      detail({ after, version, type, code, reporter, self }, { count }) {
        const who = self ? 'The server itself' : `${addressText(reporter)}, not the server,`
        const meaning = MEANINGS[`${version} ${type} ${code}`]
        return `${who} answered the SYN ${count === 1 ? '' : 'within '}${durationText(after)}${count === 1 ? ' later' : ''} with ${icmpName(version, type, code)}${meaning === undefined ? '' : `: ${meaning}`}. connect() fails at once.`
      },
      advice: ({ reporter, self }, { server }) => [
        self
          ? 'on the server: `nft list ruleset` (or `iptables -S`) shows the rule that rejects'
          : `on ${addressText(reporter)}: \`ip route get ${server.slice(0, server.lastIndexOf(':')).replace(/^\[|\]$/g, '')}\`, \`ip neigh\` and \`nft list ruleset\` show whether it is route, neighbour or rule`,
      ],
    },
    lostRace: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection ${connection} was refused, but the client connected over the other address family`
          : `${countOf(count, 'connection')} to ${server} refused, but the clients connected over the other address family`,
      detail: ({ after }) =>
        `The SYN was refused after ${durationText(after)}; the client connected to the same port over the other address family within 2 s (Happy Eyeballs, RFC 8305), and nobody noticed.`,
      advice: (_, { server }) => [
        `to spare the round trip: let the server listen on ${server} too, or take that address out of its DNS name`,
      ],
    },
  },
  notes: {
    syn: () => 'SYN',
    reset: () => 'RST in answer to it',
    error: ({ version, type, code, reporter }) =>
      `${icmpName(version, type, code)} from ${addressText(reporter)}`,
  },
})
