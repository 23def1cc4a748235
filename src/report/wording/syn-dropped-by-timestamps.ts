import rule from '../../audit/rules/syn-dropped-by-timestamps.ts'
import { addressText } from '../endpoint-text.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    dropped: {
      title: ({ client, unanswered }, { host }) =>
        `${host} ignores ${countOf(unanswered, 'SYN')} from ${addressText(client)}: their timestamps are older than another host’s behind that address`,
      detail: ({ client, unanswered, answered, clocks, behind }) =>
        `The timestamps of SYNs from ${addressText(client)} lie on ${countText(clocks)} clocks, so as many hosts share the address. All ${countText(answered)} handshakes of the clock that is ahead were answered, none of the ${countText(unanswered)} attempts from the others, ${countText(behind)} ticks or more behind it, since it was first heard. A server that takes the timestamps of an address for those of one host drops what looks older than the last (PAWS).`,
      advice: (_, { host }) => [
        `on ${host}: \`sysctl net.ipv4.tcp_tw_recycle\` must be 0 (default 0; it is gone since Linux 4.12), and \`nstat -az TcpExtPAWSPassive\` counts the SYNs that were dropped`,
        'is it a balancer or firewall that keeps timestamps per address? If nothing can be set there, net.ipv4.tcp_timestamps = 0 (default 1) on the hosts behind the address helps meanwhile',
      ],
    },
  },
  notes: { dropped: () => 'SYN, never answered, with an older timestamp' },
})
