import rule from '../../audit/rules/syn-on-established.ts'
import { countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const OUTCOMES = {
  reopened:
    'The old connection was reset with the number that the challenge ACK told, and the new one opened.',
  reset: 'Then the connection was reset.',
  lived: 'The connection lived on.',
} as const

export default wordingOf(rule, {
  messages: {
    hit: {
      title: ({ cause }, { connection }) =>
        ({
          restarted: `A restarted peer connected again on ${connection}, which was still open`,
          forged: `A forged SYN hit ${connection}`,
          unknown: `A SYN hit ${connection}, which was open`,
        })[cause],
      detail({ cause, outcome, copies, ttl, usualTtl, continued }) {
        const syns =
          copies > 1 ? `${countOf(copies, 'SYN')} with another number` : 'A SYN with another number'
        const isFar = ttl !== usualTtl && cause === 'forged'
        const far = isFar ? `, which came with TTL ${ttl} where its source’s packets have ${usualTtl}` : ''
        const why = {
          restarted: 'Its sender had lost the connection and used the same port again.',
          forged:
            continued > 0
              ? `Its supposed sender knew nothing of it and sent ${countOf(continued, 'more segment')} on the old connection.`
              : 'It was not sent by the host whose address it bears.',
          unknown: 'Its sender has lost the connection, or somebody else sent it.',
        }[cause]
        return `${syns} reached an end that had the connection open${far}. ${why} ${OUTCOMES[outcome]}`
      },
      advice: ({ cause }) =>
        cause === 'forged'
          ? [
              'the ACK that answers a SYN discloses the numbers of the connection to whoever can see it: is the next RST one that uses them?',
              'compare with a capture at the host whose address the SYN bears: there it is missing',
            ]
          : [
              'does that host restart often, or a NAT in front of it give its ports away too soon?',
              'TCP keep-alive on the other end finds such sockets before they are hit',
            ],
    },
  },
  notes: {
    syn: () => 'SYN',
    challenge: () => 'challenge ACK',
    reset: () => 'RST',
  },
})
