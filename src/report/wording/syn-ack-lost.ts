import rule from '../../audit/rules/syn-ack-lost.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const OUTCOMES = {
  opened: 'a later copy got through',
  'gave-up': 'the client gave up',
  trying: 'none has got through when the capture ends',
} as const

function title(
  { waited }: { waited: number },
  { count, connection, server }: { count: number; connection: string; server: string },
): string {
  return count === 1
    ? `SYN-ACK of ${connection} did not arrive: ${durationText(waited)} lost`
    : `SYN-ACKs of ${countOf(count, 'connection attempt')} to ${server} did not arrive: up to ${durationText(waited)} lost`
}

export default wordingOf(rule, {
  messages: {
    beyond: {
      title,
      detail: ({ attempts, answers, outcome }, { count }) =>
        `${countOf(attempts, 'SYN')} and ${countOf(answers, 'SYN-ACK')}${count > 1 ? ' in all' : ''} pass here, but the client repeats its SYN as if it had had no answer: the SYN-ACK is lost between the capture point and the client${count > 1 ? '' : `; ${OUTCOMES[outcome]}`}.`,
      advice: (_, { client }) => [
        `the way back to ${client.slice(0, client.lastIndexOf(':'))}: routes and firewalls that pass SYNs out but not SYN-ACKs in (\`nft list ruleset\`, \`ip route get\`, asymmetric routing through a stateful firewall)`,
      ],
    },
    before: {
      title,
      detail: ({ attempts, answers, outcome }, { count }) =>
        count > 1
          ? `${countOf(attempts, 'SYN')} were sent in all; the SYN-ACKs that came echo the timestamp of the first copy: the first SYN had arrived, and its answer was lost on the way here.`
          : `The SYN was sent ${timesText(attempts)} and ${countOf(answers, 'SYN-ACK')} came: it echoes the timestamp of the first copy. So the first SYN had arrived, and its answer was lost on the way here; ${OUTCOMES[outcome]}.`,
      advice: (_, { server }) => [
        `capture at ${server.slice(0, server.lastIndexOf(':'))} at the same time: if its SYN-ACKs leave there, the way back loses them (routes, firewalls, \`ip -s link\`)`,
      ],
    },
  },
  notes: {
    syn: ({ copy, after }) => (copy === 1 ? 'SYN' : `SYN again, copy ${copy}, after ${durationText(after)}`),
    synAck: ({ copy, after }) =>
      copy === 1 ? 'SYN-ACK' : `SYN-ACK again, copy ${copy}, after ${durationText(after)}`,
    ack: () => 'ACK of the copy that arrived',
  },
})
