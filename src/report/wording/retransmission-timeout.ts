import rule from '../../audit/rules/retransmission-timeout.ts'
import type { HostProfile } from '../../tracker/host-profile.ts'
import { bytesText, countOf, countText, durationText, timesText } from '../number-text.ts'
import { givenUpAfter } from '../retry-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const ENDS = {
  healed: 'A later copy got through and was acknowledged.',
  'gave-up': 'The sender then gave the connection up.',
  trying: 'Nothing had acknowledged them when the capture ended.',
} as const

function retries2Advice({ tcpRetries2, given }: HostProfile): string {
  const setting = given.has('tcpRetries2') ? `${tcpRetries2} there` : 'default 15'
  return `a sender tries for some ${Math.floor(givenUpAfter(tcpRetries2))} s from an RTO of 200 ms before it gives up (net.ipv4.tcp_retries2, ${setting}; TCP_USER_TIMEOUT per socket)`
}

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
      advice: ({ ended, sender }, { server, profiles }) => [
        `is the path broken, or a host? \`mtr --tcp\` towards ${server}, and a capture at the other end: which of the copies arrive there?`,
        'if small segments pass and full ones do not, the path swallows large packets: `ping -M do -s 1472`',
        ...(ended === 'healed' ? [] : [retries2Advice(profiles[sender])]),
      ],
    },
  },
  notes: { repeat: ({ copy }) => `sent again, repeat ${copy}` },
})
