import rule from '../../audit/rules/challenge-ack.ts'
import { countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const CAUSES = {
  none: 'an unacceptable segment',
  syn: 'a SYN on the open connection',
  rst: 'an RST whose number is in the window but not exact',
  'old-ack': 'an acknowledgment of long ago',
  'future-ack': 'an acknowledgment of data never sent',
  'out-of-window': 'a segment outside the window',
  paws: 'an old timestamp',
  'wrong-ack': 'a wrong acknowledgment',
} as const

const OUTCOMES = {
  lived: 'The connection lived on.',
  reset: 'The peer then reset the connection with the number that the challenge told.',
  reopened:
    'The peer, which had lost the connection, reset it with the number that the challenge told, and connected anew.',
} as const

export default wordingOf(rule, {
  messages: {
    challenged: {
      title: ({ cause }, { connection }) => `Challenge ACK on ${connection}: drawn by ${CAUSES[cause]}`,
      detail({ challenges, unanswered, outcome }) {
        const rest =
          unanswered === 0
            ? ''
            : ` ${countOf(unanswered, 'further such segment')} stayed unanswered: Linux sends at most one challenge in 500 ms per socket.`
        return `${countOf(challenges, 'challenge')}.${rest} ${OUTCOMES[outcome]}`
      },
      advice: ({ outcome }) =>
        outcome === 'reopened'
          ? ['the peer restarted and used the same port again: nothing to mend, unless it restarts often']
          : [
              'on the host that answered: `nstat -az TcpExtTCPChallengeACK TcpExtTCPSYNChallenge` counts them',
            ],
    },
  },
  notes: {
    cause: ({ cause }) => CAUSES[cause],
    challenge: () => 'challenge ACK',
    reset: () => 'RST in answer to the challenge',
  },
})
