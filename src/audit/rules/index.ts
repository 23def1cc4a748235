// Generated from what is in this folder by `npm run generate`.
import type { AnyRule } from '../rule.ts'
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

/** Every rule, in order of id. */
export const RULES: readonly AnyRule[] = [
  abortiveClose,
  acceptQueueOverflow,
  captureDuplicates,
  captureLoss,
  captureMisordered,
  captureOffload,
  captureOneSided,
  captureTruncated,
  challengeAck,
  checksumBad,
  closeCauseIdleTimeout,
  closeCauseNoKeepalive,
  closeCauseRequestLimit,
  closeWaitLeak,
  connectionAbandoned,
  dataAfterClose,
  dataInjected,
  deferAccept,
  fastOpen,
  finOutOfOrder,
  finUnanswered,
  finWait2Stuck,
  flagsInvalid,
  halfClose,
  halfOpen,
  handshakeAckLost,
  handshakeRefused,
  handshakeSlow,
  handshakeUnanswered,
  handshakeWithoutData,
  idleConnection,
  idleTimeoutMiddlebox,
  ipFragmented,
  isnPredictable,
  keepaliveActive,
  keepaliveRace,
  keepaliveUnanswered,
  lastAckLost,
  mtuBlackHole,
  nagleDelayedAck,
  optionStripped,
  outOfOrder,
  pawsRejected,
  portExhaustion,
  resetAfterChallenge,
  resetInjected,
  resetRejected,
  retransmissionRate,
  retransmissionTimeout,
  scan,
  selfConnect,
  sillyWindow,
  simultaneousClose,
  simultaneousOpen,
  spuriousRetransmission,
  staleSyn,
  synAckLost,
  synAckUnanswered,
  synCookiesActive,
  synDroppedByTimestamps,
  synFlood,
  synOnEstablished,
  synWithData,
  timeWaitAssassinated,
  timeWaitExcess,
  timeWaitReused,
  timeWaitSynRefused,
  windowExceeded,
  windowScaleInvalid,
  windowShrunk,
  zeroWindowStall,
]
