// Generated from what is in this folder by `npm run generate`.
import type { AnyWording } from '../../audit/rule-words.ts'
import abortiveClose from './abortive-close.ts'
import acceptQueueOverflow from './accept-queue-overflow.ts'
import captureDuplicates from './capture-duplicates.ts'
import captureLoss from './capture-loss.ts'
import captureMisordered from './capture-misordered.ts'
import captureOffload from './capture-offload.ts'
import captureOneSided from './capture-one-sided.ts'
import captureTruncated from './capture-truncated.ts'
import challengeAck from './challenge-ack.ts'
import checksumBad from './checksum-bad.ts'
import closeCauseIdleTimeout from './close-cause-idle-timeout.ts'
import closeCauseNoKeepalive from './close-cause-no-keepalive.ts'
import closeCauseRequestLimit from './close-cause-request-limit.ts'
import closeWaitLeak from './close-wait-leak.ts'
import connectionAbandoned from './connection-abandoned.ts'
import dataAfterClose from './data-after-close.ts'
import dataInjected from './data-injected.ts'
import deferAccept from './defer-accept.ts'
import fastOpen from './fast-open.ts'
import finOutOfOrder from './fin-out-of-order.ts'
import finUnanswered from './fin-unanswered.ts'
import finWait2Stuck from './fin-wait-2-stuck.ts'
import flagsInvalid from './flags-invalid.ts'
import halfClose from './half-close.ts'
import halfOpen from './half-open.ts'
import handshakeAckLost from './handshake-ack-lost.ts'
import handshakeRefused from './handshake-refused.ts'
import handshakeSlow from './handshake-slow.ts'
import handshakeUnanswered from './handshake-unanswered.ts'
import handshakeWithoutData from './handshake-without-data.ts'
import idleConnection from './idle-connection.ts'
import idleTimeoutMiddlebox from './idle-timeout-middlebox.ts'
import ipFragmented from './ip-fragmented.ts'
import isnPredictable from './isn-predictable.ts'
import keepaliveActive from './keepalive-active.ts'
import keepaliveRace from './keepalive-race.ts'
import keepaliveUnanswered from './keepalive-unanswered.ts'
import lastAckLost from './last-ack-lost.ts'
import mtuBlackHole from './mtu-black-hole.ts'
import nagleDelayedAck from './nagle-delayed-ack.ts'
import optionStripped from './option-stripped.ts'
import outOfOrder from './out-of-order.ts'
import pawsRejected from './paws-rejected.ts'
import portExhaustion from './port-exhaustion.ts'
import resetAfterChallenge from './reset-after-challenge.ts'
import resetInjected from './reset-injected.ts'
import resetRejected from './reset-rejected.ts'
import retransmissionRate from './retransmission-rate.ts'
import retransmissionTimeout from './retransmission-timeout.ts'
import scan from './scan.ts'
import selfConnect from './self-connect.ts'
import sillyWindow from './silly-window.ts'
import simultaneousClose from './simultaneous-close.ts'
import simultaneousOpen from './simultaneous-open.ts'
import spuriousRetransmission from './spurious-retransmission.ts'
import staleSyn from './stale-syn.ts'
import synAckLost from './syn-ack-lost.ts'
import synAckUnanswered from './syn-ack-unanswered.ts'
import synCookiesActive from './syn-cookies-active.ts'
import synDroppedByTimestamps from './syn-dropped-by-timestamps.ts'
import synFlood from './syn-flood.ts'
import synOnEstablished from './syn-on-established.ts'
import synWithData from './syn-with-data.ts'
import timeWaitAssassinated from './time-wait-assassinated.ts'
import timeWaitExcess from './time-wait-excess.ts'
import timeWaitReused from './time-wait-reused.ts'
import timeWaitSynRefused from './time-wait-syn-refused.ts'
import windowExceeded from './window-exceeded.ts'
import windowScaleInvalid from './window-scale-invalid.ts'
import windowShrunk from './window-shrunk.ts'
import zeroWindowStall from './zero-window-stall.ts'

/** The wording of every rule, by its id. */
export const WORDINGS: Readonly<Record<string, AnyWording>> = {
  'abortive-close': abortiveClose,
  'accept-queue-overflow': acceptQueueOverflow,
  'capture-duplicates': captureDuplicates,
  'capture-loss': captureLoss,
  'capture-misordered': captureMisordered,
  'capture-offload': captureOffload,
  'capture-one-sided': captureOneSided,
  'capture-truncated': captureTruncated,
  'challenge-ack': challengeAck,
  'checksum-bad': checksumBad,
  'close-cause-idle-timeout': closeCauseIdleTimeout,
  'close-cause-no-keepalive': closeCauseNoKeepalive,
  'close-cause-request-limit': closeCauseRequestLimit,
  'close-wait-leak': closeWaitLeak,
  'connection-abandoned': connectionAbandoned,
  'data-after-close': dataAfterClose,
  'data-injected': dataInjected,
  'defer-accept': deferAccept,
  'fast-open': fastOpen,
  'fin-out-of-order': finOutOfOrder,
  'fin-unanswered': finUnanswered,
  'fin-wait-2-stuck': finWait2Stuck,
  'flags-invalid': flagsInvalid,
  'half-close': halfClose,
  'half-open': halfOpen,
  'handshake-ack-lost': handshakeAckLost,
  'handshake-refused': handshakeRefused,
  'handshake-slow': handshakeSlow,
  'handshake-unanswered': handshakeUnanswered,
  'handshake-without-data': handshakeWithoutData,
  'idle-connection': idleConnection,
  'idle-timeout-middlebox': idleTimeoutMiddlebox,
  'ip-fragmented': ipFragmented,
  'isn-predictable': isnPredictable,
  'keepalive-active': keepaliveActive,
  'keepalive-race': keepaliveRace,
  'keepalive-unanswered': keepaliveUnanswered,
  'last-ack-lost': lastAckLost,
  'mtu-black-hole': mtuBlackHole,
  'nagle-delayed-ack': nagleDelayedAck,
  'option-stripped': optionStripped,
  'out-of-order': outOfOrder,
  'paws-rejected': pawsRejected,
  'port-exhaustion': portExhaustion,
  'reset-after-challenge': resetAfterChallenge,
  'reset-injected': resetInjected,
  'reset-rejected': resetRejected,
  'retransmission-rate': retransmissionRate,
  'retransmission-timeout': retransmissionTimeout,
  scan,
  'self-connect': selfConnect,
  'silly-window': sillyWindow,
  'simultaneous-close': simultaneousClose,
  'simultaneous-open': simultaneousOpen,
  'spurious-retransmission': spuriousRetransmission,
  'stale-syn': staleSyn,
  'syn-ack-lost': synAckLost,
  'syn-ack-unanswered': synAckUnanswered,
  'syn-cookies-active': synCookiesActive,
  'syn-dropped-by-timestamps': synDroppedByTimestamps,
  'syn-flood': synFlood,
  'syn-on-established': synOnEstablished,
  'syn-with-data': synWithData,
  'time-wait-assassinated': timeWaitAssassinated,
  'time-wait-excess': timeWaitExcess,
  'time-wait-reused': timeWaitReused,
  'time-wait-syn-refused': timeWaitSynRefused,
  'window-exceeded': windowExceeded,
  'window-scale-invalid': windowScaleInvalid,
  'window-shrunk': windowShrunk,
  'zero-window-stall': zeroWindowStall,
}
