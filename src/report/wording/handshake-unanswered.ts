import rule from '../../audit/rules/handshake-unanswered.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const LADDERS = {
  linux: 'as Linux retries',
  'linux-before-6.5': 'Linux before 6.5',
  'linux-since-6.5': 'Linux 6.5 or newer',
  other: 'not Linux’s default retries',
} as const

export default wordingOf(rule, {
  messages: {
    unanswered: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection attempt ${connection} was never answered`
          : `${countOf(count, 'connection attempt')} to ${server} never answered`,
      detail({ attempts, waited, times, ladder, ended }, { count }) {
        const end = ended === 'gave-up' ? 'the client gave up' : 'the capture ends before it gives up'
        if (count > 1)
          return `${countOf(attempts, 'SYN')} in all; the longest attempt tried for ${durationText(waited)}.`
        if (attempts === 1)
          return `One SYN, not repeated: ${ended === 'gave-up' ? 'the application gave up first, or a scanner sent it' : end}.`
        const when = `SYN sent ${timesText(attempts)} over ${durationText(waited)}, at ${secondsList(times)}`
        return `${when}: ${LADDERS[ladder]}; ${end}.`
      },
      advice: (_, { server }) => [
        `is ${server} up, and is the way there open? A closed port would answer with RST: something drops the SYN or the answer (\`nft list ruleset\`, security groups, routing back)`,
      ],
    },
    lostRace: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection attempt ${connection} was never answered, but the client connected over the other address family`
          : `${countOf(count, 'connection attempt')} to ${server} never answered, but the clients connected over the other address family`,
      detail: ({ attempts }) =>
        `${countOf(attempts, 'SYN')} stayed unanswered; the client connected to the same port over the other address family within 2 s (Happy Eyeballs, RFC 8305). It cost the head start of the first family, some 250 ms.`,
      advice: (_, { server }) => [
        `mend the way to ${server}, or take that address out of the DNS name: every connection waits for it first`,
      ],
    },
  },
  notes: {
    syn: ({ copy, after }) =>
      copy === 1 ? 'SYN' : `SYN again, copy ${copy}, ${durationText(after)} after the first`,
  },
})
