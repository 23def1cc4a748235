import rule from '../../audit/rules/ip-fragmented.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    fragmented: {
      title: ({ segments }, { count, client, server }) =>
        `${countOf(segments, 'segment')} between ${client} and ${server} came in IP fragments${count === 1 ? '' : `, on ${countOf(count, 'connection')}`}`,
      detail: ({ largest, version }) =>
        `IPv${version} packets of up to ${countText(largest)} bytes were put together from fragments. The MSS that the ends agreed on is larger than what the path carries, and path MTU discovery has not corrected it: if one fragment is lost, the whole segment is, and firewalls often drop all fragments but the first.`,
      advice: ({ largest, version }) => [
        version === 4
          ? `\`ping -M do -s ${largest - 28} HOST\` (20 bytes of IP and 8 of ICMP make ${largest}) and smaller ones find what the path carries; \`tracepath HOST\` finds where`
          : `\`tracepath -6 HOST\` finds where the path becomes narrow: in IPv6 only the source, or the mouth of a tunnel, fragments`,
        version === 4
          ? 'the sender has not set DF: net.ipv4.ip_no_pmtu_disc is 0 by default, which sets it; a tunnel or a router may clear it'
          : 'Linux sends TCP over IPv6 in fragments only where an ICMPv6 packet too big named an MTU below 1280, or a tunnel does it',
        'clamp the MSS where the narrow part begins: `nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu`',
      ],
    },
  },
  notes: { whole: () => 'its last fragment: the segment is whole' },
})
