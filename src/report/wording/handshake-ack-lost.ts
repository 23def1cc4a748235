import rule from '../../audit/rules/handshake-ack-lost.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const OUTCOMES = {
  opened: 'Then the server took it.',
  'gave-up': 'The server gave up: the client goes on in a connection that the server does not have.',
  trying: 'When the capture ends the server is still not open.',
} as const

const QUEUE = (server: string) =>
  `on the server: \`nstat -az TcpExtListenOverflows TcpExtListenDrops\` and \`ss -tln sport = :${server.slice(server.lastIndexOf(':') + 1)}\` (Recv-Q against Send-Q) tell whether its accept queue was full: the backlog is the lesser of listen()’s and net.core.somaxconn`

export default wordingOf(rule, {
  messages: {
    beyond: {
      title: ({ late }, { count, connection, server }) =>
        count === 1
          ? `Last ACK of the handshake ${connection} took no effect for ${durationText(late)}`
          : `Last ACK of ${countOf(count, 'handshake')} to ${server} took no effect, for up to ${durationText(late)}`,
      detail({ repeats, times, ignoredData, outcome }, { count }) {
        if (count > 1)
          return `The clients are ESTABLISHED; the server repeats its SYN-ACK ${timesText(repeats)} in all: the ACKs were lost behind the capture point, or the server’s accept queue was full.`
        const cause = ignoredData
          ? 'It ignored data as well: its accept queue is full, or all of that was lost behind the capture point.'
          : 'The ACK was lost behind the capture point, or the server ignored it because its accept queue was full.'
        return `The client is ESTABLISHED; the server goes on sending its SYN-ACK, at ${secondsList(times)}: ${countOf(repeats, 'repeat')}. ${cause} ${OUTCOMES[outcome]}`
      },
      advice: (_, { server }) => [
        'capture on the server itself at the same time: if the ACK is missing there, the way to it loses packets',
        QUEUE(server),
      ],
    },
    before: {
      title: ({ late }, { count, connection, server }) =>
        count === 1
          ? `Last ACK of the handshake ${connection} was lost: the server waited ${durationText(late)}`
          : `Last ACK of ${countOf(count, 'handshake')} to ${server} was lost: the server waited up to ${durationText(late)}`,
      detail: ({ repeats, times, byData }, { count }) =>
        count > 1
          ? `Each client had its SYN-ACK and did not repeat its SYN, but its ACK did not get here; the server repeated its SYN-ACK ${timesText(repeats)} in all.`
          : `SYN-ACK sent at ${secondsList(times)}. The client had the first one (it does not repeat its SYN), but its ACK was lost on the way to the capture point; ${byData ? 'its data brought it at last' : 'its answer to a repeat got through'}.`,
      advice: () => [
        'the way from the client loses packets: compare with a capture at the client, and look at the error counters of what lies between (`ip -s link`)',
      ],
    },
  },
  notes: {
    synAck: ({ copy, after }) =>
      copy === 1 ? 'SYN-ACK' : `SYN-ACK again, copy ${copy}, ${durationText(after)} after the first`,
    ack: ({ carriesData }) => (carriesData ? 'data that bring the ACK of the SYN-ACK' : 'ACK of the SYN-ACK'),
    opened: () => 'what the server took at last',
  },
})
