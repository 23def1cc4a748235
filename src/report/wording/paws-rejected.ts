import rule from '../../audit/rules/paws-rejected.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    refused: {
      title: ({ segments }, { count, host }) =>
        `${countOf(segments, 'segment')} of ${host} ${segments === 1 ? 'is' : 'are'} refused for old timestamps${count === 1 ? '' : ` on ${countOf(count, 'connection')}`}`,
      detail: ({ behind, healed, wrapped }, { host }) =>
        `They bear new data with timestamps up to ${countText(behind)} ticks older than what ${host} had sent before (Linux: 1 tick is 1 ms), so the receiver takes them for duplicates from an earlier round of sequence numbers, drops them and repeats its acknowledgment. ${wrapped ? 'More than 4 GiB had passed: numbers have come round, and old segments may really be on their way.' : 'Less than 4 GiB had passed, so numbers have not come round: the clock went back.'} ${healed ? 'Later copies were taken.' : 'Nothing of it was taken in the end.'}`,
      advice: ({ healed }, { host }) => [
        healed
          ? `a box between rewrites timestamps, or two hosts share the address of ${host}: compare the TSval of one segment in captures on both sides`
          : `on ${host}: was the machine restored from a snapshot or moved, or does the connection live in a proxy that restarted? Its timestamp clock went back`,
        '`nstat -az TcpExtPAWSEstab` at the receiver counts them',
        'net.ipv4.tcp_timestamps = 0 (default 1) on either host leaves timestamps out of new connections, and with them this protection',
      ],
    },
  },
  notes: { old: () => 'new data with an old timestamp' },
})
