// Generated from what is in this folder by `npm run generate`.
import type { AnyRule } from '../rule.ts'
import captureLoss from './capture-loss.ts'
import challengeAck from './challenge-ack.ts'
import closeWaitLeak from './close-wait-leak.ts'
import handshakeAckLost from './handshake-ack-lost.ts'
import handshakeRefused from './handshake-refused.ts'
import handshakeUnanswered from './handshake-unanswered.ts'
import resetInjected from './reset-injected.ts'
import synAckLost from './syn-ack-lost.ts'
import synAckUnanswered from './syn-ack-unanswered.ts'

/** Every rule, in order of id. */
export const RULES: readonly AnyRule[] = [
  captureLoss,
  challengeAck,
  closeWaitLeak,
  handshakeAckLost,
  handshakeRefused,
  handshakeUnanswered,
  resetInjected,
  synAckLost,
  synAckUnanswered,
]
