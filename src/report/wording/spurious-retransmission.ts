import rule from '../../audit/rules/spurious-retransmission.ts'
import { bytesText, countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    needless: {
      title: ({ repeats, bytes }, { count, client, server }) =>
        `${countOf(repeats, 'segment')} between ${client} and ${server} sent again for nothing (${bytesText(bytes)})${count === 1 ? '' : `, on ${countOf(count, 'connection')}`}`,
      detail({ repeats, acked, timeouts, fast, probes }) {
        const kinds = [
          [acked, 'after their acknowledgment had passed here'],
          [timeouts, 'by timeout (RTO), reported as duplicates later (DSACK)'],
          [fast, 'by fast retransmit, reported as duplicates later'],
          [probes, 'as tail loss probe, reported as duplicates later'],
        ] as const
        const split = kinds
          .filter(([number]) => number > 0)
          .map(([number, how]) => `${countText(number)} ${how}`)
        const arrived = repeats === 1 ? 'had arrived already' : `had arrived all ${countText(repeats)} times`
        const overtaken = fast > 0 ? ', or segments overtake each other on the way' : ''
        return `The data ${arrived}: ${split.join(', ')}. Acknowledgments come later than the sender expects, or are lost on their way back${overtaken}; each such repeat costs its sender speed.`
      },
      advice: ({ acked, fast }, { server }) => [
        `\`ss -tin dst ${server}\` at the sender: rto against rtt and rttvar, dsack_dups, reord_seen; \`nstat -az TcpExtTCPSpuriousRTOs TcpExtTCPDSACKRecv\``,
        acked > 0
          ? 'acknowledgments that passed here and did not stop the repeat were lost or delayed behind this point: a full uplink, a shaper, a filter that drops bare ACKs'
          : 'what delays the acknowledgments by more than the RTO (200 ms and more: net.ipv4.tcp_rto_min_us, default 200000): queues (`tc -s qdisc`), radio, a receiver that was suspended',
        ...(fast > 0
          ? [
              'fast repeats for nothing come from reordering: net.ipv4.tcp_reordering (default 3) is what a sender assumes at first',
            ]
          : []),
      ],
    },
  },
  notes: {
    acked: () => 'sent again though it had arrived',
    reported: () => 'sent again; its receiver then reports it as a duplicate',
  },
})
