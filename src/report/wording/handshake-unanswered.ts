import rule from '../../audit/rules/handshake-unanswered.ts'
import type { SynLadder } from '../../audit/syn-ladder.ts'
import type { HostProfile } from '../../tracker/host-profile.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

/** Linux tcp_syn_linear_timeouts: so many more repeats since 6.5. */
const LINEAR_TIMEOUTS = 4

const LADDERS = {
  linux: 'as Linux retries',
  'linux-before-6.5': 'Linux before 6.5',
  'linux-since-6.5': 'Linux 6.5 or newer',
  other: 'not Linux’s default retries',
} as const

/** Where the client's tcp_syn_retries is known: whether that was its kernel, or its application before. */
function whoGaveUp(attempts: number, ladder: SynLadder, { synRetries, given }: HostProfile): string {
  if (!given.has('synRetries')) return ''
  const most = 1 + synRetries + (ladder === 'linux-since-6.5' ? LINEAR_TIMEOUTS : 0)
  const setting = `tcp_syn_retries = ${synRetries} there`
  if (attempts >= most) return `: its retries were over (${setting})`
  return attempts <= synRetries ? `, before its kernel would have: ${setting}` : ''
}

export default wordingOf(rule, {
  messages: {
    unanswered: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection attempt ${connection} was never answered`
          : `${countOf(count, 'connection attempt')} to ${server} never answered`,
      detail({ attempts, waited, times, ladder, ended }, { count, profiles }) {
        const end = ended === 'gave-up' ? 'the client gave up' : 'the capture ends before it gives up'
        if (count > 1)
          return `${countOf(attempts, 'SYN')} in all; the longest attempt tried for ${durationText(waited)}.`
        if (attempts === 1)
          return `One SYN, not repeated: ${ended === 'gave-up' ? 'the application gave up first, or a scanner sent it' : end}.`
        const when = `SYN sent ${timesText(attempts)} over ${durationText(waited)}, at ${secondsList(times)}`
        return `${when}: ${LADDERS[ladder]}; ${end}${ended === 'gave-up' ? whoGaveUp(attempts, ladder, profiles.client) : ''}.`
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
