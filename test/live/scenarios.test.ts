import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { ConnectionDocument, FindingDocument, ReportDocument } from '../../src/report/report-document.ts'
import { validDocument } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'
import { mayMakeNamespaces } from './libpcap-is-there.ts'

/** Scenarios of the recorder that can wait at each of their moments, so that what lines told by then can be looked at. */
const PATIENT = [
  'orderly-close-by-client',
  'orderly-close-by-server',
  'half-close-with-data',
  'ipv6-orderly-close',
  'loopback-conversation',
  'refused',
]

/** Those that cannot: what `live` said in the end is looked at. */
const HURRIED = ['lost-fin', 'simultaneous-close', 'forged-rst-burst', 'syn-flood-small', 'close-wait-pile']

interface Snapshot {
  readonly moment: string
  readonly host: string
  readonly sockets: readonly { readonly local: string; readonly state: string }[]
}

interface Played {
  readonly view: string
  readonly document: ReportDocument
  readonly looks: readonly { readonly moment: string; readonly states: Readonly<Record<string, string>> }[]
  readonly secondsToStop: number
  readonly pcap: string
  readonly snapshots: readonly Snapshot[]
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

async function play(name: string, hurry: boolean): Promise<Played[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-live-'))
  folders.push(folder)
  const script = join(ROOT, 'test/live/play.py')
  await promisify(execFile)('python3', [script, name, folder, ...(hurry ? ['--hurry'] : [])], {
    env: { ...process.env, NODE: process.execPath },
  })
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.looks.json'))
    .map((file) => {
      const view = file.replace('.looks.json', '')
      const { file: recording, ...told } = JSON.parse(read(file))
      return {
        view,
        ...told,
        document: validDocument(read(`${view}.document.json`)) as ReportDocument,
        pcap: join(folder, `${recording}.pcap`),
        snapshots: JSON.parse(read(`${recording}.json`)).snapshots,
      }
    })
}

/** What does not depend on when a socket stamped a packet: two sockets on one interface do so some µs apart. */
function gist({ connections, findings, capture }: ReportDocument) {
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

/** What `file` makes of tcpdump's capture, up to the moment at which `live` ended. */
async function fromFile(pcap: string, asOf: string | undefined): Promise<ReportDocument> {
  const { stdout } = await runMain(['file', pcap, '--as-of', asOf ?? '', '--json', '--no-config'])
  return JSON.parse(stdout)
}

/** Sockets by local end, those that are gone left out. */
function sockets(states: Readonly<Record<string, string>>): Record<string, string> {
  const known = Object.entries(states).map(([key, state]) => [key.split(' ')[1] ?? '', state] as const)
  return Object.fromEntries(known.filter(([, state]) => state !== 'CLOSED' && state !== 'LISTEN'))
}

function socketsOfKernel(snapshots: readonly Snapshot[], moment: string): Record<string, string> {
  const those = snapshots.filter((snapshot) => snapshot.moment === moment)
  return Object.fromEntries(those.flatMap((shot) => shot.sockets.map(({ local, state }) => [local, state])))
}

describe.runIf(mayMakeNamespaces())('live, while real sockets play', () => {
  it.each(PATIENT)('%s: the states that it told by each moment are those of ss', async (name) => {
    const [played] = await play(name, false)
    const { looks = [], snapshots = [], document, pcap = '' } = played ?? {}
    expect(looks.length).toBeGreaterThan(1)
    for (const { moment, states } of looks) {
      expect({ moment, ...sockets(states) }).toEqual({ moment, ...socketsOfKernel(snapshots, moment) })
    }
    const file = await fromFile(pcap, document?.capture.asOf)
    expect(gist(document as ReportDocument)).toEqual(gist(file))
  })

  it.each(HURRIED)('%s: connections and findings are those of file on tcpdump’s capture', async (name) => {
    for (const { document, pcap, secondsToStop } of await play(name, true)) {
      const { packets, sources } = document.capture
      expect(packets).toBeGreaterThan(3)
      expect(sources[0]?.live).toMatchObject({ received: packets, droppedByKernel: 0 })
      expect(gist(document)).toEqual(gist(await fromFile(pcap, document.capture.asOf)))
      // Long after what is measured (0.2 s), and much sooner than it would end by itself.
      expect(secondsToStop).toBeLessThan(20)
    }
  })
})
