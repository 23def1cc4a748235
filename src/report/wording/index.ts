// Generated from what is in this folder by `npm run generate`.
import type { AnyWording } from '../wording.ts'
import captureLoss from './capture-loss.ts'
import challengeAck from './challenge-ack.ts'
import closeWaitLeak from './close-wait-leak.ts'
import handshakeAckLost from './handshake-ack-lost.ts'
import handshakeRefused from './handshake-refused.ts'
import handshakeUnanswered from './handshake-unanswered.ts'
import resetInjected from './reset-injected.ts'
import synAckLost from './syn-ack-lost.ts'
import synAckUnanswered from './syn-ack-unanswered.ts'

/** The wording of every rule, by its id. */
export const WORDINGS: Readonly<Record<string, AnyWording>> = {
  'capture-loss': captureLoss,
  'challenge-ack': challengeAck,
  'close-wait-leak': closeWaitLeak,
  'handshake-ack-lost': handshakeAckLost,
  'handshake-refused': handshakeRefused,
  'handshake-unanswered': handshakeUnanswered,
  'reset-injected': resetInjected,
  'syn-ack-lost': synAckLost,
  'syn-ack-unanswered': synAckUnanswered,
}
