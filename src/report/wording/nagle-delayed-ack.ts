import rule from '../../audit/rules/nagle-delayed-ack.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    held: {
      title: ({ by, stalls, lost }, { count, client, server }) =>
        count === 1
          ? `${by === 'client' ? client : server} waits ${countOf(stalls, 'time')} for a delayed acknowledgment before it sends the rest: ${durationText(lost)} lost`
          : `In ${countOf(count, 'connection')} with ${server} the rest of what is sent waits for delayed acknowledgments, ${countOf(stalls, 'time')}: ${durationText(lost)} lost`,
      detail: ({ by, stalls, late, longest }) =>
        `The ${by} had a small segment under way and kept the next one back (Nagle) until an acknowledgment came; the other end, waiting for more, delayed that by up to ${durationText(longest)}. ${countOf(stalls, 'small segment')} left at the very moment that one of ${countOf(late, 'late acknowledgment')} passed.`,
      advice: ({ by }, { client, server }) => [
        `on ${by === 'client' ? client : server}: write each message at once (one write(), writev(), MSG_MORE or TCP_CORK around its parts), or set TCP_NODELAY; \`strace -e trace=network,write\` of the process shows the pieces`,
        `on ${by === 'client' ? server : client}: TCP_QUICKACK, or \`ip route change ... quickack 1\`, ends the delay (Linux TCP_DELACK_MIN, 40 ms, no sysctl); it only treats the symptom`,
      ],
    },
  },
  notes: { released: () => 'late; the next small segment leaves with it' },
})
