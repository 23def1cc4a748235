import rule from '../../audit/rules/handshake-slow.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const CAUSES = {
  'syn-lost':
    'The SYN-ACK echoes a later copy: those before it did not arrive, or the server dropped them (a full accept queue does that).',
  'answer-lost': 'The server had answered an earlier copy: that answer was lost.',
  'answer-late': 'The answer was late.',
  unknown: 'Whether SYNs or SYN-ACKs were lost cannot be told here.',
} as const

function title(
  { took }: { took: number },
  { count, connection, server }: { count: number; connection: string; server: string },
): string {
  return count === 1
    ? `Handshake ${connection} took ${durationText(took)}`
    : `${countOf(count, 'slow handshake')} to ${server}, up to ${durationText(took)}`
}

export default wordingOf(rule, {
  messages: {
    retried: {
      title: (data, told) => `${title(data, told)}: waiting for retries`,
      detail: ({ attempts, times, cause }, { count }) =>
        count > 1
          ? `The time went by waiting for retries: ${countOf(attempts, 'SYN')} in all; a lost one costs 1 s (tcp_syn_retries: the first retry after 1 s).`
          : `The SYN was sent ${timesText(attempts)}, at ${secondsList(times)}: not a slow network but the retry timer, which first waits 1 s. ${CAUSES[cause]}`,
      advice: (_, { server }) => [
        `on the server: \`nstat -az TcpExtListenDrops TcpExtListenOverflows TcpExtTCPReqQFullDrop\` tells whether it dropped SYNs to :${server.slice(server.lastIndexOf(':') + 1)}; if these stand still, the network lost them`,
      ],
    },
    slow: {
      title: (data, told) => `${title(data, told)}: a slow answer`,
      detail: ({ took, answer, attempts }, { count }) =>
        count > 1
          ? `SYN-ACKs took up to ${durationText(answer)} though nothing was lost.`
          : `The answer to the${attempts > 1 ? ' first' : ''} SYN took ${durationText(answer)}${attempts > 1 ? `; the SYN had been sent ${timesText(attempts)} by then, though nothing was lost` : ''}${answer > took ? ', and the answer to a later copy overtook it' : ''}.`,
      advice: (_, { server }) => [
        `\`ping\` and \`mtr\` to ${server.slice(0, server.lastIndexOf(':'))}: is every round trip slow, or the first one (a link that wakes up, ARP, a tunnel that is built)?`,
      ],
    },
  },
  notes: {
    syn: ({ copy, after }) => (copy === 1 ? 'SYN' : `SYN again, copy ${copy}, after ${durationText(after)}`),
    arrived: ({ passed }) => (passed ? 'ACK: the client has its SYN-ACK' : 'SYN-ACK'),
  },
})
