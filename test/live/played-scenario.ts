import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionDocument, FindingDocument, ReportDocument } from '../../src/report/report-document.ts'
import type { RetractionLine, StateLine } from '../../src/report/stream-document.ts'
import { Timestamp } from '../../src/report/timestamp.ts'
import { validDocument, validLine } from '../support/json-schema.ts'
import { kernelExceptions } from '../support/kernel-exceptions.ts'
import { type Snapshot, statesByEndpoint } from '../support/kernel-fixture.ts'
import { runMain } from '../support/run-cli.ts'

/** One view of a scenario that play.py has played. */
export interface PlayedView {
  /** The fixture that the same view was recorded as. */
  readonly recording: string
  /** tcpdump's capture. */
  readonly pcap: string
  /** What `live` said in the end. */
  readonly document: ReportDocument
  /** What it said meanwhile. */
  readonly lines: Buffer
  /** Bytes of it that were written when a moment had been looked at, of patient scenarios. */
  readonly looks: readonly { readonly moment: string; readonly told: number }[]
  readonly secondsToStop: number
  readonly hosts: Readonly<Record<string, readonly string[]>>
  readonly snapshots: readonly Snapshot[]
}

export function playedViews(folder: string): PlayedView[] {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.document.json'))
    .map((file) => {
      const view = file.replace('.document.json', '')
      const { recording, looks, secondsToStop } = JSON.parse(read(`${view}.json`))
      const { hosts, snapshots } = JSON.parse(read(`${recording}.json`))
      const document = validDocument(read(file)) as ReportDocument
      const lines = readFileSync(join(folder, `${view}.lines`))
      const pcap = join(folder, `${recording}.pcap`)
      return { recording, pcap, document, lines, looks, secondsToStop, hosts, snapshots }
    })
}

type Line = StateLine | RetractionLine

/** The lines about states among the first `length` bytes. */
function stateLines(lines: Buffer, length = lines.length): Line[] {
  const texts = lines.subarray(0, length).toString().split('\n').slice(0, -1)
  return texts
    .map(validLine)
    .filter(({ type }) => type === 'state' || type === 'retraction') as unknown as Line[]
}

/** An end that `live` has told another state of than `ss`. */
export interface Difference {
  readonly fixture: string
  readonly moment: string
  readonly endpoint: string
  readonly kernel: string
  readonly live: string
}

export interface HeldToKernel {
  /** Ends of all snapshots. */
  readonly compared: number
  /** Those of which packets show another state, by a reason that the recordings have taught. */
  readonly excepted: number
  readonly unexplained: readonly Difference[]
}

const EXCEPTIONS = kernelExceptions().flatMap(({ cases }) => cases)

/**
 * Where the recordings do not differ but a play may. The full queue has dropped the newest SYNs of the flood: that no answer
 * comes is known 200 ms behind them, and the recording happened to look later.
 */
const OF_THE_MOMENT: readonly Omit<Difference, 'endpoint'>[] = [
  {
    fixture: 'syn-flood-without-cookies',
    moment: 'the client waits (b)',
    kernel: 'CLOSED',
    live: 'SYN_RCVD',
  },
]

type Told = Map<number, Partial<Record<'client' | 'server', string>>>

/**
 * Holds what the lines say of the moment of each snapshot, every one of its host's ends, to what `ss` printed; where the
 * scenario waited for them, the lines that had been written then.
 */
export function heldToKernel(played: PlayedView): HeldToKernel {
  const looks = new Map(played.looks.map(({ moment, told }) => [moment, told]))
  const all = stateLines(played.lines)
  return compared(played, ({ from, moment }) => {
    const told = looks.get(moment)
    if (told !== undefined) return toldBy(stateLines(played.lines, told))
    const time = new Timestamp(BigInt(Math.round(from * 1e6)) * 1000n).rfc3339(0)
    const later = all.findIndex((line) => line.time > time)
    // Lines come in the order of the packets and timers that they are about.
    return toldBy(later === -1 ? all : all.slice(0, later))
  })
}

function compared(
  { recording, document, snapshots, hosts }: PlayedView,
  toldAt: (snapshot: Snapshot) => Told,
): HeldToKernel {
  const connections = new Map(document.connections.map((connection) => [connection.id, connection]))
  let count = 0
  const differences = snapshots.flatMap((snapshot) => {
    const kernel = statesByEndpoint(snapshot)
    const addresses = new Set(hosts[snapshot.host])
    const told = toldAt(snapshot)
    return newest([...told.keys()].map((id) => connections.get(id) as ConnectionDocument)).flatMap(
      (connection) =>
        sides(connection).flatMap(([role, own, peer]): Difference[] => {
          if (!addresses.has(connection[role].address)) return []
          count++
          const endpoint = `${own} -> ${peer}`
          const said = told.get(connection.id)?.[role] ?? 'UNKNOWN'
          const known = kernel.get(endpoint) ?? 'CLOSED'
          if ((said === 'LISTEN' ? 'CLOSED' : said) === known) return []
          const moment = `${snapshot.moment} (${snapshot.host})`
          return [{ fixture: recording, moment, endpoint, kernel: known, live: said }]
        }),
    )
  })
  const unexplained = differences.filter((difference) => !isExcepted(difference))
  return { compared: count, excepted: differences.length - unexplained.length, unexplained }
}

/** What lines tell of both ends of each connection, when all of them are read. */
function toldBy(lines: readonly Line[]): Told {
  const told: Told = new Map()
  for (const { connection, end, state } of lines) {
    told.set(connection, { ...told.get(connection), [end]: state })
  }
  return told
}

/** The newest connection of each tuple: what `ss` can know. */
function newest(connections: readonly ConnectionDocument[]): ConnectionDocument[] {
  const byTuple = new Map<string, ConnectionDocument>()
  for (const connection of connections.toSorted((one, other) => one.id - other.id)) {
    byTuple.set([nameOf(connection.client), nameOf(connection.server)].sort().join(' '), connection)
  }
  return [...byTuple.values()]
}

/** Both ends; a socket that is connected to itself is one. */
function sides({ client, server }: ConnectionDocument): ['client' | 'server', string, string][] {
  const [one, other] = [nameOf(client), nameOf(server)]
  const first: ['client', string, string] = ['client', one, other]
  return one === other ? [first] : [first, ['server', other, one]]
}

function nameOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function isExcepted({ fixture, moment, endpoint, kernel, live }: Difference): boolean {
  const isSame = (one: { fixture: string; moment: string; kernel: string }) =>
    one.fixture === fixture && one.moment === moment && one.kernel === kernel
  return (
    OF_THE_MOMENT.some((one) => isSame(one) && one.live === live) ||
    EXCEPTIONS.some(
      (one) =>
        isSame(one) &&
        one.asOf === live &&
        (one.endpoint === endpoint || / and \d+ others$/.test(one.endpoint)),
    )
  )
}

/** What `file` makes of tcpdump's capture, up to the moment at which `live` ended if no other is given. */
export async function fromFile(
  { pcap, document }: PlayedView,
  asOf = document.capture.asOf ?? '',
): Promise<ReportDocument> {
  const { stdout } = await runMain(['file', pcap, '--as-of', asOf, '--json', '--no-config'])
  return JSON.parse(stdout)
}

/** What does not depend on when a socket stamped a packet: two sockets on one interface do so some µs apart. */
export function gist({ connections, findings, capture }: ReportDocument) {
  return {
    packets: capture.packets,
    connections: connections.map(connectionGist),
    findings: findings.map(findingGist),
  }
}

function connectionGist({ id, outcome, packets, client, server, findings }: ConnectionDocument) {
  const ends = [client, server].map(({ address, port, state, stateBasis, payloadBytes, transitions }) => ({
    address,
    port,
    state,
    stateBasis,
    payloadBytes,
    transitions: transitions.map(({ time, ...transition }) => transition),
  }))
  return { id, outcome, packets, ends, findings }
}

function findingGist({ rule, severity, confidence, count, connections, evidence }: FindingDocument) {
  return { rule, severity, confidence, count, connections, evidence: evidence.map(({ packet }) => packet) }
}

/** `file` says the same of tcpdump's capture, up to the moment of the difference. */
export async function isFilesToo(view: PlayedView, difference: Difference): Promise<boolean> {
  const { fixture, moment, endpoint, live } = difference
  if (fixture !== view.recording) return true
  const shot = view.snapshots.find((one) => `${one.moment} (${one.host})` === moment)
  const { connections } = await fromFile(view, shot?.from.toFixed(6))
  return newest(connections).some((connection) =>
    sides(connection).some(
      ([role, own, peer]) => `${own} -> ${peer}` === endpoint && connection[role].state === live,
    ),
  )
}
