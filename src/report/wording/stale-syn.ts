import rule from '../../audit/rules/stale-syn.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    answered: {
      title: (_, { connection, count, server }) =>
        count === 1
          ? `An old SYN was answered before the real one of ${connection}`
          : `Old SYNs were answered before the real ones of ${countOf(count, 'connection')} to ${server}`,
      detail: ({ delay, wasWaiting }) =>
        `The server answered a SYN whose number is not that of the client’s attempt. The client’s kernel reset the answer and sent ${wasWaiting ? 'its SYN again, which had passed before' : 'its own SYN'}; it was through ${durationText(delay)} after the old one. Nothing was lost but that time: this is how TCP protects itself from old duplicates.`,
      advice: () => [
        "a SYN that is old comes from a path that delays or repeats packets, or from the same address and port behind a NAT that gives ports away too soon: `tcpdump -i any 'tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'` on the client shows whether it sent both SYNs",
        'if it happens often: a longer pause before ports are used again (`net.ipv4.ip_local_port_range`, 32768 60999, and the NAT’s own range and timeouts)',
      ],
    },
  },
  notes: {
    stale: () => 'old SYN',
    answer: () => 'SYN-ACK that acknowledges the old SYN',
    reset: () => 'RST of the client, which has not sent that',
    syn: () => 'the client’s own SYN',
  },
})
