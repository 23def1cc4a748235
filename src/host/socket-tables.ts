import type { HostEnd } from '../tracker/host-totals.ts'
import { isSocketHeader, KernelSocket } from './kernel-socket.ts'
import { Absent, readProcLines } from './proc-file.ts'

/** Reads the TCP sockets of this network namespace, as `ss -tan` lists them. */
export class SocketTables {
  readonly #paths: readonly string[]
  /** Reading the tables again waits for who reads them: they share `#socket`. */
  #busy: Promise<unknown> = Promise.resolve()
  readonly #socket = new KernelSocket()

  constructor(proc = '/proc') {
    this.#paths = [`${proc}/net/tcp`, `${proc}/net/tcp6`]
  }

  /**
   * Shows every socket; borrowed until `see` returns. A kernel without IPv6 has no tcp6, which is no lack. Sockets that come
   * or go meanwhile may be missing, or shown twice.
   */
  read(see: (socket: KernelSocket) => void): Promise<undefined | Absent> {
    const reading = this.#busy.then(() => this.#read(see))
    this.#busy = reading.catch(() => {})
    return reading
  }

  async #read(see: (socket: KernelSocket) => void): Promise<undefined | Absent> {
    for (const [index, path] of this.#paths.entries()) {
      const problem = await this.#readTable(path, see)
      if (problem !== undefined && (index === 0 || problem.why !== 'not there')) return problem
    }
    return undefined
  }

  async #readTable(path: string, see: (socket: KernelSocket) => void): Promise<undefined | Absent> {
    const socket = this.#socket
    let lines = 0
    let isKnown = false
    const problem = await readProcLines(path, (line) => {
      if (lines++ === 0) isKnown = isSocketHeader(line)
      else if (isKnown && socket.read(line)) see(socket)
    })
    if (problem !== undefined) return problem
    return isKnown ? undefined : new Absent(path, 'columns that are not known')
  }
}

/** Text that tells one socket from all others of a namespace: both its ends. */
export function socketKey(local: HostEnd, remote: HostEnd): string {
  return `${endKey(local)} ${endKey(remote)}`
}

function endKey({ ipVersion, address, port }: HostEnd): string {
  const [a, b, c, d] = address
  return ipVersion === 4 ? `${a}:${port}` : `${a},${b},${c},${d}:${port}`
}
