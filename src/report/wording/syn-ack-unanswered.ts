import rule from '../../audit/rules/syn-ack-unanswered.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { handshakeKept } from '../retry-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    unanswered: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `SYN-ACK of ${connection} was never answered`
          : `${countOf(count, 'client')} of ${server} never answered the SYN-ACK`,
      detail({ repeats, waited, times, ended }, { count }) {
        if (count > 1)
          return `${countOf(repeats, 'repeat')} in all, the longest over ${durationText(waited)}; none of the clients said another word: vanished, or forged addresses.`
        const end = ended === 'gave-up' ? 'the server gave up' : 'the capture ends before the server gives up'
        return `SYN-ACK sent ${timesText(repeats + 1)}, at ${secondsList(times)}; ${end}. The client neither acknowledges, resets nor repeats its SYN: it has vanished, its address is forged, or all it sends is lost on the way here.`
      },
      advice: (_, { client, count, profiles }) => [
        count === 1
          ? `does ${client.slice(0, client.lastIndexOf(':'))} exist, and did it send that SYN? Forged SYNs are harmless one by one: the server forgets each after ${handshakeKept(profiles.server.synackRetries)}`
          : 'on the server: `ss -tn state syn-recv | wc -l` against net.ipv4.tcp_max_syn_backlog; many sources that never answer are a SYN flood, one is a client behind a broken way back',
      ],
    },
  },
  notes: {
    syn: () => 'SYN, the client’s only word',
    synAck: ({ copy, after }) =>
      copy === 1 ? 'SYN-ACK' : `SYN-ACK again, copy ${copy}, ${durationText(after)} after the first`,
  },
})
