import type { Endpoint } from '../tracker/endpoint.ts'
import { RST_SENT } from '../tracker/endpoint-flags.ts'
import type { OpeningTrace } from './opening-trace.ts'

/** A SYN that passes this soon behind the SYN-ACK may have crossed it, ns. */
const CROSSING = 0.3e9
/** Later than this a SYN-ACK is no answer to the SYN just before it, ns. */
const PROMPT = 0.3e9
/** With a round trip like this a repeat says little: its answer may only have been slow, ns. */
const SLOW_PATH = 0.4e9

export const SYN_ACK_FATES = ['syn-lost', 'answer-lost', 'answer-late', 'unknown'] as const

/**
 * What became of the second segment of a handshake. The SYN did not arrive ('syn-lost'), its answer did not
 * ('answer-lost') or came when the SYN had been sent again ('answer-late'); 'unknown' where no timestamps tell.
 */
export interface SynAckFate {
  readonly kind: (typeof SYN_ACK_FATES)[number]
  /** The SYN-ACK had passed the capture point before the SYN was sent again. */
  readonly passed: boolean
  /** Timestamps prove it. */
  readonly proven: boolean
  /** How long the answer took, if it was late. */
  readonly answer: number
}

export function synAckFate(
  { syns, synAcks, acks, openedBefore }: OpeningTrace,
  client: Endpoint,
  server: Endpoint,
): SynAckFate | undefined {
  const [first] = synAcks
  const [syn] = syns
  if (first === undefined || syn === undefined) return undefined
  const again = syns.filter(({ time }) => time - first.time > CROSSING)
  return again.length === 0 ? whereItComesLate() : whereItPasses(first)

  /** Captured on the client's side of the trouble. */
  function whereItComesLate(): SynAckFate {
    const { time, tsEcr } = first as OpeningTrace['synAcks'][number]
    const before = syns.filter((copy) => copy.time <= time)
    const newest = before.at(-1) ?? syn
    const answered = tsEcr === undefined ? -1 : before.findIndex(({ tsVal }) => tsVal === tsEcr)
    const overtaken = synAcks.find((copy) => copy.overtaken)
    if (overtaken !== undefined) return late(overtaken.time - start(), false)
    // Linux goes on echoing the first SYN that arrived: one later than the first of all means that those before did not.
    if (answered > 0) return { kind: 'syn-lost', passed: false, proven: true, answer: 0 }
    const isPrompt = newest !== undefined && time - newest.time < PROMPT
    if (before.length === 1 || !isPrompt || client.rttMin > SLOW_PATH) return late(time - start(), false)
    const kind = answered === 0 && synAcks.length < before.length ? 'answer-lost' : 'unknown'
    return { kind, passed: false, proven: false, answer: 0 }
  }

  /** Captured on the server's side of the trouble. */
  function whereItPasses({ time, tsVal }: OpeningTrace['synAcks'][number]): SynAckFate | undefined {
    const [ack] = acks
    if (ack === undefined) {
      const isSilent = !openedBefore && again.length > 1 && (client.flags & RST_SENT) === 0
      return isSilent ? { kind: 'answer-lost', passed: true, proven: false, answer: 0 } : undefined
    }
    // Each SYN-ACK that arrives is acknowledged, so each has arrived.
    if (acks.length >= synAcks.length) return late((acks.at(-1) ?? ack).time - time, true)
    const isKnown = ack.tsEcr !== undefined && tsVal !== undefined
    const isLate = isKnown ? ack.tsEcr === tsVal : server.rttMin > SLOW_PATH
    if (isLate) return late(ack.time - time, true)
    return { kind: 'answer-lost', passed: true, proven: isKnown, answer: 0 }
  }

  function late(answer: number, passed: boolean): SynAckFate {
    return { kind: 'answer-late', passed, proven: false, answer }
  }

  function start(): number {
    return syn?.time ?? 0
  }
}
