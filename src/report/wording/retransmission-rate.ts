import rule from '../../audit/rules/retransmission-rate.ts'
import { countOf, countText, durationText, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    lossy: {
      title: ({ share }, { host, peer }) =>
        `${percentText(share)} of the segments between ${host} and ${peer} are sent again`,
      detail(data, { count }) {
        const kinds = [
          [data.timeouts, 'by timeout (RTO)'],
          [data.fast, 'by fast retransmit'],
          [data.probes, 'as tail loss probe'],
          [data.spurious, 'though acknowledged already'],
        ] as const
        const split = kinds
          .filter(([number]) => number > 0)
          .map(([number, how]) => `${countText(number)} ${how}`)
        const others = [
          ...(data.syns > 0 ? [countOf(data.syns, 'SYN or SYN-ACK', 'SYNs and SYN-ACKs')] : []),
          ...(data.fins > 0 ? [countOf(data.fins, 'FIN')] : []),
        ]
        const besides = others.length === 0 ? '' : `; besides ${others.join(' and ')}`
        return `${countText(data.resends)} of ${countText(data.segments)} segments of the senders of data, in ${countOf(count, 'connection')} over ${durationText(data.lasted)}: ${split.join(', ')}${besides}.`
      },
      advice: (data, { host, peer }) => [
        data.spurious * 2 > data.resends
          ? 'most of it had arrived: delays longer than the sender expects, or acknowledgments lost; look at the round trip (`ss -tin`: rtt, rttvar, dsack)'
          : `\`mtr -T ${peer}\` from ${host} and back shows where segments are lost; \`ss -tin dst ${peer}\` shows retrans and rtt, \`ethtool -S\` of the interfaces the drops`,
      ],
    },
  },
  notes: {
    connection: () => 'a connection with segments sent again begins',
  },
})
