import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { codeOf } from '../capture/system-error.ts'
import type { LiveMetrics } from './live-metrics.ts'
import { type MetricsAddress, metricsUrl } from './metrics-address.ts'
import { MetricsError } from './metrics-error.ts'

const PATH = '/metrics'

/** Who asks has so long to do it, milliseconds, and so many may ask at a time. */
const REQUEST_TIMEOUT = 10_000
const MOST_CONNECTIONS = 20

/** Answers `GET /metrics` over HTTP. */
export class MetricsServer {
  /** With the port that it got. */
  readonly url: string
  readonly #server: Server

  private constructor(server: Server, asked: MetricsAddress) {
    const { port } = server.address() as AddressInfo
    this.url = metricsUrl({ ...asked, port })
    this.#server = server
  }

  /** Throws MetricsError if nobody can listen there. */
  static async listen(address: MetricsAddress, metrics: LiveMetrics): Promise<MetricsServer> {
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT })
    server.maxConnections = MOST_CONNECTIONS
    server.on('request', (request, response) => void answer(request, response, metrics))
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new MetricsError(`--metrics ${describe(error, address)}`)))
      server.listen(address.port, address.host, resolve)
    })
    return new MetricsServer(server, address)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: LiveMetrics,
): Promise<void> {
  const [path] = (request.url ?? '').split('?')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
  } else if (path !== PATH) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end(`metrics are at ${PATH}\n`)
  } else {
    try {
      const text = await metrics.text()
      response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`${what}\n`)
    }
  }
}

function describe(error: unknown, { host, port }: MetricsAddress): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${port}: the port is in use: give another one, or end what listens there`
    case 'EACCES':
      return `${port}: this user may not listen on that port: give one from 1024 on`
    case 'EADDRNOTAVAIL':
      return `${host}: this machine has no such address: give one of its own, or the port alone for loopback`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host}: no such host: give an address of this machine, or the port alone for loopback`
    default:
      return `${host}:${port}: cannot listen there (${codeOf(error)}): give another address`
  }
}
