import rule from '../../audit/rules/zero-window-stall.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    stalled: {
      title: ({ longest, open }, { count, host }) =>
        count === 1
          ? `${host} does not read: its window ${open ? 'has been' : 'was'} 0 for ${durationText(longest)}`
          : `${host} does not read from ${countOf(count, 'connection')}: a window was 0 for up to ${durationText(longest)}`,
      detail({ stalls, total, longest, open, byProbe }, { host }) {
        const many =
          stalls === 1
            ? ''
            : ` ${countOf(stalls, 'stall')}, ${durationText(total)} in all, the longest ${durationText(longest)}.`
        const end = open
          ? ' It had not opened again when the capture ended.'
          : byProbe
            ? ' That it was open again was only told by an answer to a probe: its own update may have been lost, and the application have read earlier.'
            : ''
        return `The receive buffer of ${host} was full, so its peer had to stop; its application reads too slowly or not at all.${many}${end}`
      },
      advice: (_, { host }) => [
        `on ${host}: \`ss -tmi\` shows the bytes that wait (Recv-Q, skmem); what does the process do that holds the socket (\`ss -tp\`, \`strace -p\`)?`,
        'a larger net.ipv4.tcp_rmem (default 4096 131072 6291456) only helps against bursts; a reader that is slower than its peer for good needs back-pressure in the application',
      ],
    },
  },
  notes: {
    closes: () => 'the window closes',
    opens: () => 'it opens again',
  },
})
