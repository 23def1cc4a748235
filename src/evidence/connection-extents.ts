import { NumberList } from '../report/number-list.ts'
import type { ConnectionGist } from '../tracker/connection-summary.ts'

/** How far a connection reaches in its capture. */
export interface ConnectionExtent {
  /** Ordinal of its last packet. */
  readonly last: number
  readonly packets: number
}

/** Where every connection ends, 24 bytes each: which of them findings name is known only at the end. */
export class ConnectionExtents {
  readonly #ids = new NumberList()
  readonly #lasts = new NumberList()
  readonly #packets = new NumberList()

  add({ id, lastPacket, packets }: Pick<ConnectionGist, 'id' | 'lastPacket' | 'packets'>): void {
    this.#ids.push(id)
    this.#lasts.push(lastPacket)
    this.#packets.push(packets)
  }

  /** Those of these connections that are known. */
  of(ids: ReadonlySet<number>): Map<number, ConnectionExtent> {
    const extents = new Map<number, ConnectionExtent>()
    for (let index = 0; index < this.#ids.length; index++) {
      const id = this.#ids.at(index)
      if (!ids.has(id)) continue
      extents.set(id, { last: this.#lasts.at(index), packets: this.#packets.at(index) })
    }
    return extents
  }
}
