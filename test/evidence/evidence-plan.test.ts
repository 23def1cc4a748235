import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { EvidencePlan } from '../../src/evidence/evidence-plan.ts'

/** Packets of each connection are its number times 1000 and what follows. */
function chosen(
  sizes: Readonly<Record<number, number>>,
  evidence: readonly (readonly [packet: number, connection: number | null])[],
  limit: number,
): number[] {
  const finding = {
    connections: Object.keys(sizes).map(Number),
    evidence: evidence.map(([packet, connection]) => ({ packet, connection })),
  } as unknown as Finding
  const plan = new EvidencePlan(finding, (id) => sizes[id] ?? 0, limit)
  for (const [id, size] of Object.entries(sizes)) {
    const choice = plan.ofConnection(Number(id))
    for (let packet = 0; packet < size; packet++) choice?.take(Number(id) * 1000 + packet)
  }
  return plan.packets()
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

describe('the packets that stand for a finding', () => {
  it('are all of its connections, where these are few', () => {
    expect(chosen({ 1: 5, 2: 3 }, [[1002, 1]], 10)).toEqual([...range(1000, 1004), ...range(2000, 2002)])
  })

  it('are the beginning and what is around the evidence, of a connection that is too long', () => {
    const packets = chosen({ 1: 500 }, [[1250, 1]], 25)
    expect(packets).toEqual([...range(1000, 1003), ...range(1240, 1260)])
    expect(packets).toHaveLength(25)
  })

  it('overlap where packets of evidence are close to each other', () => {
    const packets = chosen(
      { 1: 500 },
      [
        [1250, 1],
        [1252, 1],
      ],
      26,
    )
    expect(packets).toEqual([...range(1000, 1003), ...range(1245, 1262)])
  })

  it('are those of the connections with evidence first, then as many others as there is room for', () => {
    expect(chosen({ 1: 4, 2: 4, 3: 4, 4: 3 }, [[3001, 3]], 11)).toEqual([
      ...range(1000, 1003),
      ...range(3000, 3003),
      ...range(4000, 4002),
    ])
  })

  it('are the first ones, where there is no evidence and one connection is too long', () => {
    expect(chosen({ 1: 500 }, [], 20)).toEqual(range(1000, 1019))
  })

  it('are the evidence, whatever connection it is of', () => {
    expect(
      chosen(
        {},
        [
          [7, null],
          [5, null],
        ],
        20,
      ),
    ).toEqual([5, 7])
  })

  it('are never more than the limit and the evidence', () => {
    const evidence = range(1000, 1999).map((packet) => [packet, 1] as const)
    expect(chosen({ 1: 1000 }, evidence, 100).length).toBeLessThanOrEqual(164)
  })
})
