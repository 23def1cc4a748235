import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Connection } from '../tracker/connection.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import { ACTIVE_OPEN, HAS_TS_RECENT, OFFERED_TIMESTAMPS, SENT_DATA } from '../tracker/endpoint-flags.ts'
import { isAfter, isBefore } from '../tracker/sequence.ts'
import { SYN_REPEATS } from '../tracker/syn-arrives.ts'
import { ESTABLISHED, SYN_RCVD } from '../tracker/tcp-state.ts'
import type { TrackerEvent, TrackerEvents } from '../tracker/tracker-events.ts'
import type { ConnectionRecords } from './connection-records.ts'
import type { Moment } from './rule-context.ts'

/** Copies of one segment that are kept: a default connect() sends eleven SYNs. */
const MOST_COPIES = 12
/** A SYN-ACK that comes later than this is worth remembering though nothing was repeated, ns. */
const LATE_ANSWER = 1e9

interface Copy extends Moment {
  /** Timestamps it bears; undefined for none. */
  readonly tsVal: number | undefined
  readonly tsEcr: number | undefined
}

export interface SynAckCopy extends Copy {
  /** It was sent before one that had passed. */
  readonly overtaken: boolean
  /** Segments, and whether data too, that the client had sent by then. */
  readonly clientPackets: number
  readonly clientSentData: boolean
}

/** What passed of an opening in which something was repeated, or came late. */
export interface OpeningTrace {
  readonly syns: Copy[]
  readonly synAcks: SynAckCopy[]
  /** The third segment, and what repeats it in answer to other copies of the SYN-ACK; none if the first is not known. */
  readonly acks: (Copy & { readonly carriesData: boolean })[]
  /** The third segment had passed before there was any trouble. */
  readonly openedBefore: boolean
}

/** Both ends of an event by their roles. */
export function endsOf({
  connection,
  endpoint,
  peer,
}: Pick<TrackerEvent, 'connection' | 'endpoint' | 'peer'>): { client: Endpoint; server: Endpoint } {
  const isClient = (endpoint.index & 1) === connection.clientSide
  return isClient ? { client: endpoint, server: peer } : { client: peer, server: endpoint }
}

/** Remembers troubled openings, once for all rules; an opening in order leaves nothing. */
export class OpeningTracer {
  readonly #records: ConnectionRecords

  constructor(records: ConnectionRecords) {
    this.#records = records
  }

  /** Before any rule subscribes: the trace holds the segment at hand when rules are told of it. */
  subscribe(events: TrackerEvents): void {
    events.subscribe('syn', (event) => this.#syn(event))
    events.subscribe('synAck', (event) => this.#synAck(event))
    events.subscribe('retracted', (event) => this.#retracted(event))
    events.subscribe('handshake', (event) => this.#ack(event))
    events.subscribe('handshakeAgain', (event) => this.#ack(event))
  }

  #syn(event: TrackerEvent): void {
    if (event.detail !== SYN_REPEATS || isFromServer(event)) return
    const { syns } = this.#ensure(event, 0)
    if (syns.length < MOST_COPIES) syns.push(copyOf(event))
  }

  #synAck(event: TrackerEvent): void {
    const { connection, segment, time, endpoint, peer } = event
    if (!isFromServer(event) || !isAfter(segment.ack, peer.isn)) return
    // Another server behind the address answers too.
    if (segment.seq !== endpoint.isn) return
    const isUsual = event.detail === 1 && time - connection.start <= LATE_ANSWER
    if (isUsual && this.#known(connection) === undefined) return
    const { synAcks } = this.#ensure(event, 1)
    if (synAcks.length === MOST_COPIES) return
    const copy = copyOf(event)
    const { tsVal } = copy
    synAcks.push({
      ...copy,
      overtaken: tsVal !== undefined && synAcks.some((other) => isOlder(tsVal, other.tsVal)),
      clientPackets: peer.packets,
      clientSentData: (peer.flags & SENT_DATA) !== 0,
    })
  }

  /** A SYN-ACK sent again: the third segment that had passed is not believed to have arrived. */
  #retracted(event: TrackerEvent): void {
    if (event.from !== ESTABLISHED || event.to !== SYN_RCVD || event.packet === 0) return
    if (!isFromServer(event) || (event.endpoint.flags & ACTIVE_OPEN) !== 0) return
    const { acks } = this.#ensure(event, 1)
    if (acks.length > 0) return
    const side = event.peer.index & 1
    const { since: time, sincePacket: packet } = event
    acks.push({ packet, time, side, tsVal: undefined, tsEcr: undefined, carriesData: false })
  }

  #ack(event: TrackerEvent): void {
    const trace = this.#known(event.connection)
    if (trace === undefined) return
    const { acks, openedBefore } = trace
    if (acks.length === MOST_COPIES || (openedBefore && acks.length === 0)) return
    acks.push({ ...copyOf(event), carriesData: event.segment.payloadLength > 0 })
  }

  #known(connection: Connection): OpeningTrace | undefined {
    return this.#records.of(connection)?.opening
  }

  /** The trace; a new one holds what passed before the segment at hand, which has `own` of the SYN-ACKs counted so far. */
  #ensure(event: TrackerEvent, own: number): OpeningTrace {
    const { connection } = event
    const record = this.#records.ensure(connection)
    if (record.opening !== undefined) return record.opening
    const { client } = endsOf(event)
    const { start, firstPacket, clientSide, synTime, synAckTime, synAckPacket, openTime } = connection
    const trace: OpeningTrace = { syns: [], synAcks: [], acks: [], openedBefore: openTime >= 0 }
    record.opening = trace
    const tsVal = (client.flags & OFFERED_TIMESTAMPS) === 0 ? undefined : client.tsVal
    if (synTime >= 0) {
      trace.syns.push({ packet: firstPacket, time: start, side: clientSide, tsVal, tsEcr: undefined })
    }
    if (connection.synAckCopies > own) {
      trace.synAcks.push({
        packet: synAckPacket,
        time: synAckTime,
        side: 1 - clientSide,
        // The client has taken no other timestamp than that of the first SYN-ACK yet.
        tsVal: (client.flags & HAS_TS_RECENT) === 0 ? undefined : client.tsRecent,
        tsEcr: tsVal,
        overtaken: false,
        clientPackets: 1,
        clientSentData: false,
      })
    }
    return trace
  }
}

function isFromServer({ connection, endpoint }: TrackerEvent): boolean {
  return (endpoint.index & 1) !== connection.clientSide
}

function copyOf({ packet, time, endpoint, segment }: TrackerEvent): Copy {
  const { options } = segment
  const hasTimestamps = (options.present & OPTION_TIMESTAMPS) !== 0
  return {
    packet,
    time,
    side: endpoint.index & 1,
    tsVal: hasTimestamps ? options.tsVal : undefined,
    tsEcr: hasTimestamps ? options.tsEcr : undefined,
  }
}

function isOlder(tsVal: number, other: number | undefined): boolean {
  return other !== undefined && isBefore(tsVal, other)
}
