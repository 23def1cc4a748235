import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary, ReceivedIcmpError, Transition } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { icmpText } from './icmp-text.ts'
import { packetName } from './packet-name.ts'

/** One rung of a ladder: a segment with the states it led to, or a change of state without a segment. */
export interface LadderEvent {
  readonly time: number
  readonly segment: LoggedSegment | null
  readonly client: Transition | undefined
  readonly server: Transition | undefined
  /** What came to an end that is no segment: an ICMP error, in words; null for none. */
  readonly note: string | null
  /** Assumptions that this segment took back, in words. */
  readonly takenBack: readonly string[]
}

/** Segments and timer transitions in order of time. A transition stands beside its packet wherever that was logged. */
export function* ladderEvents(
  connection: ConnectionSummary,
  segments: readonly LoggedSegment[],
  origins?: PacketOrigins,
): Generator<LadderEvent, void, void> {
  const logged = new Set(segments.map((segment) => segment.packet))
  const client = splitByPacket(connection.client.transitions, logged)
  const server = splitByPacket(connection.server.transitions, logged)
  const takenBack = retractions(connection, origins)
  const alone = [
    ...aloneEvents(client.alone, connection.client.icmpErrors, true, origins),
    ...aloneEvents(server.alone, connection.server.icmpErrors, false, origins),
  ].sort((a, b) => a.time - b.time)

  let next = 0
  const aloneUpTo = function* (time: number): Generator<LadderEvent, void, void> {
    for (; next < alone.length; next++) {
      const event = alone[next]
      if (event === undefined || event.time > time) return
      yield event
    }
  }
  for (const segment of segments) {
    yield* aloneUpTo(segment.time)
    yield {
      time: segment.time,
      segment,
      note: null,
      client: client.beside.get(segment.packet),
      server: server.beside.get(segment.packet),
      takenBack: takenBack.get(segment.packet) ?? [],
    }
  }
  yield* aloneUpTo(Number.POSITIVE_INFINITY)
}

/** Of several transitions by one packet the last stands beside it: the list of evidence has them all. */
function splitByPacket(transitions: readonly Transition[], logged: ReadonlySet<number>) {
  const beside = new Map<number, Transition>()
  const alone: Transition[] = []
  for (const transition of transitions) {
    if (transition.packet !== null && logged.has(transition.packet)) beside.set(transition.packet, transition)
    else alone.push(transition)
  }
  return { beside, alone }
}

/** Rungs without a segment: transitions by a timer or an unlogged packet, and ICMP errors with what they led to. */
function aloneEvents(
  transitions: readonly Transition[],
  errors: readonly ReceivedIcmpError[],
  isClient: boolean,
  origins: PacketOrigins | undefined,
): LadderEvent[] {
  const rung = (time: number, transition: Transition | undefined, note: string | null): LadderEvent => ({
    time,
    segment: null,
    client: isClient ? transition : undefined,
    server: isClient ? undefined : transition,
    note,
    takenBack: [],
  })
  const byError = (transition: Transition) => errors.some(({ packet }) => packet === transition.packet)
  return [
    ...transitions.filter((transition) => !byError(transition)).map((step) => rung(step.time, step, null)),
    ...errors.map((error) => {
      const transition = transitions.find(({ packet }) => packet === error.packet)
      return rung(error.time, transition, `${packetName(error.packet, origins)} ${icmpText(error)}`)
    }),
  ]
}

function retractions(
  connection: ConnectionSummary,
  origins: PacketOrigins | undefined,
): Map<number, string[]> {
  const byPacket = new Map<number, string[]>()
  for (const role of ['client', 'server'] as const) {
    for (const retracted of connection[role].retracted) {
      if (retracted.disprovedBy === null) continue
      const at = retracted.packet === null ? '' : ` at ${packetName(retracted.packet, origins)}`
      const text = `takes back: ${role} ${stateName(retracted.state)} (${basisName(retracted.basis)}${at})`
      byPacket.set(retracted.disprovedBy, [...(byPacket.get(retracted.disprovedBy) ?? []), text])
    }
  }
  return byPacket
}
