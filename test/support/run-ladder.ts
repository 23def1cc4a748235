import { expect } from 'vitest'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { basisName, type StateName, stateName } from '../../src/tracker/tcp-state.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { addressBytes } from './frame-builder.ts'
import { type Ladder, parseLadder, printLadder } from './ladder.ts'
import { type FrameFeed, openFrameFeed } from './ladder-feed.ts'
import { type LadderStep, ladderEnds, ladderSteps } from './ladder-steps.ts'
import { type LadderVariant, ladderVariants } from './ladder-variants.ts'

export interface LadderRun {
  /** Every connection, in order of their ids, as they were when the ladder ended. */
  readonly connections: readonly ConnectionSummary[]
}

export interface LadderRunOptions {
  /** The ladder rests on the IP ID, which IPv6 does not have. */
  readonly ipv4Only?: boolean
  /** An RST of no connection has number 0 wherever the streams lie, and here some place of them would make it exact. */
  readonly numbersAsWritten?: boolean
}

/**
 * Plays the ladder through decoder and tracker and throws, showing the ladder, at the first line whose states differ
 * from those asserted. Then plays it again in every variant: the states after every line, asserted or not, and the
 * connections in the end must be the same. Returns those of the ladder as written.
 */
export async function runLadder(text: string, options: LadderRunOptions = {}): Promise<LadderRun> {
  const ladder = parseLadder(text)
  const [asWritten, ...others] = ladderVariants(ladder)
  if (asWritten === undefined) throw new Error('a ladder has at least one variant')
  const reference = await play(ladder, asWritten)
  for (const variant of others) {
    if (options.ipv4Only === true && variant.ipVersion === 6) continue
    if (options.numbersAsWritten === true && (variant.shiftA !== 0 || variant.shiftB !== 0)) continue
    const outcome = await play(ladder, variant)
    expect(outcome.trace, `${variant.name}: states after each line`).toEqual(reference.trace)
    expect(comparable(outcome), `${variant.name}: connections in the end`).toEqual(comparable(reference))
  }
  return { connections: reference.connections }
}

interface Outcome {
  readonly variant: LadderVariant
  readonly selfConnect: boolean
  readonly connections: readonly ConnectionSummary[]
  /** After each line, the states of A and B in every connection. */
  readonly trace: readonly (readonly string[])[]
}

async function play(ladder: Ladder, variant: LadderVariant): Promise<Outcome> {
  const steps = ladderSteps(ladder, variant)
  const feed = await openFrameFeed(steps, variant.file)
  try {
    return await playSteps(ladder, variant, steps, feed)
  } finally {
    await feed.close()
  }
}

async function playSteps(
  ladder: Ladder,
  variant: LadderVariant,
  steps: readonly LadderStep[],
  feed: FrameFeed,
): Promise<Outcome> {
  const finished: ConnectionSummary[] = []
  const tracker = new Tracker({ onConnection: (connection) => finished.push(connection.summary()) })
  const segment = new Segment()
  const trace: string[][] = []
  for (const step of steps) {
    if (step.frame === undefined) tracker.advance(step.time)
    else {
      const record = await feed.next()
      expect(record.time, `${variant.name}: time of line ${step.lineIndex + 1}`).toBe(step.time)
      const kind = decodePacket(record, segment)
      segment.ordinal = record.packet
      expect(kind, `${variant.name}: kind of line ${step.lineIndex + 1}`).toBe(KIND_TCP)
      tracker.segment(segment)
    }
    const connections = inOrder([...finished, ...tracker.held.summaries()])
    assertStates(ladder, variant, step, connections)
    trace.push(
      connections.map((connection) =>
        endsOf(connection, variant, ladder.selfConnect).map(stateText).join(' '),
      ),
    )
  }
  tracker.finish(steps.at(-1)?.time ?? 0)
  return { variant, selfConnect: ladder.selfConnect, connections: inOrder(finished), trace }
}

function inOrder(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  return connections.toSorted((first, second) => first.id - second.id)
}

function stateText(endpoint: EndpointSummary): string {
  return `${stateName(endpoint.state)} (${basisName(endpoint.stateBasis)})`
}

/** The connection's endpoints in the ladder's order, whichever the tracker takes for the client. */
function endsOf(
  { client, server }: ConnectionSummary,
  variant: LadderVariant,
  selfConnect: boolean,
): [a: EndpointSummary, b: EndpointSummary] {
  const [a] = ladderEnds(variant, selfConnect)
  const view = new DataView(addressBytes(a.address).buffer)
  const isA = client.port === a.port && client.address.every((word, index) => word === wordOf(view, index))
  return isA ? [client, server] : [server, client]
}

function wordOf(view: DataView, index: number): number {
  return index * 4 < view.byteLength ? view.getInt32(index * 4) : 0
}

function assertStates(
  ladder: Ladder,
  variant: LadderVariant,
  { line, lineIndex }: LadderStep,
  connections: readonly ConnectionSummary[],
): void {
  const connection = connections.at(line.connection === undefined ? -1 : line.connection - 1)
  const ends = connection === undefined ? undefined : endsOf(connection, variant, ladder.selfConnect)
  const wrong: string[] = []
  const compare = (
    end: string,
    expected: StateName | undefined,
    endpoint: EndpointSummary | undefined,
  ): void => {
    if (expected === undefined) return
    const got = endpoint === undefined ? 'no connection' : stateText(endpoint)
    if (endpoint === undefined || stateName(endpoint.state) !== expected) {
      wrong.push(`${end}: expected ${expected}, got ${got}`)
    }
  }
  compare('A', line.left, ends?.[0])
  compare('B', line.right, ends?.[1])
  if (wrong.length > 0)
    throw new Error(`${variant.name}\n${wrong.join('\n')}\n\n${markLine(ladder, lineIndex)}\n`)
}

/** The printed ladder with a mark before one of its lines. */
function markLine(ladder: Ladder, lineIndex: number): string {
  const marked = lineIndex + (ladder.selfConnect ? 1 : 0)
  return printLadder(ladder)
    .split('\n')
    .map((line, index) => `${index === marked ? '> ' : '  '}${line}`)
    .join('\n')
}

/** What of the outcome may not depend on the variant: the connections without the names and numbers it chooses. */
function comparable({ connections, variant, selfConnect }: Outcome): unknown {
  return connections.map((connection) => {
    const { client, server, closedFirst, zeek, roleBasis, handshake, ...rest } = connection
    const [a, b] = endsOf(connection, variant, selfConnect)
    const first =
      closedFirst === 'both' || closedFirst === null
        ? closedFirst
        : closedFirst === 'client'
          ? client
          : server
    const common = {
      ...rest,
      roleBasis,
      a: withoutNames(a),
      b: withoutNames(b),
      closedFirst: first === a ? 'A' : first === b ? 'B' : first,
    }
    // Without a handshake the ports decide who is the client, and swapped ends have swapped ports.
    return roleBasis === 'port' ? common : { ...common, aIsClient: a === client, zeek, handshake }
  })
}

function withoutNames(endpoint: EndpointSummary): unknown {
  const { address, port, ipVersion, isn, bytes, ...rest } = endpoint
  const headerBytes = (ipVersion === 4 ? 20 : 40) * endpoint.packets
  return { ...rest, hasIsn: isn !== null, bytesWithoutIpHeaders: bytes - headerBytes }
}
