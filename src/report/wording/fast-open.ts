import rule from '../../audit/rules/fast-open.ts'
import { bytesText, countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    asked: {
      title: ({ granted }, { count, connection, server }) =>
        count === 1
          ? `Fast Open: ${connection} asked for a cookie${granted ? ' and got one' : ', in vain'}`
          : `Fast Open: ${countOf(count, 'connection')} asked ${server} for a cookie`,
      detail: ({ granted }) =>
        granted
          ? 'The SYN-ACK brings a cookie: the next connection may send data with its SYN.'
          : 'The SYN-ACK brings none: the server does not offer Fast Open, or the option is removed on the way.',
      advice: ({ granted }) =>
        granted
          ? []
          : ['on the server: net.ipv4.tcp_fastopen = 3 and TCP_FASTOPEN on the listener, if it is wanted'],
    },
    taken: {
      title: ({ bytes }, { count, connection, server }) =>
        count === 1
          ? `Fast Open: ${bytesText(bytes)} on the SYN of ${connection}, taken`
          : `Fast Open: data on the SYNs of ${countOf(count, 'connection')} to ${server}, taken`,
      detail: ({ bytes }) =>
        `The SYN-ACK acknowledges ${bytesText(bytes)} besides the SYN: the request was at the server one round trip sooner.`,
    },
    ignored: {
      title: ({ bytes }, { count, connection, server }) =>
        count === 1
          ? `Fast Open refused: ${server} ignored ${bytesText(bytes)} on the SYN of ${connection}`
          : `Fast Open refused: ${server} ignored the data on ${countOf(count, 'SYN')}`,
      detail: ({ renewed }) =>
        `The SYN-ACK acknowledges the SYN alone, so the data were sent again: nothing was gained. ${renewed ? 'It brings another cookie: the old one is not valid any more (another key, another server behind the address).' : 'It brings no cookie: the server has no Fast Open now, or its queue for it is full.'}`,
      advice: ({ renewed }) => [
        renewed
          ? 'servers behind one address must share the key: `sysctl net.ipv4.tcp_fastopen_key`'
          : 'on the server: `nstat -az TcpExtTCPFastOpenPassiveFail TcpExtTCPFastOpenListenOverflow`, net.ipv4.tcp_fastopen = 3, and the listener’s TCP_FASTOPEN queue length',
      ],
    },
  },
  notes: {
    syn: ({ bytes }) =>
      bytes > 0 ? `SYN with cookie and ${bytesText(bytes)}` : 'SYN that asks for a cookie',
    synAck: ({ taken, cookie }) =>
      `SYN-ACK${taken > 0 ? `, acknowledges ${bytesText(taken)} too` : ''}${cookie ? ', with a cookie' : ''}`,
  },
})
