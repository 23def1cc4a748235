import { readdirSync, readFileSync } from 'node:fs'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { formatAddress } from '../../src/decode/address.ts'
import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'

const FOLDER = new URL('../../fixtures/dialogues/', import.meta.url)
/** A state that stood for less is not compared: the kernel moves just before or after it answers. */
const SHORTEST = 1

/** One real socket, as fixtures/dialogue wrote it down: its state after each of its packets. */
interface RecordedSocket {
  readonly name: string
  /** Local and remote end, `address:port->address:port`. */
  readonly socket: string
  /** Frame, the kernel's word for the state, milliseconds until the socket's next packet. */
  readonly states: readonly (readonly [frame: number, state: string, wait: number | null])[]
}

/** The state of one socket after one packet. */
export interface DialogueState {
  readonly dialogue: string
  /** Which of the dialogue's packets, from 1. */
  readonly step: number
  readonly kernel: string
  readonly tool: string
}

/** Every recorded state that stood long enough, and what tcpaudit believes of it when all has been read. */
export async function compareDialogues(): Promise<DialogueState[]> {
  const compared: DialogueState[] = []
  for (const file of readdirSync(FOLDER).sort()) {
    if (!file.endsWith('.json')) continue
    const [part] = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    const endpoints = await readEndpoints(new URL(file.replace('.json', '.pcap'), FOLDER).pathname)
    for (const recorded of part.sockets as RecordedSocket[]) {
      const lives = endpoints.get(recorded.socket) ?? []
      recorded.states.forEach(([frame, word, wait], index) => {
        if (wait !== null && wait < SHORTEST) return
        const kernel = word.replace('(orphan)', '').replace('SYN_RECV', 'SYN_RCVD')
        const tool = believed(lives, frame)
        compared.push({ dialogue: `${part.name}/${recorded.name}`, step: index + 1, kernel, tool })
      })
    }
  }
  return compared
}

/** Without a socket there may still be a listener; the recorder calls both CLOSED. */
export function agrees({ kernel, tool }: DialogueState): boolean {
  return kernel === 'CLOSED' ? tool === 'CLOSED' || tool === 'LISTEN' : kernel === tool
}

interface Life {
  readonly firstPacket: number
  readonly own: EndpointSummary
}

/** Each endpoint's connections in the order of their first packets. */
async function readEndpoints(pcap: string): Promise<Map<string, Life[]>> {
  const source = await openCapture(pcap)
  const connections: ConnectionSummary[] = []
  await auditCapture(source, { onConnection: (connection) => connections.push(connection.summary()) })
  await source.close()
  const endpoints = new Map<string, Life[]>()
  for (const { firstPacket, client, server } of connections.sort((one, other) => one.id - other.id)) {
    for (const [own, peer] of [
      [client, server],
      [server, client],
    ] as const) {
      const name = `${endpointName(own)}->${endpointName(peer)}`
      const lives = endpoints.get(name) ?? []
      lives.push({ firstPacket, own })
      endpoints.set(name, lives)
    }
  }
  return endpoints
}

/** What the packets up to `frame` have done to the newest connection of that moment. */
function believed(lives: readonly Life[], frame: number): string {
  const life = lives.findLast(({ firstPacket }) => firstPacket <= frame)
  const last = life?.own.transitions.findLast(({ packet }) => packet !== null && packet <= frame)
  return last === undefined ? 'CLOSED' : stateName(last.state)
}

function endpointName({ ipVersion, address, port }: EndpointSummary): string {
  const text = formatAddress(ipVersion, ...address)
  return ipVersion === 6 ? `[${text}]:${port}` : `${text}:${port}`
}
