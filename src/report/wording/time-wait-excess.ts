import rule from '../../audit/rules/time-wait-excess.ts'
import { endText } from '../finding-text.ts'
import { countOf, countText, durationText, percentText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

/** A connection of so few segments carried one exchange: handshake, request, answer, goodbye and their acknowledgments. */
const ONE_EXCHANGE = 12

export default wordingOf(rule, {
  messages: {
    ports: {
      title: ({ server, waiting, share }, { host }) =>
        `${host} holds ${countOf(waiting, 'TIME_WAIT')} towards ${endText(server)}: ${percentText(share)} of its local ports`,
      detail: ({ waiting, ports }, { host, profiles }) =>
        `${host} closes first, and each port is taken for another ${settingSeconds(profiles.host.timeWait)}: ${countText(waiting)} of ${countText(ports)}. At ${countText(Math.floor(ports / (profiles.host.timeWait / 1e9)))} closes a second none is left.`,
      advice: () => [
        'keep connections open and use them again (keep-alive, a pool), or let the server close first; else `net.ipv4.tcp_tw_reuse = 1`',
      ],
    },
    buckets: {
      title: ({ waiting, share }, { host }) =>
        `${host} holds ${countOf(waiting, 'TIME_WAIT')}: ${percentText(share)} of what it may`,
      detail: ({ buckets }) =>
        `Beyond net.ipv4.tcp_max_tw_buckets (${countText(buckets)} taken here) Linux drops them early, and late segments of an old connection may meet a new one.`,
      advice: (_, { host }) => [
        `on ${host}: \`ss -s\`, and \`sysctl net.ipv4.tcp_max_tw_buckets\` (\`twBuckets\` of its profile in tcpaudit.config.yaml); \`nstat -az TcpExtTCPTimeWaitOverflow\` counts what was dropped`,
      ],
    },
    server: {
      title: ({ waiting }, { host }) =>
        `${host} holds ${countOf(waiting, 'TIME_WAIT')} at once: it closes first`,
      detail({ lasted, packets, within }) {
        const reason =
          packets <= ONE_EXCHANGE
            ? 'one short exchange each: connections are not kept open (no keep-alive)'
            : 'several exchanges each: an idle timeout or a limit of requests'
        return `They came within ${durationText(within)}; its connections last ${durationText(lasted)} and ${countOf(packets, 'segment')} on average, ${reason}. A TIME_WAIT costs a server little memory and no port.`
      },
      advice: () => [
        'if clients come back often, let the server keep connections open, or let the client close first',
      ],
    },
  },
  notes: {},
})
