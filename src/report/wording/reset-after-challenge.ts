import rule from '../../audit/rules/reset-after-challenge.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const CAUSES = { syn: 'forged SYN', rst: 'forged RST in the window' } as const

export default wordingOf(rule, {
  messages: {
    used: {
      title: (_, { connection }) =>
        `${connection} was torn down with the number that a challenge ACK disclosed`,
      detail({ cause, number, after, continued }) {
        const rest =
          continued > 0
            ? ` Its supposed sender knew nothing of it and sent ${countOf(continued, 'more segment')}.`
            : ''
        return `A ${CAUSES[cause]} drew a challenge ACK, which told the expected number ${countText(number >>> 0)}; ${durationText(after)} later an RST with exactly that number, not sent by its source either, ended the connection.${rest} Whoever did this sees the traffic of that host.`
      },
      advice: () => [
        'who is on the path of the challenge ACK: a compromised router, a tap, a machine in the same network segment?',
        'TCP-AO or a VPN keeps strangers’ resets out; TLS does not',
      ],
    },
  },
  notes: {
    provocation: ({ cause }) => CAUSES[cause],
    challenge: ({ number }) => `challenge ACK: tells ${countText(number >>> 0)}`,
    reset: () => 'RST with that number',
    successor: () => 'its supposed sender goes on',
  },
})
