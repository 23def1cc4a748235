import rule from '../../audit/rules/silly-window.ts'
import { bytesText, countOf, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    tiny: {
      title: ({ turns, smallest, largest }, { count, host }) =>
        `${host} offers windows of ${smallest === largest ? bytesText(largest) : `${bytesText(smallest)} to ${bytesText(largest)}`}, filled ${timesText(turns)}${count === 1 ? '' : ` on ${countOf(count, 'connection')}`}: data come in tiny pieces`,
      detail: ({ bytes, mss }) =>
        `${bytesText(bytes)} came in segments that just filled such a window, each with its own headers and round trip; a segment to it may carry ${bytesText(mss)}. A receiver should offer nothing until there is room for a segment or for half of its buffer.`,
      advice: (_, { host }) => [
        `on ${host}: \`ss -tmi\` shows the receive buffer (rb) and what waits in it; SO_RCVBUF set by the application, net.ipv4.tcp_rmem, and memory that is short (\`cat /proc/net/sockstat\` against net.ipv4.tcp_mem) make windows small`,
        'a box that shapes traffic by rewriting windows lies between if a capture at the host itself shows larger ones',
      ],
    },
  },
  notes: { offers: () => 'the small window was filled, and the next is no larger than a piece of a segment' },
})
