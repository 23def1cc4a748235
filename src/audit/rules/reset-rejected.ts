import { SYN_SENT, TIME_WAIT } from '../../tracker/tcp-state.ts'
import {
  RESET_ACCEPTED,
  RESET_CHALLENGED,
  RESET_DROPPED,
  RESET_EFFECT_NAMES,
  RESET_UNSIGNED,
} from '../../tracker/tracker-events.ts'
import type { WatchedReset } from '../reset-watch.ts'
import { defineRule } from '../rule.ts'

/** What a receiver can do with an RST but obey. */
const REJECTED = [RESET_CHALLENGED, RESET_DROPPED, RESET_UNSIGNED]
/** A connection that an RST ends so soon, ns, has not outlived the one before. */
const LIFE = 2e9

export default defineRule({
  id: 'reset-rejected',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An RST was not obeyed, and the connection lived on.',
  references: ['RFC 5961 §3.2', 'RFC 9293 §3.10.7.4', 'Linux tcp_validate_incoming'],
  messages: {
    rejected: {
      resets: 'count',
      effect: RESET_EFFECT_NAMES,
      number: 'sequence',
      whose: ['forged', 'middlebox', 'unknown'],
    },
  },
  notes: { reset: { effect: RESET_EFFECT_NAMES } },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'midstream', 'one-sided'],
  create: (context) => ({
    judgeResets(event, resets) {
      const rejected = resets.filter((reset) => isRejected(reset) && !isFollowed(reset, resets))
      const [first] = rejected
      if (first === undefined) return
      const { verdict } = first
      context.report('rejected', event, {
        data: {
          resets: rejected.length,
          effect: nameOf(first),
          number: first.seq,
          whose: verdict.origin === 'source' ? 'unknown' : verdict.origin,
        },
        evidence: rejected.map((reset) =>
          context.note('reset', event, { effect: nameOf(reset) }, reset.moment),
        ),
        confidence: verdict.origin === 'forged' ? verdict.confidence : 'likely',
      })
    },
  }),
})

/** Its source's own that was accepted first and disproved then was lost on the way. */
function isRejected({ effect, peerBefore, verdict }: WatchedReset): boolean {
  if (!REJECTED.includes(effect) || verdict.origin === 'source') return false
  return peerBefore >= SYN_SENT && peerBefore < TIME_WAIT
}

/** Another RST ended the connection soon. */
function isFollowed({ moment }: WatchedReset, resets: readonly WatchedReset[]): boolean {
  return resets.some(
    (other) =>
      other.effect === RESET_ACCEPTED &&
      other.moment.time > moment.time &&
      other.moment.time < moment.time + LIFE,
  )
}

function nameOf({ effect }: WatchedReset): (typeof RESET_EFFECT_NAMES)[number] {
  return RESET_EFFECT_NAMES[effect] ?? 'unknowable'
}
