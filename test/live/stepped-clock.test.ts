import { describe, expect, it } from 'vitest'
import { NOTHING_YET } from '../../src/capture/byte-window.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { ACK, FIN, SYN } from '../../src/decode/tcp-flags.ts'
import { SILENCE } from '../../src/live/live-input.ts'
import { openLiveSource } from '../../src/live/live-source.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'
import { buildFrame, type TcpFields } from '../support/frame-builder.ts'
import { pcapChunks } from '../support/pcap-chunks.ts'
import { writePcap } from '../support/pcap-writer.ts'

/** Milliseconds since 1970 at which the machine's clock begins. */
const EPOCH = 1_795_000_000_000

/** A machine whose clock somebody sets by `step` ms at `at` ms, and an interface of it on which `packets` pass. */
class SteppedMachine {
  readonly backend = 'libpcap'
  readonly timestamps = 'kernel-nanoseconds'
  readonly readsAhead = false
  readonly received = undefined
  readonly droppedByKernel = 0
  readonly droppedByInterface = 0
  quietUntil: number | undefined
  #now = 0
  readonly #step: number
  readonly #at: number
  readonly #until: number
  readonly #passing: { readonly at: number; readonly record: Uint8Array }[]
  #header: Uint8Array | undefined

  constructor(step: number, at: number, until: number, packets: readonly [number, Uint8Array][]) {
    this.#step = step
    this.#at = at
    this.#until = until
    const stamped = packets.map(([when, data]) => ({
      data,
      time: BigInt(Math.round(this.#system(when) * 1000)) * 1000n,
    }))
    const { header, chunks } = pcapChunks(writePcap(stamped, { format: 'pcap-ns' }), 1)
    this.#header = header
    this.#passing = packets.map(([when], index) => ({ at: when, record: chunks[index] as Uint8Array }))
  }

  #system(now: number): number {
    return EPOCH + now + (now >= this.#at ? this.#step : 0)
  }

  readonly clocks = () => ({ system: this.#system(this.#now), before: this.#now, after: this.#now })

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    if (this.#header !== undefined) {
      buffer.set(this.#header, offset)
      const { length } = this.#header
      this.#header = undefined
      return length
    }
    const [next] = this.#passing
    if (next !== undefined && next.at <= this.#now + SILENCE) {
      this.#passing.shift()
      this.#now = Math.max(this.#now, next.at)
      buffer.set(next.record, offset)
      return next.record.length
    }
    this.#now += SILENCE
    this.quietUntil = this.#system(this.#now)
    return this.#now < this.#until ? NOTHING_YET : 0
  }

  stop(): void {}

  async close(): Promise<void> {}
}

const client = (tcp: TcpFields) => buildFrame({ tcp: { sourcePort: 40_000, destinationPort: 80, ...tcp } })
const server = (tcp: TcpFields) =>
  buildFrame({
    source: '10.0.0.2',
    destination: '10.0.0.1',
    tcp: { sourcePort: 80, destinationPort: 40_000, ...tcp },
  })

/** The client closes at 5 s, the server speaks again at 20 s and never closes: FIN_WAIT_2 for 60 s from then on. */
const PACKETS: [number, Uint8Array][] = [
  [0, client({ flags: SYN, seq: 100 })],
  [1, server({ flags: SYN | ACK, seq: 300, ack: 101 })],
  [2, client({ flags: ACK, seq: 101, ack: 301 })],
  [5000, client({ flags: FIN | ACK, seq: 101, ack: 301 })],
  [5001, server({ flags: ACK, seq: 301, ack: 102 })],
  [20_000, server({ flags: ACK, seq: 301, ack: 102 })],
]

/** What was told, with its moment in whole milliseconds, and when the run ended. */
async function told(step: number, at: number) {
  const machine = new SteppedMachine(step, at, 90_000, PACKETS)
  const source = await openLiveSource('eth0', machine, { clocks: machine.clocks })
  const states: string[] = []
  const { capture } = await auditCapture(source, {
    onConnection: () => {},
    subscribe: (events) =>
      events.subscribe('state', ({ time, packet, to }) =>
        states.push(`${Math.round(time / 1e6)} ms, packet ${packet}: ${stateName(to)}`),
      ),
  })
  const { clockStepped } = source.listening
  await source.close()
  const quality = { reversals: capture.quality.timeReversals, asOf: Math.round((capture.asOf ?? 0) / 1e6) }
  return { states, ...quality, clockStepped }
}

describe('live, when somebody sets the clock', () => {
  it('concludes what it would have, and when', async () => {
    const { states, reversals, asOf, clockStepped } = await told(0, 10_000)
    expect(states.slice(-1)).toEqual(['65001 ms, packet 0: CLOSED'])
    expect([reversals, asOf, clockStepped]).toEqual([0, 90_000, 0])
    for (const step of [3_600_000, -3_600_000, 60_000, -7000]) {
      for (const at of [3, 5001, 10_000, 20_001, 40_000]) {
        const stepped = await told(step, at)
        expect({ step, at, ...stepped }).toEqual({
          step,
          at,
          states,
          reversals,
          asOf,
          clockStepped: step * 1e6,
        })
      }
    }
  })
})
