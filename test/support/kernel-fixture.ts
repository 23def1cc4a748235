import { readdirSync, readFileSync } from 'node:fs'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { parseAsOf } from '../../src/cli/as-of.ts'
import { formatAddress } from '../../src/decode/address.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { type StateName, stateName } from '../../src/tracker/tcp-state.ts'

const FOLDER = new URL('../../fixtures/kernel/', import.meta.url)

/** What `ss` said of one host at one moment, as fixtures/record wrote it down. */
export interface Snapshot {
  readonly moment: string
  /** Epoch seconds just before and just after `ss` ran; no packet passed between. */
  readonly from: number
  readonly to: number
  readonly host: string
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
  readonly tool: StateName
  readonly basis: number
}

export function kernelFixtures(): KernelFixture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const name = file.replace(/\.json$/, '')
      const { hosts, snapshots } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
      return { name, pcap: new URL(`${name}.pcap`, FOLDER).pathname, hosts, snapshots }
    })
}

/** Runs the capture up to each snapshot's moment and holds every endpoint of its host to what `ss` printed. */
export async function compareWithKernel(fixture: KernelFixture): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const snapshot of fixture.snapshots) {
    const newest = await connectionsAt(fixture.pcap, snapshot.from)
    const addresses = new Set(fixture.hosts[snapshot.host])
    for (const connection of newest) {
      for (const [own, peer] of sides(connection)) {
        if (!addresses.has(formatAddress(own.ipVersion, ...own.address))) continue
        const endpoint = `${endpointName(own)} -> ${endpointName(peer)}`
        const socket = snapshot.sockets.find((s) => `${s.local} -> ${s.remote}` === endpoint)
        comparisons.push({
          fixture: fixture.name,
          moment: `${snapshot.moment} (${snapshot.host})`,
          endpoint,
          kernel: socket?.state ?? 'CLOSED',
          tool: stateName(own.state),
          basis: own.stateBasis,
        })
      }
    }
  }
  return comparisons
}

/** A tuple without a socket is CLOSED to `ss`; a listener shows no socket of that tuple either. */
export function agrees({ kernel, tool }: Comparison): boolean {
  return kernel === 'CLOSED' ? tool === 'CLOSED' || tool === 'LISTEN' : kernel === tool
}

/** The newest connection of each tuple at a moment, epoch seconds; none when the capture had not begun. */
async function connectionsAt(pcap: string, seconds: number): Promise<ConnectionSummary[]> {
  const source = await openCapture(pcap)
  const newest = new Map<string, ConnectionSummary>()
  const onConnection = (connection: ConnectionSummary) => {
    const tuple = [endpointName(connection.client), endpointName(connection.server)].sort().join(' ')
    const known = newest.get(tuple)
    if (known === undefined || known.id < connection.id) newest.set(tuple, connection)
  }
  await auditCapture(source, { onConnection, asOf: parseAsOf(seconds.toFixed(6)) })
  await source.close()
  return [...newest.values()]
}

function sides({ client, server }: ConnectionSummary): [EndpointSummary, EndpointSummary][] {
  const isSelf = endpointName(client) === endpointName(server)
  return isSelf ? [[client, server]] : [[client, server], [server, client]]
}

function endpointName({ ipVersion, address, port }: EndpointSummary): string {
  const text = formatAddress(ipVersion, ...address)
  return ipVersion === 6 ? `[${text}]:${port}` : `${text}:${port}`
}
