import rule from '../../audit/rules/reset-rejected.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const EFFECTS = {
  accepted: 'accepted',
  challenged: 'challenged: its number lies in the window but is not exact (RFC 5961)',
  dropped: 'dropped: its number or acknowledgment is not one that its receiver takes',
  unknowable: 'ignored',
  unsigned: 'ignored: its signature does not fit the connection',
  damaged: 'dropped for its checksum',
} as const

export default wordingOf(rule, {
  messages: {
    rejected: {
      title: ({ resets }, { connection }) =>
        resets === 1 ? `${connection} outlived an RST` : `${connection} outlived ${countOf(resets, 'RST')}`,
      detail({ resets, effect, number, whose }) {
        const which =
          resets === 1
            ? `The RST with number ${countText(number >>> 0)}`
            : `The first, with number ${countText(number >>> 0)},`
        const origin = {
          forged: 'It was not sent by its source.',
          middlebox: 'A middlebox sent it in its source’s name.',
          unknown: 'Whether its source sent it cannot be said.',
        }[whose]
        return `${which} was ${EFFECTS[effect]}. ${origin}`
      },
      advice: () => [
        'on the host that was to be reset: `nstat -az TcpExtTCPChallengeACK` counts the challenges',
        'who sends resets with old or guessed numbers: a balancer or firewall with a stale idea of the connection, or an attacker?',
      ],
    },
  },
  notes: { reset: ({ effect }) => `RST, ${effect}` },
})
