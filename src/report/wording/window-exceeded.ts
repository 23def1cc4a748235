import rule from '../../audit/rules/window-exceeded.ts'
import { bytesText, countOf, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    exceeded: {
      title: ({ most }, { count, host }) =>
        count === 1
          ? `${host} sends up to ${bytesText(most)} more than its peer has room for`
          : `${host} sends more than its peers have room for on ${countOf(count, 'connection')}, up to ${bytesText(most)}`,
      detail: ({ segments, most, refused }) =>
        `${countOf(segments, 'segment')} ended beyond the largest window that the peer had offered by then, by ${bytesText(most)} at most, and something of it had to be sent again ${timesText(refused)}: a receiver drops what it has no room for.`,
      advice: (_, { host }) => [
        `Linux never sends beyond the window: which stack does ${host} run, or what stands between (an accelerator that acknowledges in the peer's name, a box that rewrites windows)?`,
        "at the receiver, if it is Linux: `nstat -az TcpExtBeyondWindow TcpExtTCPRcvQDrop TcpExtTCPZeroWindowDrop` counts what it dropped; its room is net.ipv4.tcp_rmem (default 4096 131072 6291456), half of a socket's SO_RCVBUF being window",
        'net.ipv4.tcp_shrink_window = 1 (default 0) at the receiver takes windows back: then the sender may have been in the right when it sent',
      ],
    },
  },
  notes: {
    beyond: () => 'ends beyond the window',
    again: () => 'what lay beyond is sent again',
  },
})
