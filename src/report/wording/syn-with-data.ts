import rule from '../../audit/rules/syn-with-data.ts'
import { bytesText, countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const FATES = {
  taken:
    'The server took them with the SYN: it asks for no cookie, so anybody can make it work with a forged SYN.',
  ignored: 'The server took the SYN alone; the data have to come again.',
  unanswered: 'Nobody answered.',
} as const

export default wordingOf(rule, {
  messages: {
    sent: {
      title: ({ bytes }, { count, connection, server }) =>
        count === 1
          ? `SYN of ${connection} carried ${bytesText(bytes)} without Fast Open`
          : `${countOf(count, 'SYN')} to ${server} carried data without Fast Open, ${bytesText(bytes)} in all`,
      detail: ({ fate }, { count }) =>
        `TCP allows data on a SYN, but no ordinary stack sends any without the Fast Open option.${count > 1 ? '' : ` ${FATES[fate]}`}`,
      advice: (_, { client }) => [
        `what runs on ${client.slice(0, client.lastIndexOf(':'))}? TCP_FASTOPEN_NO_COOKIE or net.ipv4.tcp_fastopen with 0x4 does this on purpose; scanners and SYN floods with payload do it too`,
      ],
    },
  },
  notes: {
    syn: ({ bytes }) => `SYN with ${bytesText(bytes)}`,
    synAck: ({ taken }) =>
      taken > 0 ? `SYN-ACK, acknowledges ${bytesText(taken)} too` : 'SYN-ACK of the SYN alone',
  },
})
