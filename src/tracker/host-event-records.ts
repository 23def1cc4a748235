import { EVICTED, MIDSTREAM, SERVER_SPOKE_FIRST, VLAN_COLLISION } from './connection-flags.ts'
import type { Outcome } from './connection-summary.ts'
import { HAS_ISN, OFFERED_TIMESTAMPS, SEEN, SENT_DATA } from './endpoint-flags.ts'
import { exchangesOf } from './exchanges.ts'
import type {
  HostAttempt,
  HostAwoke,
  HostClosed,
  HostFirstFin,
  HostHandshake,
  HostOpened,
  HostReset,
  HostStateChange,
  HostSynAck,
  HostSynAgain,
} from './host-events.ts'
import { EndRecord, EndTotalsRecord, fillEnd, type HostTotals } from './host-totals.ts'
import { OPENING_FLAGS, OPENING_SIDE } from './open-connection.ts'
import type { Basis, TcpState } from './tcp-state.ts'
import type { TrackerEvent } from './tracker-events.ts'

/** The one object of each type of host event, filled anew each time. */
export class StateChangeRecord implements HostStateChange {
  readonly type: 'state' | 'retracted'
  time = -0
  packet = 0
  connection = 0
  role: 'client' | 'server' = 'client'
  readonly end = new EndRecord()
  readonly peer = new EndRecord()
  from: TcpState = 0
  to: TcpState = 0
  basis: Basis = 0
  opened = false

  constructor(type: 'state' | 'retracted') {
    this.type = type
  }

  fill({ time, packet, connection, endpoint, from, to, basis }: TrackerEvent): this {
    const side = endpoint.index & 1
    this.time = time
    this.packet = packet
    this.connection = connection.id
    this.role = side === connection.clientSide ? 'client' : 'server'
    fillEnd(this.end, connection, side)
    fillEnd(this.peer, connection, 1 - side)
    this.from = from
    this.to = to
    this.basis = basis
    this.opened = connection.openTime >= 0 || (connection.flags & MIDSTREAM) !== 0
    return this
  }
}

class AttemptRecord implements HostAttempt {
  time = -0
  packet = 0
  connection = 0
  readonly client = new EndRecord()
  readonly server = new EndRecord()
  start = -0
  firstPacket = 0

  fill({ time, packet, connection }: TrackerEvent): this {
    this.time = time
    this.packet = packet
    this.connection = connection.id
    fillEnd(this.client, connection, connection.clientSide)
    fillEnd(this.server, connection, 1 - connection.clientSide)
    this.start = connection.start
    this.firstPacket = connection.firstPacket
    return this
  }
}

export class OpenedRecord extends AttemptRecord implements HostOpened {
  readonly type = 'opened'
  midstream = false
  flags = 0

  override fill(event: TrackerEvent): this {
    super.fill(event)
    this.midstream = (event.connection.flags & MIDSTREAM) !== 0
    this.flags = event.segment.flags
    return this
  }
}

export class SynAgainRecord extends AttemptRecord implements HostSynAgain {
  readonly type = 'synAgain'
  copy = 0
  answered = false

  override fill(event: TrackerEvent): this {
    super.fill(event)
    this.copy = event.connection.synCopies
    this.answered = event.connection.synAckCopies > 0
    return this
  }
}

export class SynAckRecord extends AttemptRecord implements HostSynAck {
  readonly type = 'synAck'
  copy = 0
  acknowledged = false
  withData = false
  vlanCollision = false

  override fill(event: TrackerEvent): this {
    super.fill(event)
    this.copy = event.detail
    this.acknowledged = event.connection.openTime >= 0
    this.withData = (event.peer.flags & SENT_DATA) !== 0
    this.vlanCollision = (event.connection.flags & VLAN_COLLISION) !== 0
    return this
  }
}

export class HandshakeRecord extends AttemptRecord implements HostHandshake {
  readonly type = 'handshake'
  clientIsn: number | null = null
  serverIsn = 0
  clientTsVal: number | null = null

  override fill(event: TrackerEvent): this {
    super.fill(event)
    const { endpoint: client, peer: server } = event
    this.clientIsn = (client.flags & HAS_ISN) === 0 ? null : client.isn
    this.serverIsn = server.isn
    this.clientTsVal = (client.flags & OFFERED_TIMESTAMPS) === 0 ? null : client.tsVal
    return this
  }
}

export class ResetRecord extends AttemptRecord implements HostReset {
  readonly type = 'reset'
  role: 'client' | 'server' = 'client'
  before: TcpState = 0
  peerBefore: TcpState = 0
  flags = 0
  window = 0
  sent = 0
  acknowledged = false
  fromElsewhere = false
  unanswered = -0
  silence = -0

  override fill(event: TrackerEvent): this {
    super.fill(event)
    const { connection, endpoint, peer, segment } = event
    this.role = (endpoint.index & 1) === connection.clientSide ? 'client' : 'server'
    this.before = event.before
    this.peerBefore = event.peerBefore
    this.flags = segment.flags
    this.window = segment.window
    this.sent = endpoint.packets
    this.acknowledged = connection.openTime >= 0
    const isSeen = (endpoint.flags & SEEN) !== 0
    this.fromElsewhere = isSeen && endpoint.mssScaleAndTtl >>> 24 !== segment.ttl
    this.unanswered = Math.max(0, peer.lastTime - endpoint.lastTime)
    this.silence = event.time - Math.max(peer.lastTime, endpoint.lastTime)
    return this
  }
}

export class AwokeRecord extends AttemptRecord implements HostAwoke {
  readonly type = 'awoke'
  role: 'client' | 'server' = 'client'
  silence = -0

  override fill(event: TrackerEvent): this {
    super.fill(event)
    const { connection, endpoint, peer } = event
    this.role = (endpoint.index & 1) === connection.clientSide ? 'client' : 'server'
    this.silence = peer.lastTime - endpoint.lastTime
    return this
  }
}

export class FirstFinRecord extends AttemptRecord implements HostFirstFin {
  readonly type = 'firstFin'
  role: 'client' | 'server' = 'client'
  exchanges = 0
  midstream = false
  serverSpokeFirst = false
  sinceData = -0
  sincePeerData = -0
  pause = -0
  lastWords = 0

  override fill(event: TrackerEvent): this {
    super.fill(event)
    const { connection, endpoint, closing } = event
    const { flags } = connection
    this.role = (endpoint.index & 1) === connection.clientSide ? 'client' : 'server'
    this.exchanges = exchangesOf(connection)
    this.midstream = (flags & MIDSTREAM) !== 0
    this.serverSpokeFirst = (flags & SERVER_SPOKE_FIRST) !== 0
    this.sinceData = closing.sinceData
    this.sincePeerData = closing.sincePeerData
    this.pause = closing.pause
    this.lastWords = closing.lastWords
    return this
  }
}

export class ClosedRecord implements HostClosed {
  readonly type = 'closed'
  time = -0
  packet = 0
  connection = 0
  readonly client = new EndTotalsRecord()
  readonly server = new EndTotalsRecord()
  start = -0
  end = -0
  firstPacket = 0
  lastPacket = 0
  packets = 0
  outcome: Outcome = 'unknown'
  closedFirst: HostTotals['closedFirst'] = null
  midstream = false
  evicted = false
  vlanCollision = false
  openedBy: HostTotals['openedBy'] = 'client'
  openingFlags = 0
  synCopies = 0
  synAckCopies = 0
  synAckTime: number | null = null
  openTime: number | null = null

  fill({ time, packet, connection, finished }: TrackerEvent): this {
    this.time = time
    this.packet = packet
    this.connection = connection.id
    finished.fillTotals(this.client, this.server)
    this.start = connection.start
    this.end = connection.end
    this.firstPacket = connection.firstPacket
    this.lastPacket = connection.lastPacket
    this.packets = connection.packets
    this.outcome = finished.outcome
    this.closedFirst = finished.closedFirst
    this.midstream = (connection.flags & MIDSTREAM) !== 0
    this.evicted = (connection.flags & EVICTED) !== 0
    this.vlanCollision = (connection.flags & VLAN_COLLISION) !== 0
    const { roles, clientSide } = connection
    this.openedBy = ((roles >> OPENING_SIDE) & 1) === clientSide ? 'client' : 'server'
    this.openingFlags = (roles >> OPENING_FLAGS) & 0xff
    this.synCopies = connection.synCopies
    this.synAckCopies = connection.synAckCopies
    this.synAckTime = connection.synAckTime < 0 ? null : connection.synAckTime
    this.openTime = connection.openTime < 0 ? null : connection.openTime
    return this
  }
}
