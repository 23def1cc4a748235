import rule from '../../audit/rules/retransmission-timeout.ts'
import { bytesText, countOf, countText, durationText, timesText } from '../number-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const ENDS = {
  healed: 'A later copy got through and was acknowledged.',
  'gave-up': 'The sender then gave the connection up.',
  trying: 'Nothing had acknowledged them when the capture ended.',
} as const

export default wordingOf(rule, {
  messages: {
    backedOff: {
      title: ({ repeats, ended }, { count, connection, client, server }) =>
        count === 1
          ? `Data of ${connection} sent ${timesText(repeats)} again without an answer${ended === 'healed' ? ', then healed' : ''}`
          : `Data of ${countOf(count, 'connection')} between ${client} and ${server} sent again without an answer, up to ${timesText(repeats)}`,
      detail({ repeats, waited, times, number, bytes, ended }, { count }) {
        if (count > 1) return `The longest row of repeats went on for ${durationText(waited)}.`
        return `${bytesText(bytes)} from ${countText(number >>> 0)} on were repeated ${timesText(repeats)} over ${durationText(waited)}, at ${secondsList(times)} from the first repeat, each about twice as late as the one before. ${ENDS[ended]}`
      },
      advice: ({ ended }, { server }) => [
        `is the path broken, or a host? \`mtr --tcp\` towards ${server}, and a capture at the other end: which of the copies arrive there?`,
        'if small segments pass and full ones do not, the path swallows large packets: `ping -M do -s 1472`',
        ...(ended === 'healed'
          ? []
          : [
              'a sender tries for some 924 s from an RTO of 200 ms before it gives up (net.ipv4.tcp_retries2, default 15; TCP_USER_TIMEOUT per socket)',
            ]),
      ],
    },
  },
  notes: { repeat: ({ copy }) => `sent again, repeat ${copy}` },
})
