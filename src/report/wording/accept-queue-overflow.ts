import rule from '../../audit/rules/accept-queue-overflow.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const ADVICE = (_: unknown, { host }: { readonly host: string }): readonly string[] => [
  `on the server: \`ss -tln sport = :${host.slice(host.lastIndexOf(':') + 1)}\`: Recv-Q is what waits, Send-Q how much may; \`nstat -az TcpExtListenOverflows TcpExtListenDrops\` counts what was dropped`,
  'look for what keeps the application from accept(): a blocked thread, a slow start, too few workers. The queue holds min(backlog of listen(), `net.core.somaxconn` = 4096) + 1 connections',
]

export default wordingOf(rule, {
  messages: {
    dropped: {
      title: ({ attempts }, { host }) =>
        `The accept queue of ${host} is full: ${countOf(attempts, 'attempt')} to connect ${attempts === 1 ? 'is' : 'are'} dropped while it lives`,
      detail({ syns, lasted, ignored }) {
        const others =
          ignored === 0
            ? ''
            : ` The end of ${countOf(ignored, 'handshake')} was ignored: the SYN-ACK was sent again.`
        return `${countOf(syns, 'SYN')} stayed unanswered within ${durationText(lasted)}, in which nobody got through, though the host answered on what was open.${others} A full queue drops everybody’s SYN; a filter that drops new connections alone would look the same from here.`
      },
      advice: ADVICE,
    },
    ignored: {
      title: ({ attempts }, { host }) =>
        `${host} ignores the end of ${countOf(attempts, 'handshake')}: its accept queue may be full`,
      detail: ({ attempts }) =>
        `In ${countOf(attempts, 'handshake')} the SYN-ACK is sent again, twice and more, although its acknowledgment and data have passed. Loss behind the capture would have to take all of them.`,
      advice: ADVICE,
    },
    aborted: {
      title: ({ attempts }, { host }) =>
        `${host} resets ${countOf(attempts, 'handshake')} at the third segment: its accept queue may be full`,
      detail: ({ attempts }) =>
        `The last segment of ${countOf(attempts, 'handshake')} was answered with RST, while other connections of the listener stayed open: what Linux does with a full accept queue if tcp_abort_on_overflow is 1. A listener that was just closed does the same.`,
      advice: ADVICE,
    },
  },
  notes: {
    dropped: () => 'first SYN of an attempt that is dropped',
    ignored: () => 'first SYN of a handshake whose end is ignored',
    aborted: () => 'SYN of a handshake that is reset at its end',
  },
})
