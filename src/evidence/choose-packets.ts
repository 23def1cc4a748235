import { type CaptureSource, READ_NEEDS_DATA, READ_PACKET } from '../capture/capture-source.ts'
import { PacketRecord } from '../capture/packet-record.ts'
import { type DecoderOptions, PacketDecoder } from '../decode/packet-decoder.ts'
import { KIND_FRAGMENT, Segment } from '../decode/segment.ts'
import type { ConnectionExtent } from './connection-extents.ts'
import type { ConnectionChoice, EvidencePlan } from './evidence-plan.ts'
import { FlowWatch } from './flow-watch.ts'

interface Watcher {
  /** Ordinal of its connection’s last packet. */
  readonly last: number
  readonly choice: ConnectionChoice
}

/**
 * Reads a capture and tells the plans of the packets of their connections. A connection is found by its first packet,
 * whose ordinal is its id; up to its last one all that its two ends exchange is taken for its own.
 */
export async function choosePackets(
  source: CaptureSource,
  plans: readonly EvidencePlan[],
  extents: ReadonlyMap<number, ConnectionExtent>,
  options: DecoderOptions,
): Promise<void> {
  const chooser = new PacketChooser(plans, extents, options)
  if (chooser.last === 0) return
  const record = new PacketRecord()
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) await source.fill()
    else if (status !== READ_PACKET || record.packet > chooser.last) return
    else chooser.take(record)
  }
}

class PacketChooser {
  /** Ordinal of the last packet that can matter. */
  readonly last: number
  readonly #wanted: ReadonlyMap<number, readonly Watcher[]>
  readonly #decoder: PacketDecoder
  readonly #segment = new Segment()
  readonly #flows = new FlowWatch<Watcher>()

  constructor(
    plans: readonly EvidencePlan[],
    extents: ReadonlyMap<number, ConnectionExtent>,
    options: DecoderOptions,
  ) {
    this.#wanted = wantedBy(plans, extents)
    this.last = Math.max(0, ...[...this.#wanted.keys()].map((id) => extents.get(id)?.last ?? 0))
    this.#decoder = new PacketDecoder(options)
  }

  take(record: PacketRecord): void {
    const { packet } = record
    const segment = this.#segment
    const kind = this.#decoder.decode(record, segment)
    const starting = this.#wanted.get(packet)
    for (const watcher of starting ?? []) this.#flows.add(segment, watcher)
    for (const watcher of this.#flows.watchersOf(kind, segment)) {
      if (packet <= watcher.last) watcher.choice.take(packet)
      else if (kind !== KIND_FRAGMENT) this.#flows.remove(segment, watcher)
    }
  }
}

function wantedBy(
  plans: readonly EvidencePlan[],
  extents: ReadonlyMap<number, ConnectionExtent>,
): Map<number, Watcher[]> {
  const wanted = new Map<number, Watcher[]>()
  for (const plan of plans) {
    const { connections, evidence } = plan.finding
    const proven = evidence.flatMap(({ connection }) => (connection === null ? [] : [connection]))
    for (const id of new Set([...connections, ...proven])) {
      const extent = extents.get(id)
      const choice = extent === undefined ? undefined : plan.ofConnection(id)
      if (extent === undefined || choice === undefined) continue
      const watchers = wanted.get(id) ?? []
      watchers.push({ last: extent.last, choice })
      wanted.set(id, watchers)
    }
  }
  return wanted
}
