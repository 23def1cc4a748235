import rule from '../../audit/rules/out-of-order.ts'
import { countOf, countText, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    late: {
      title: ({ late, segments }, { client, server }) =>
        `${percentText(late / segments)} of the segments between ${client} and ${server} arrive late, overtaken by others`,
      detail: ({ late, segments }, { count }) =>
        `${countText(late)} of ${countText(segments)} segments, in ${countOf(count, 'connection')}, passed behind segments that were sent after them, and were not sent again; the receiver's duplicate acknowledgments say that it saw them in disorder too. Something in front of this point sends the packets of one connection over several ways or queues.`,
      advice: (_, { server }) => [
        `\`ss -tin dst ${server}\` shows reordering and reord_seen; is the path balanced per packet (bonding in round-robin, ECMP without a flow hash), or spread over queues whose interrupts move?`,
        'senders take three duplicate acknowledgments for a loss (net.ipv4.tcp_reordering, default 3, learned up to net.ipv4.tcp_max_reordering = 300); with net.ipv4.tcp_recovery = 1 (RACK, the default) time decides, and mild disorder costs little',
      ],
    },
  },
  notes: { late: () => 'passes behind its successors' },
})
