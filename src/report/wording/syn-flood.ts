import rule from '../../audit/rules/syn-flood.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { handshakeSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    flooded: {
      title: ({ lasted }, { count, host }) =>
        `SYN flood on ${host}: ${countOf(count, 'handshake')} never completed within ${durationText(lasted)}`,
      detail({ sources, answered, repeated, peak, victims, completed, cookies }, { count }) {
        const rate = `From ${sources > 256 ? 'about ' : ''}${countOf(sources, 'address', 'addresses')}, ${countText(peak)} in the busiest second; none of them speaks again.`
        const others = `Meanwhile ${countOf(completed, 'other handshake')} completed${victims === 0 ? '' : `, and ${countOf(victims, 'client')} that tried again got nowhere`}.`
        switch (cookies) {
          case 'hold':
            return `${rate} SYN cookies hold: the listener answered ${countText(answered)} of ${countText(count)} and kept, and repeated, only ${countText(repeated)}. ${others}`
          case 'absent':
            return `${rate} ${countText(count - answered)} of ${countText(count)} were not even answered: the SYN queue is full and no SYN cookie is sent, so the SYNs of real clients are dropped too. ${others}`
          case 'not-needed':
            return `${rate} The listener answers and repeats: its SYN queue has had room for all of them so far. ${others}`
        }
      },
      advice: ({ cookies }, { host, profiles }) => [
        `on the server: \`ss -tan state syn-recv sport = :${host.slice(host.lastIndexOf(':') + 1)} | wc -l\` and \`nstat -az TcpExtSyncookiesSent TcpExtTCPReqQFullDrop TcpExtListenDrops\``,
        cookies === 'absent'
          ? `set \`net.ipv4.tcp_syncookies = 1\` (the default): it answers without keeping anything once the queue is full. The queue holds min(listen backlog, \`net.core.somaxconn\`) handshakes, each for ${handshakeSeconds(profiles.host.synackRetries)} s with \`net.ipv4.tcp_synack_retries = ${profiles.host.synackRetries}\``
          : 'filter at the border: the addresses are forged and say nothing of who sends',
      ],
    },
  },
  notes: { syn: () => 'SYN, never followed by anything' },
})
