import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { RuleSettings } from '../../src/audit/rule-settings.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { parseAsOf } from '../../src/cli/as-of.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { formatAddress } from '../../src/decode/address.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import type { WrittenProfile } from '../../src/tracker/host-profile.ts'
import { type StateName, stateName } from '../../src/tracker/tcp-state.ts'
import { optionSettings } from './option-settings.ts'

const FOLDER = new URL('../../fixtures/kernel/', import.meta.url)

/** What `ss` said of one host at one moment, as fixtures/record wrote it down. */
export interface Snapshot {
  readonly moment: string
  /** Epoch seconds just before and just after `ss` ran; no packet passed between. */
  readonly from: number
  readonly to: number
  readonly host: string
  /** Why no observer could know this host's states, if so. */
  readonly invisible?: string
  /** In a crowd, `address:first-last` stands for consecutive ports. */
  readonly sockets: readonly { readonly local: string; readonly remote: string; readonly state: StateName }[]
}

export interface KernelFixture {
  readonly name: string
  readonly pcap: string
  readonly hosts: Readonly<Record<string, readonly string[]>>
  readonly snapshots: readonly Snapshot[]
}

/** One endpoint at one moment: what the kernel had and what tcpaudit says. */
export interface Comparison {
  readonly fixture: string
  readonly moment: string
  readonly endpoint: string
  readonly kernel: StateName
  readonly isVisible: boolean
  /** What --as-of says at that moment, knowing nothing of what came later. */
  readonly tool: StateName
  /** What is believed of that moment when the whole capture has been read. */
  readonly inHindsight: StateName
  readonly basis: number
}

export function kernelFixtures(): KernelFixture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const name = file.replace(/\.json$/, '')
      const { hosts, snapshots } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
      const plain = new URL(`${name}.pcap`, FOLDER)
      const pcap = existsSync(plain) ? plain : new URL(`${name}.pcap.gz`, FOLDER)
      return { name, pcap: pcap.pathname, hosts, snapshots }
    })
}

/** Runs the capture up to each snapshot's moment and holds every endpoint of its host to what `ss` printed; `profile`: what is said of the hosts. */
export async function compareWithKernel(
  fixture: KernelFixture,
  profile?: WrittenProfile,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  const settings = optionSettings({ id: '' }, {}, profile)
  const whole = await read(fixture.pcap, settings)
  for (const snapshot of fixture.snapshots) {
    const known = await read(fixture.pcap, settings, snapshot.from)
    const addresses = new Set(fixture.hosts[snapshot.host])
    const states = statesByEndpoint(snapshot)
    for (const connection of newest(known.connections)) {
      for (const [own, peer] of sides(connection)) {
        if (!addresses.has(formatAddress(own.ipVersion, ...own.address))) continue
        const endpoint = `${endpointName(own)} -> ${endpointName(peer)}`
        comparisons.push({
          fixture: fixture.name,
          moment: `${snapshot.moment} (${snapshot.host})`,
          endpoint,
          isVisible: snapshot.invisible === undefined,
          kernel: states.get(endpoint) ?? 'CLOSED',
          tool: stateName(own.state),
          inHindsight: stateAt(whole, endpoint, snapshot.from) ?? stateName(own.state),
          basis: own.stateBasis,
        })
      }
    }
  }
  return comparisons
}

/** `own -> peer` of every socket of the snapshot. */
export function statesByEndpoint({ sockets }: Pick<Snapshot, 'sockets'>): Map<string, StateName> {
  const states = new Map<string, StateName>()
  for (const { local, remote, state } of sockets) {
    for (const own of expandPorts(local)) {
      for (const peer of expandPorts(remote)) states.set(`${own} -> ${peer}`, state)
    }
  }
  return states
}

function expandPorts(end: string): string[] {
  const [, address = '', first = '', last = first] = /^(.*:)(\d+)(?:-(\d+))?$/.exec(end) ?? []
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${address}${Number(first) + i}`)
}

/** The state in which the whole capture leaves the endpoint's newest connection of that moment. */
function stateAt({ epoch, connections }: Reading, endpoint: string, seconds: number): StateName | undefined {
  const time = Number(BigInt(Math.round(seconds * 1e6)) * 1000n - epoch)
  // Behind the last packet there is no hindsight.
  if (connections.every((connection) => connection.end < time)) return undefined
  let state: StateName | undefined
  for (const connection of [...connections].sort((one, other) => one.id - other.id)) {
    if (connection.start > time) continue
    for (const [own, peer] of sides(connection)) {
      if (`${endpointName(own)} -> ${endpointName(peer)}` !== endpoint) continue
      const last = own.transitions.findLast((transition) => transition.time <= time)
      if (last !== undefined) state = stateName(last.state)
    }
  }
  return state
}

/** A tuple without a socket is CLOSED to `ss`; a listener shows no socket of that tuple either. */
export function agrees({ kernel, tool }: Comparison): boolean {
  return kernel === 'CLOSED' ? tool === 'CLOSED' || tool === 'LISTEN' : kernel === tool
}

interface Reading {
  readonly epoch: bigint
  readonly connections: readonly ConnectionSummary[]
}

/** Every connection of the capture, read to its end or to a moment in epoch seconds. */
async function read(pcap: string, settings: RuleSettings, until?: number): Promise<Reading> {
  const source = await openCapture(pcap)
  const connections: ConnectionSummary[] = []
  const asOf = until === undefined ? undefined : parseAsOf(until.toFixed(6))
  await auditCapture(source, {
    onConnection: (connection) => connections.push(connection.summary()),
    asOf,
    settings,
  })
  await source.close()
  return { epoch: source.epoch, connections }
}

/** The newest connection of each tuple. */
function newest(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  const byTuple = new Map<string, ConnectionSummary>()
  for (const connection of connections) {
    const tuple = [endpointName(connection.client), endpointName(connection.server)].sort().join(' ')
    const known = byTuple.get(tuple)
    if (known === undefined || known.id < connection.id) byTuple.set(tuple, connection)
  }
  return [...byTuple.values()]
}

function sides({ client, server }: ConnectionSummary): [EndpointSummary, EndpointSummary][] {
  const isSelf = endpointName(client) === endpointName(server)
  return isSelf
    ? [[client, server]]
    : [
        [client, server],
        [server, client],
      ]
}

function endpointName({ ipVersion, address, port }: EndpointSummary): string {
  const text = formatAddress(ipVersion, ...address)
  return ipVersion === 6 ? `[${text}]:${port}` : `${text}:${port}`
}
