import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ACK, FIN, RST } from '../../src/decode/tcp-flags.ts'
import { LocalHost } from '../../src/host/local-host.ts'
import { OwnAddresses } from '../../src/host/own-addresses.ts'
import { type Agreement, StateVerifier } from '../../src/host/state-agreement.ts'
import { stateName } from '../../src/tracker/tcp-state.ts'
import {
  FakeProc,
  type FakeSocket,
  KERNEL_CLOSE_WAIT,
  KERNEL_ESTABLISHED,
  KERNEL_FIN_WAIT_1,
  KERNEL_LISTEN,
} from '../support/fake-proc.ts'
import { closing, opening, TrackerBench } from '../support/tracker-bench.ts'

const SECOND = 1e9
const SERVER = '192.0.2.1:80'

let proc: FakeProc
beforeEach(() => {
  proc = new FakeProc()
})
afterEach(() => proc.remove())

interface Setting {
  readonly now?: number
  /** Called when everything is to be taken in: once between the two readings, once behind them. */
  readonly settled?: (call: number) => void
  readonly addresses?: readonly string[]
}

/** Comparing tracked connections to a server of this machine with what stands in `proc`, so many times. */
function verifierOf(bench: TrackerBench, { now = 60 * SECOND, settled, addresses }: Setting = {}) {
  const own = new OwnAddresses(addresses ?? ['192.0.2.1'])
  let calls = 0
  return new StateVerifier(new LocalHost(proc.path, own), {
    now: () => now,
    settled: async (time) => {
      settled?.(calls++)
      bench.tracker.advance(time)
    },
    held: bench.tracker.held,
  })
}

const server = (client: number, state: number, more: Partial<FakeSocket> = {}): FakeSocket => ({
  local: SERVER,
  remote: `10.0.0.${client}:40000`,
  state,
  ...more,
})

function counts({ disagreements, comparisons, failed, ...rest }: Agreement) {
  return {
    ...rest,
    disagreements: disagreements.map(
      ({ connection, role, tracked, kernel, count }) =>
        `${connection} ${role} ${stateName(tracked)} ${stateName(kernel)} ${count}`,
    ),
  }
}

const NOTHING = {
  compared: 0,
  agreed: 0,
  closed: 0,
  ends: 0,
  moving: 0,
  unsent: 0,
  undecided: 0,
  foreign: 0,
  disagreements: [],
}

describe('tracked states and the kernel’s', () => {
  it('agree where they are the same, each end once in each comparison', async () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2))
    bench.play(
      { client: 2, flags: FIN | ACK, seq: 101, ack: 301 },
      { client: 2, from: 1, flags: ACK, seq: 301, ack: 102 },
    )
    proc.sockets(
      { local: '0.0.0.0:80', state: KERNEL_LISTEN },
      server(1, KERNEL_ESTABLISHED),
      server(2, KERNEL_CLOSE_WAIT),
    )
    const verifier = verifierOf(bench)
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, compared: 2, agreed: 2, ends: 2 })
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, compared: 4, agreed: 4, ends: 2 })
    expect(verifier.agreement.comparisons).toBe(2)
  })

  it('disagree where they are not, and it is said what each is', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_CLOSE_WAIT))
    const verifier = verifierOf(bench)
    await verifier.compare()
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({
      ...NOTHING,
      compared: 2,
      ends: 1,
      disagreements: ['1 server ESTABLISHED CLOSE_WAIT 2'],
    })
    expect(verifier.agreement.disagreements[0]).toMatchObject({
      local: { port: 80 },
      remote: { port: 40_000 },
      first: 60 * SECOND,
      last: 60 * SECOND,
    })
  })

  it('are both closed where no socket is left of a connection that the kernel had one of', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_ESTABLISHED))
    const verifier = verifierOf(bench)
    await verifier.compare()
    bench.play({ client: 1, flags: RST, seq: 101, time: 61 * SECOND })
    proc.sockets()
    const later = verifierOf(bench, { now: 70 * SECOND })
    await later.compare()
    // This one has not seen the socket; that a closed connection has none agrees all the same.
    expect(counts(later.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, closed: 1, ends: 1 })
  })

  it('are of ends of this machine only, of both if both are', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_ESTABLISHED), {
      local: '10.0.0.1:40000',
      remote: SERVER,
      state: KERNEL_ESTABLISHED,
    })
    const neither = verifierOf(bench, { addresses: ['198.51.100.1'] })
    await neither.compare()
    expect(counts(neither.agreement)).toEqual(NOTHING)
    const both = verifierOf(bench, { addresses: ['192.0.2.1', '10.0.0.1'] })
    await both.compare()
    expect(counts(both.agreement)).toEqual({ ...NOTHING, compared: 2, agreed: 2, ends: 2 })
  })
})

describe('left out is an end', () => {
  it('of which a packet passed between the readings, or behind them', async () => {
    for (const call of [0, 1]) {
      const bench = new TrackerBench().play(...opening(1))
      proc.sockets(server(1, KERNEL_CLOSE_WAIT))
      const verifier = verifierOf(bench, {
        settled: (at) => {
          if (at === call) bench.play({ client: 1, flags: ACK, seq: 101, ack: 301, time: 60 * SECOND })
        },
      })
      await verifier.compare()
      expect(counts(verifier.agreement)).toEqual({ ...NOTHING, moving: 1 })
    }
  })

  it('whose last packet was just before', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_CLOSE_WAIT))
    const verifier = verifierOf(bench, { now: 0.04 * SECOND })
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, moving: 1 })
  })

  it('that the kernel has in another state the second time', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_ESTABLISHED))
    const verifier = verifierOf(bench, {
      settled: (call) => {
        if (call === 0) proc.sockets(server(1, KERNEL_CLOSE_WAIT))
      },
    })
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, moving: 1 })
  })

  it('that a timer has just closed, as the kernel’s may be late', async () => {
    // The client closes first, so it is the one in TIME_WAIT; its 60 s are over since 5 s.
    const bench = new TrackerBench().play(...opening(1), ...closing(1))
    const client = { local: '10.0.0.1:40000', remote: SERVER, state: 6 }
    proc.sockets(client)
    const soon = verifierOf(bench, { now: 65 * SECOND, addresses: ['10.0.0.1'] })
    await soon.compare()
    expect(counts(soon.agreement)).toEqual({ ...NOTHING, moving: 1 })
    const later = verifierOf(bench, { now: 75 * SECOND, addresses: ['10.0.0.1'] })
    await later.compare()
    expect(counts(later.agreement).disagreements).toEqual(['1 client CLOSED TIME_WAIT 1'])
  })

  it('whose FIN waits behind data, and none whose FIN is out', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_FIN_WAIT_1, { unacknowledged: 4711 }))
    const waiting = verifierOf(bench)
    await waiting.compare()
    expect(counts(waiting.agreement)).toEqual({ ...NOTHING, unsent: 1 })
    // The FIN alone.
    proc.sockets(server(1, KERNEL_FIN_WAIT_1, { unacknowledged: 1 }))
    const sent = verifierOf(bench)
    await sent.compare()
    expect(counts(sent.agreement).disagreements).toEqual(['1 server ESTABLISHED FIN_WAIT_1 1'])
  })

  it('whose handshake no packet decides yet, until the SYN-ACK comes again; and then what was taken back', async () => {
    const [syn, synAck, ack] = opening(1)
    if (syn === undefined || synAck === undefined || ack === undefined)
      throw new Error('an opening has three segments')
    const bench = new TrackerBench().play(syn, synAck, ack)
    const SYN_RECV = 3
    proc.sockets(server(1, SYN_RECV))
    const verifier = verifierOf(bench, { now: 0.5 * SECOND })
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, undecided: 1 })
    bench.play({ ...synAck, time: 1.01 * SECOND })
    const later = verifierOf(bench, { now: 1.5 * SECOND })
    await later.compare()
    expect(counts(later.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, ends: 1 })
    proc.sockets(server(1, KERNEL_ESTABLISHED))
    const again = verifierOf(bench, { now: 1.5 * SECOND })
    await again.compare()
    expect(counts(again.agreement)).toEqual({ ...NOTHING, undecided: 1 })
    // Neither of the two.
    proc.sockets(server(1, KERNEL_CLOSE_WAIT))
    const wrong = verifierOf(bench, { now: 1.5 * SECOND })
    await wrong.compare()
    expect(counts(wrong.agreement).disagreements).toEqual(['1 server SYN_RCVD CLOSE_WAIT 1'])
  })

  it('whose SYN has just passed, if the kernel has no socket: it may have dropped it, and its answer would tell', async () => {
    const bench = new TrackerBench().play(...opening(1).slice(0, 1))
    proc.sockets({ local: '0.0.0.0:80', state: KERNEL_LISTEN })
    const soon = verifierOf(bench, { now: 0.1 * SECOND })
    await soon.compare()
    expect(counts(soon.agreement)).toEqual({ ...NOTHING, undecided: 1 })
    const later = verifierOf(bench, { now: 15 * SECOND })
    await later.compare()
    expect(counts(later.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, closed: 1, ends: 1 })
  })

  it('whose FIN the kernel means to send again later than its first repeat let expect, and none whose timer has run', async () => {
    const bench = new TrackerBench().play(...opening(1))
    const fin = { client: 1, from: 1, flags: FIN | ACK, seq: 301, ack: 101 } as const
    bench.play({ ...fin, time: 1 * SECOND }, { ...fin, time: 1.2 * SECOND })
    const KERNEL_FIN_SENT = { unacknowledged: 1 }
    proc.sockets(server(1, KERNEL_FIN_WAIT_1, KERNEL_FIN_SENT))
    const waiting = verifierOf(bench, { now: 30 * SECOND })
    await waiting.compare()
    expect(counts(waiting.agreement)).toEqual({ ...NOTHING, undecided: 1 })
    proc.sockets(server(1, KERNEL_FIN_WAIT_1, { ...KERNEL_FIN_SENT, retransmits: 3 }))
    const wrong = verifierOf(bench, { now: 30 * SECOND })
    await wrong.compare()
    expect(counts(wrong.agreement).disagreements).toEqual(['1 server CLOSED FIN_WAIT_1 1'])
  })

  it('whose FIN had waited behind data when the other came, and none that had nothing to wait for', async () => {
    const KERNEL_TIME_WAIT = 6
    for (const [length, outcome] of [
      [3, { unsent: 1 }],
      [0, { compared: 1, ends: 1, disagreements: ['1 server CLOSED TIME_WAIT 1'] }],
    ] as const) {
      const sent = 301 + length
      const bench = new TrackerBench().play(...opening(1))
      if (length > 0) {
        bench.play({
          client: 1,
          from: 1,
          flags: ACK,
          seq: 301,
          ack: 101,
          payloadLength: length,
          time: SECOND,
        })
      }
      bench.play(
        { client: 1, flags: FIN | ACK, seq: 101, ack: sent, time: 2 * SECOND },
        { client: 1, from: 1, flags: FIN | ACK, seq: sent, ack: 102, time: 2 * SECOND + 6000 },
        { client: 1, flags: ACK, seq: 102, ack: sent + 1, time: 2 * SECOND + 20_000 },
      )
      proc.sockets(server(1, KERNEL_TIME_WAIT))
      const verifier = verifierOf(bench, { now: 10 * SECOND })
      await verifier.compare()
      expect(counts(verifier.agreement)).toEqual({ ...NOTHING, ...outcome })
    }
  })

  it('whose application gave up connecting, or ended what it had half-closed, which no packet shows', async () => {
    const [syn] = opening(1)
    if (syn === undefined) throw new Error('an opening has three segments')
    const client = (state: number) => ({ local: '10.0.0.1:40000', remote: SERVER, state })
    const connecting = new TrackerBench().play(syn)
    const KERNEL_SYN_SENT = 2
    proc.sockets(client(KERNEL_SYN_SENT))
    const verifier = verifierOf(connecting, { now: 0.5 * SECOND, addresses: ['10.0.0.1'] })
    await verifier.compare()
    proc.sockets()
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, ends: 1, unsent: 1 })

    // FIN_WAIT_2 of an end that went on to take data; then of one that did not.
    const KERNEL_FIN_WAIT_2 = 5
    for (const [takesData, early, late] of [
      [true, { compared: 1, agreed: 1, ends: 1 }, { unsent: 1 }],
      [false, { compared: 1, agreed: 1, ends: 1 }, { compared: 1, agreed: 1, closed: 1, ends: 1 }],
    ] as const) {
      const bench = new TrackerBench().play(
        ...opening(1),
        { client: 1, flags: FIN | ACK, seq: 101, ack: 301 },
        { client: 1, from: 1, flags: ACK, seq: 301, ack: 102, time: 0.1 * SECOND },
      )
      if (takesData) {
        bench.play(
          { client: 1, from: 1, flags: ACK, seq: 301, ack: 102, payloadLength: 3, time: 0.2 * SECOND },
          { client: 1, flags: ACK, seq: 102, ack: 304, time: 0.21 * SECOND },
        )
      }
      proc.sockets(client(KERNEL_FIN_WAIT_2))
      const soon = verifierOf(bench, { now: 30 * SECOND, addresses: ['10.0.0.1'] })
      await soon.compare()
      expect(counts(soon.agreement)).toEqual({ ...NOTHING, ...early })
      proc.sockets()
      const after = verifierOf(bench, { now: 90 * SECOND, addresses: ['10.0.0.1'] })
      await after.compare()
      expect(counts(after.agreement)).toEqual({ ...NOTHING, ...late })
      // What looked closed was only half-closed.
      if (takesData) continue
      proc.sockets(client(KERNEL_FIN_WAIT_2))
      const open = verifierOf(bench, { now: 90 * SECOND, addresses: ['10.0.0.1'] })
      await open.compare()
      expect(counts(open.agreement)).toEqual({ ...NOTHING, unsent: 1 })
    }
  })

  it('that waited to be accepted, and went with its listener', async () => {
    const bench = new TrackerBench().play(...opening(1))
    proc.sockets(server(1, KERNEL_ESTABLISHED))
    const verifier = verifierOf(bench)
    await verifier.compare()
    proc.sockets()
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, ends: 1, undecided: 1 })
  })

  it('that the kernel never had a socket of; one that it has lost counts', async () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2))
    bench.play({ client: 1, from: 1, flags: ACK, seq: 301, ack: 101, payloadLength: 3 })
    proc.sockets(server(1, KERNEL_ESTABLISHED))
    const verifier = verifierOf(bench)
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({ ...NOTHING, compared: 1, agreed: 1, ends: 1, foreign: 1 })
    proc.sockets()
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual({
      ...NOTHING,
      compared: 2,
      agreed: 1,
      ends: 1,
      foreign: 2,
      disagreements: ['1 server ESTABLISHED CLOSED 1'],
    })
  })

  it('everything, if the tables cannot be read', async () => {
    const bench = new TrackerBench().play(...opening(1))
    const verifier = verifierOf(bench)
    await verifier.compare()
    expect(counts(verifier.agreement)).toEqual(NOTHING)
    expect([verifier.agreement.comparisons, verifier.agreement.failed]).toEqual([0, 1])
  })
})

describe('with more connections than are compared at once', () => {
  it('others have their turn the next time', async () => {
    const bench = new TrackerBench()
    for (let client = 0; client < 21_000; client++) bench.play(...opening(client))
    proc.sockets()
    const verifier = verifierOf(bench, { now: 600 * SECOND })
    await verifier.compare()
    expect(verifier.agreement.foreign).toBe(20_000)
    await verifier.compare()
    expect(verifier.agreement.foreign).toBe(21_000)
    await verifier.compare()
    expect(verifier.agreement.foreign).toBe(41_000)
  })
})
