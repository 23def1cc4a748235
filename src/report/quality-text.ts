import type { SenderQuality } from '../tracker/capture-quality.ts'
import { addressText } from './endpoint-text.ts'
import { countOf, countText, durationText, percentText, timesText } from './number-text.ts'
import type { CaptureFacts, CaptureQuality } from './report.ts'

/**
 * What is to be known of the capture before its report is believed, and what it means for the report: parts of one
 * sentence, `good` for none.
 */
export function qualityParts(capture: CaptureFacts): string[] {
  const troubles = TROUBLES.flatMap((text) => text(capture) ?? [])
  const notes = NOTES.flatMap((text) => text(capture) ?? [])
  if (troubles.length > 0) return [...troubles, ...notes]
  return notes.length === 0 ? ['good'] : [`good (${notes.join(', ')})`]
}

type Part = (capture: CaptureFacts) => string | undefined

/** What takes from the truth of the report, the worst first. */
const TROUBLES: readonly Part[] = [
  evictedText,
  unseenText,
  ({ quality }) =>
    countedText(
      quality.kernelDrops ?? 0,
      'packet dropped while capturing',
      'packets dropped while capturing',
    ),
  arrivalText,
  clockText,
  oneSidedText,
  midstreamText,
  ({ quality }) =>
    countedText(quality.unseenSyns, 'connection whose SYN is missing', 'connections whose SYN is missing'),
  lateText,
  reversalText,
  cutHeadersText,
  ({ decoded }) => countedText(decoded.malformed, 'malformed packet'),
  ({ quality }) =>
    countedText(
      quality.incompleteDatagrams,
      'IP packet with fragments missing',
      'IP packets with fragments missing',
    ),
  ({ quality }) =>
    countedText(
      quality.overlappingDatagrams,
      'IP packet dropped, its fragments overlap',
      'IP packets dropped, their fragments overlap',
    ),
  vlanText,
  duplicateText,
  badChecksumText,
]

/** What only explains numbers. */
const NOTES: readonly Part[] = [cutPayloadsText, offloadText, refutedText]

function countedText(count: number, singular: string, plural?: string): string | undefined {
  return count === 0 ? undefined : countOf(count, singular, plural)
}

function evictedText({ quality }: CaptureFacts): string | undefined {
  const count = quality.evictedConnections
  if (count === 0) return undefined
  return `${countOf(count, 'connection')} forgotten early to make room (--max-connections): ${count === 1 ? 'it is' : 'they are'} told as of then`
}

/** Above this share of lost data, losses in the report are as likely the capture's as the network's. */
const LOSSY = 0.001

function unseenText({ quality }: CaptureFacts): string | undefined {
  const { unseenSegments, unseenBytes, seenBytes } = quality
  if (unseenBytes === 0) return undefined
  const share = unseenBytes / (unseenBytes + seenBytes)
  const fact = `${percentText(share)} of the data lost by the capture (about ${countOf(unseenSegments, 'segment')})`
  return share < LOSSY ? fact : `${fact}: it was acknowledged, not lost on the way`
}

function arrivalText({ sources }: CaptureFacts): string | undefined {
  if (!sources.some(({ listening }) => listening?.timestamps === 'arrival')) return undefined
  return 'times are those of arrival at tcpaudit, and what was dropped is unknown'
}

function clockText({ sources }: CaptureFacts): string | undefined {
  const stepped = sources.reduce((sum, { listening }) => sum + (listening?.clockStepped ?? 0), 0)
  if (stepped === 0) return undefined
  const way = stepped > 0 ? 'forward' : 'back'
  return `the system's clock was set ${way} by ${durationText(Math.abs(stepped))}: times go on as before`
}

function oneSidedText({ quality }: CaptureFacts): string | undefined {
  const { oneSidedConnections: count, clientOnlyConnections: clients } = quality
  if (count === 0) return undefined
  const side = clients === count ? " (the client's)" : clients === 0 ? " (the server's)" : ''
  return `${countOf(count, 'connection')} seen from one side only${side}: states of the other are inferred`
}

function midstreamText({ quality }: CaptureFacts): string | undefined {
  const count = quality.midstreamConnections
  return count === 0
    ? undefined
    : `${countOf(count, 'connection')} joined in mid-stream: who opened ${count === 1 ? 'it' : 'them'} is a guess`
}

function lateText({ quality }: CaptureFacts): string | undefined {
  const { lateSyns, lateSegments, longestLead } = quality
  const count = lateSyns + lateSegments
  if (count === 0) return undefined
  const what =
    lateSegments === 0
      ? countOf(lateSyns, 'SYN captured behind its SYN-ACK', 'SYNs captured behind their SYN-ACK')
      : `${countOf(count, 'segment')} captured up to ${durationText(longestLead)} behind what acknowledges ${count === 1 ? 'it' : 'them'}`
  return `${what}: frames are not in their order`
}

function reversalText({ quality }: CaptureFacts): string | undefined {
  const { timeReversals: count, largestTimeReversal: largest } = quality
  if (count === 0) return undefined
  const most = count === 1 ? `by ${durationText(largest)}` : `by ${durationText(largest)} at most`
  return `time runs backwards ${timesText(count)}, ${most}: durations are doubtful`
}

function vlanText({ quality }: CaptureFacts): string | undefined {
  const count = quality.vlanCollisions
  if (count === 0) return undefined
  return `${countOf(count, 'connection')} in different VLANs at once (--vlan tells them apart)`
}

function cutHeadersText({ decoded, quality }: CaptureFacts): string | undefined {
  const count = decoded.truncated
  if (count === 0) return undefined
  return `headers of ${countOf(count, 'packet')} cut${cutText(quality)}: what they say is missed in part`
}

function duplicateText({ quality, decoded }: CaptureFacts): string | undefined {
  const { duplicateFrames: count, routedFrames, otherVlanFrames } = quality
  if (count === 0) return undefined
  const frames = 2 * count >= decoded.tcp ? 'every frame' : countOf(count, 'frame')
  return `${frames} captured twice${duplicateKind(count, routedFrames, otherVlanFrames)}, counted once`
}

function duplicateKind(count: number, routed: number, otherVlan: number): string {
  if (routed === count) return ', before and behind a router'
  if (otherVlan === count) return ', in two VLANs'
  const kinds: string[] = []
  if (routed > 0) kinds.push(`${countText(routed)} behind a router`)
  if (otherVlan > 0) kinds.push(`${countText(otherVlan)} in another VLAN`)
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`
}

function badChecksumText({ quality }: CaptureFacts): string | undefined {
  const count = quality.badChecksums
  if (count === 0) return undefined
  return `${countOf(count, 'segment')} with a wrong checksum: not received`
}

function cutPayloadsText({ quality }: CaptureFacts): string | undefined {
  return quality.cutPayloads === 0 ? undefined : `payloads cut${cutText(quality)}`
}

function cutText({ cutLength }: CaptureQuality): string {
  return cutLength === 0 ? '' : ` at ${countOf(cutLength, 'byte')}`
}

function offloadText({ quality }: CaptureFacts): string | undefined {
  const long = sendersText(quality, 'offloadedSegments')
  const unsummed = sendersText(quality, 'offloadedChecksums')
  if (long === undefined)
    return unsummed === undefined ? undefined : `checksums left to the card of ${unsummed}`
  const joined = `segments beyond the MTU from ${long}: one counts for several on the wire`
  if (unsummed === undefined) return joined
  if (unsummed === long) return `captured on ${long} ahead of its card: segments are longer than on the wire`
  return `checksums left to the card of ${unsummed}, ${joined}`
}

function refutedText({ quality }: CaptureFacts): string | undefined {
  if (quality.refutedChecksums === 0) return undefined
  return `${countOf(quality.refutedChecksums, 'wrong checksum')} made by the capture`
}

/** `10.0.0.5`, `10.0.0.5 and 10.0.0.9`, `12 hosts`. */
function sendersText(
  { senders }: CaptureQuality,
  what: 'offloadedChecksums' | 'offloadedSegments',
): string | undefined {
  const those: SenderQuality[] = senders.filter((sender) => sender[what] > 0)
  if (those.length === 0) return undefined
  return those.length > 2 ? countOf(those.length, 'host') : those.map(addressText).join(' and ')
}
