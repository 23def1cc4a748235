import rule from '../../audit/rules/window-shrunk.ts'
import { bytesText, countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    shrunk: {
      title: ({ most }, { count, host }) =>
        count === 1
          ? `${host} takes back ${bytesText(most)} of the window that it had offered`
          : `${host} takes back windows that it had offered on ${countOf(count, 'connection')}, up to ${bytesText(most)}`,
      detail: ({ most, lasted, segments }) =>
        `The right edge of its window (acknowledgment plus window) moved back by ${bytesText(most)}, more than rounding to a step of the scale explains, and stayed before where it had been for ${durationText(lasted)}, over ${countOf(segments, 'segment')}. Data that the peer sent in good faith may be dropped.`,
      advice: (_, { host }) => [
        `on ${host}: is net.ipv4.tcp_shrink_window 1 (default 0, Linux 6.6 and later), or does SO_RCVBUF change under way? \`ss -tmi\` shows skmem (rb is the buffer)`,
        'memory pressure does it too: `cat /proc/net/sockstat` against net.ipv4.tcp_mem, `nstat -az TcpExtTCPRcvQDrop TcpExtPruneCalled TcpExtRcvPruned`',
        'a box that shapes traffic by rewriting windows lies between if a capture at the host itself does not show it',
      ],
    },
  },
  notes: {
    shrinks: () => 'the right edge of the window lies before where it was',
    still: () => 'and still does',
  },
})
