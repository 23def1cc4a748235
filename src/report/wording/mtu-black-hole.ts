import rule from '../../audit/rules/mtu-black-hole.ts'
import { countText, durationText, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const HEADERS = 28

function advice(packet: number): string[] {
  return [
    `\`ping -M do -s ${packet - HEADERS} HOST\` (${HEADERS} bytes of headers make ${countText(packet)}) from the sender, then smaller: the largest that is answered is the path MTU; \`tracepath HOST\` shows the hop`,
    'let ICMP through: type 3 code 4 (IPv4), type 2 (IPv6) must reach the sender; whoever filters them makes the hole',
    'until then: clamp the MSS at the narrow hop (`nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu`), or net.ipv4.tcp_mtu_probing = 1 at the sender (default 0), which tries net.ipv4.tcp_base_mss = 1024 after net.ipv4.tcp_retries1 = 3 timeouts',
  ]
}

export default wordingOf(rule, {
  messages: {
    swallowed: {
      title: ({ size }, { client, server }) =>
        `Segments of ${countText(size)} bytes vanish between ${client} and ${server}: a path MTU black hole`,
      detail: ({ size, packet, copies, waited, passed, mtu }) =>
        `A segment with ${countText(size)} bytes of payload, an IP packet of ${countText(packet)}, was sent again ${timesText(copies)} over ${durationText(waited)} and never acknowledged${passed === null ? ', while its receiver is alive and answers small ones' : `, while ${countText(passed)} bytes sent behind it arrived at once`}. ${mtu === null ? 'No ICMP error that names an MTU is in the capture: it was filtered, or never sent.' : `An ICMP error in the capture names an MTU of ${countText(mtu)}; the sender has not obeyed it, so it does not get there or is refused.`}`,
      advice: ({ packet }) => advice(packet),
    },
    healed: {
      title: ({ size, smaller }, { client, server }) =>
        `Segments of ${countText(size)} bytes vanish between ${client} and ${server}; ${countText(smaller)} bytes got through`,
      detail: ({ size, packet, copies, waited, smaller }) =>
        `A segment with ${countText(size)} bytes of payload, an IP packet of ${countText(packet)}, was sent again ${timesText(copies)} over ${durationText(waited)} in vain; then its sender tried ${countText(smaller)} bytes, and these arrived. A stack that probes has found the MTU by itself; each connection pays for it anew.`,
      advice: ({ packet }) => advice(packet),
    },
  },
  notes: {
    copy: ({ copy }) => `the large segment again, repeat ${copy}`,
    passed: ({ bytes }) => `its receiver holds ${countText(bytes)} bytes sent behind it`,
    smaller: ({ bytes }) => `its beginning in ${countText(bytes)} bytes`,
    icmp: ({ mtu }) => `an ICMP error names an MTU of ${countText(mtu)}`,
  },
})
