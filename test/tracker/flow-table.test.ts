import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowKey, FlowTable, setKey, setKeyOfRow } from '../../src/tracker/flow-table.ts'
import { KEY_WORDS } from '../../src/tracker/row-fields.ts'
import { RowStore } from '../../src/tracker/row-store.ts'

type Tuple = Parameters<typeof setKey>[1]
type Words = readonly [number, number, number, number]

function tupleOf(
  ipVersion: number,
  source: Words,
  destination: Words,
  ports: readonly [number, number],
): Tuple {
  const [source0, source1, source2, source3] = source
  const [destination0, destination1, destination2, destination3] = destination
  const [sourcePort, destinationPort] = ports
  return {
    network: 0,
    ipVersion,
    source0,
    source1,
    source2,
    source3,
    destination0,
    destination1,
    destination2,
    destination3,
    sourcePort,
    destinationPort,
  }
}

function reversed(tuple: Tuple): Tuple {
  const { ipVersion, sourcePort, destinationPort } = tuple
  return tupleOf(
    ipVersion,
    [tuple.destination0, tuple.destination1, tuple.destination2, tuple.destination3],
    [tuple.source0, tuple.source1, tuple.source2, tuple.source3],
    [destinationPort, sourcePort],
  )
}

function keyOf(tuple: Tuple): FlowKey {
  const key = new FlowKey()
  setKey(key, tuple)
  return key
}

/** What identifies the tuple, both directions alike, written without the table's help. */
function nameOf(tuple: Tuple): string {
  const { ipVersion, sourcePort, destinationPort } = tuple
  const source = [tuple.source0, tuple.source1, tuple.source2, tuple.source3, sourcePort].join('.')
  const destination = [
    tuple.destination0,
    tuple.destination1,
    tuple.destination2,
    tuple.destination3,
    destinationPort,
  ].join('.')
  return `${ipVersion} ${[source, destination].sort().join(' ')}`
}

const ANY_WORD = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000, 0x0a000001), fc.integer())
const ANY_PORT = fc.oneof(fc.constantFrom(0, 1, 80, 0x7fff, 0x8000, 0xffff), fc.nat(0xffff))
const ANY_PORTS = fc.tuple(ANY_PORT, ANY_PORT)
const ANY_TUPLE = fc.oneof(
  fc
    .record({ source: ANY_WORD, destination: ANY_WORD, ports: ANY_PORTS })
    .map(({ source, destination, ports }) => tupleOf(4, [source, 0, 0, 0], [destination, 0, 0, 0], ports)),
  fc
    .record({
      source: fc.tuple(ANY_WORD, ANY_WORD, ANY_WORD, ANY_WORD),
      destination: fc.tuple(ANY_WORD, ANY_WORD, ANY_WORD, ANY_WORD),
      ports: ANY_PORTS,
    })
    .map(({ source, destination, ports }) => tupleOf(6, source, destination, ports)),
)

describe('setKey', () => {
  it('gives both directions the same words and hash, and opposite sides', () => {
    fc.assert(
      fc.property(ANY_TUPLE, (tuple) => {
        const there = keyOf(tuple)
        const back = keyOf(reversed(tuple))
        expect([...back.words]).toEqual([...there.words])
        expect(back.hash).toBe(there.hash)
        expect(back.isSelf).toBe(there.isSelf)
        if (there.isSelf) expect(back.sourceSide).toBe(there.sourceSide)
        else expect(back.sourceSide).toBe(1 - there.sourceSide)
      }),
    )
  })

  it('gives different tuples different words', () => {
    fc.assert(
      fc.property(ANY_TUPLE, ANY_TUPLE, (one, other) => {
        const isSame = keyOf(one).words.every((word, index) => word === keyOf(other).words[index])
        expect(isSame).toBe(nameOf(one) === nameOf(other))
      }),
    )
  })

  it('knows a socket connected to itself by address and port', () => {
    const loopback: Words = [0x7f000001, 0, 0, 0]
    expect(keyOf(tupleOf(4, loopback, loopback, [7000, 7000])).isSelf).toBe(true)
    expect(keyOf(tupleOf(4, loopback, loopback, [7000, 7001])).isSelf).toBe(false)
    expect(keyOf(tupleOf(4, loopback, [0x7f000002, 0, 0, 0], [7000, 7000])).isSelf).toBe(false)
  })

  it('keeps an IPv4 tuple apart from the IPv6 tuple with the same words', () => {
    const [source, destination]: Words[] = [
      [0x0a000001, 0, 0, 0],
      [0x0a000002, 0, 0, 0],
    ]
    const words = (ipVersion: number) =>
      keyOf(tupleOf(ipVersion, source as Words, destination as Words, [1, 2])).words
    expect([...words(4)]).not.toEqual([...words(6)])
  })

  it('spreads neighbouring clients over the hashes', () => {
    const hashes = new Set<number>()
    for (let host = 0; host < 64; host++) {
      for (let port = 32_768; port < 32_768 + 64; port++) {
        hashes.add(
          keyOf(tupleOf(4, [0x0a000000 + host, 0, 0, 0], [0x0a0000ff, 0, 0, 0], [port, 80])).hash & 0xfff,
        )
      }
    }
    // 4096 keys into 4096 slots leave about 63 % of them used if they fall at random.
    expect(hashes.size).toBeGreaterThan(0.55 * 4096)
  })
})

describe('keyOfRow', () => {
  it('is the key that was inserted, as seen from the lower end', () => {
    fc.assert(
      fc.property(ANY_TUPLE, (tuple) => {
        const rows = new RowStore(KEY_WORDS)
        const table = new FlowTable(rows)
        const key = keyOf(tuple)
        const again = new FlowKey()
        setKeyOfRow(again, rows, table.insert(key))
        expect([...again.words]).toEqual([...key.words])
        expect([again.hash, again.isSelf, again.sourceSide]).toEqual([key.hash, key.isSelf, 0])
      }),
    )
  })
})

/** Tuples that all want the same few slots of the smallest table, the last of it included, so that runs wrap. */
const CROWDED: readonly Tuple[] = (() => {
  const tuples: Tuple[] = []
  for (let port = 1; tuples.length < 48; port++) {
    const tuple = tupleOf(4, [port >>> 16, 0, 0, 0], [9, 0, 0, 0], [port & 0xffff, 443])
    const slot = keyOf(tuple).hash & 0xfff
    if (slot >= 0xffd || slot < 3) tuples.push(tuple)
  }
  return tuples
})()

const COMMAND = fc.record({
  action: fc.constantFrom('insert', 'insert', 'remove', 'find'),
  tuple: fc.nat(CROWDED.length - 1),
  isReversed: fc.boolean(),
})

describe('FlowTable', () => {
  it('finds what a Map finds, in a crowd of colliding tuples', () => {
    fc.assert(
      fc.property(fc.array(COMMAND, { maxLength: 300 }), (commands) => {
        const rows = new RowStore(KEY_WORDS)
        const table = new FlowTable(rows)
        const model = new Map<number, number>()
        for (const { action, tuple: index, isReversed } of commands) {
          const tuple = CROWDED[index] as Tuple
          const key = keyOf(isReversed ? reversed(tuple) : tuple)
          const known = model.get(index)
          expect(table.find(key)).toBe(known ?? -1)
          if (action === 'insert' && known === undefined) model.set(index, table.insert(key))
          if (action === 'remove' && known !== undefined) {
            table.remove(known)
            model.delete(index)
          }
          expect(table.size).toBe(model.size)
          expect(rows.size).toBe(model.size)
        }
        for (const [index, tuple] of CROWDED.entries()) {
          expect(table.find(keyOf(tuple))).toBe(model.get(index) ?? -1)
        }
        expect([...table.allRows()].sort()).toEqual([...model.values()].sort())
      }),
    )
  })

  it('tells tuples with the same hash apart', () => {
    const byHash = new Map<number, Tuple>()
    let pair: readonly [Tuple, Tuple] | undefined
    for (let source = 1; pair === undefined; source++) {
      // IPv4 hashes only mix the exclusive or of the addresses, so this finds a pair at once.
      const tuple = tupleOf(4, [source, 0, 0, 0], [source ^ 0x55, 0, 0, 0], [1000, 1000])
      const { hash } = keyOf(tuple)
      const other = byHash.get(hash)
      if (other !== undefined && nameOf(other) !== nameOf(tuple)) pair = [other, tuple]
      byHash.set(hash, tuple)
    }
    const table = new FlowTable(new RowStore(KEY_WORDS))
    const [one, other] = pair
    const first = table.insert(keyOf(one))
    expect(table.find(keyOf(other))).toBe(-1)
    const second = table.insert(keyOf(other))
    expect([table.find(keyOf(one)), table.find(keyOf(other))]).toEqual([first, second])
    table.remove(first)
    expect([table.find(keyOf(one)), table.find(keyOf(other))]).toEqual([-1, second])
  })

  it('keeps every tuple while it grows and shrinks', () => {
    const table = new FlowTable(new RowStore(KEY_WORDS))
    const tuples = Array.from({ length: 20_000 }, (_, index) =>
      tupleOf(4, [0x0a000000 + (index >> 8), 0, 0, 0], [0x0a0a0a0a, 0, 0, 0], [1024 + (index & 0xff), 80]),
    )
    const rows = tuples.map((tuple) => table.insert(keyOf(tuple)))
    expect(new Set(rows).size).toBe(tuples.length)
    for (const index of rows.keys()) {
      if (index % 3 !== 0) table.remove(rows[index] as number)
    }
    expect(table.size).toBe(Math.ceil(tuples.length / 3))
    const found = tuples.map((tuple) => table.find(keyOf(reversed(tuple))))
    expect(found).toEqual(rows.map((row, index) => (index % 3 === 0 ? row : -1)))
  })
})
