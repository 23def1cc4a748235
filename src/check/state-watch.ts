import { endpointText } from '../report/endpoint-text.ts'
import { countOf, countText } from '../report/number-text.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { basisName, STATE_NAMES, type StateName, stateName } from '../tracker/tcp-state.ts'
import { comparisonText, holds, isLittleEnough, isOne } from './comparison.ts'
import type { EndStateClaim, StateCountClaim } from './expectations.ts'
import { FirstConnections, type NamedConnection, type SeenConnection } from './seen-connection.ts'
import type { ClaimWatch, GroupFacts, More, RunEnd, Verdict } from './verdict.ts'

const ENDS = ['client', 'server'] as const
type End = (typeof ENDS)[number]

/** One end of every connection in one of some states. */
export class EndStateWatch implements ClaimWatch {
  readonly #claim: EndStateClaim
  readonly #wrong = new FirstConnections()
  readonly #counts = new Map<StateName, number>()

  constructor(claim: EndStateClaim) {
    this.#claim = claim
  }

  add({ gist, summary }: SeenConnection): void {
    const { end, states } = this.#claim
    const state = stateName(gist[end].state)
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + 1)
    if (!states.includes(state)) this.#wrong.add(gist.id, () => nameEnd(summary(), end))
  }

  judge(end: RunEnd, group: GroupFacts): Verdict {
    const { states } = this.#claim
    const passed = group.connections > 0 && this.#wrong.count === 0
    return {
      passed,
      expected: `${group.connections > 1 ? 'each ' : ''}${states.join(' or ')}`,
      seen: this.#seenText(),
      value: [...this.#counts.keys()],
      ...shown(passed ? [] : this.#wrong.named, end),
    }
  }

  #seenText(): string {
    const all = [...this.#counts].sort(([, one], [, other]) => other - one)
    const [first] = all
    if (first === undefined) return 'there is no such connection'
    if (all.length === 1) return first[0]
    return all.map(([state, count]) => `${countText(count)} ${state}`).join(', ')
  }
}

/** So many ends in a state. */
export class StateCountWatch implements ClaimWatch {
  readonly #claim: StateCountClaim
  readonly #state: number
  readonly #these = new FirstConnections()
  #count = 0

  constructor(claim: StateCountClaim) {
    this.#claim = claim
    this.#state = STATE_NAMES.indexOf(claim.state)
  }

  add({ gist, summary }: SeenConnection): void {
    for (const end of ENDS) {
      if (gist[end].state !== this.#state) continue
      this.#count++
      this.#these.add(gist.id, () => nameEnd(summary(), end))
    }
  }

  judge(end: RunEnd, _group: GroupFacts): Verdict {
    const { state, comparison } = this.#claim
    const passed = holds(comparison, this.#count)
    const isTooMuch = !isLittleEnough(comparison, this.#count)
    return {
      passed,
      expected: `${comparisonText('count', comparison)} ${isOne(comparison) ? 'end' : 'ends'} in ${state}`,
      seen: `${countOf(this.#count, 'end')} in ${state}`,
      value: this.#count,
      ...shown(passed || !isTooMuch ? [] : this.#these.named, end),
    }
  }
}

/** The packet that put the end into its state, or the connection's last one where a timer did. */
function nameEnd(connection: ConnectionSummary, end: End): NamedConnection {
  const { id, lastPacket } = connection
  const { state, stateBasis, statePacket } = connection[end]
  const since = statePacket === null ? ' by a timer' : ''
  const basis = since === '' && basisName(stateBasis) === 'assumed' ? ' (assumed)' : since
  const peer = endpointText(connection[end === 'client' ? 'server' : 'client'])
  const note = `${end} ${endpointText(connection[end])} of ${peer} is ${stateName(state)}${basis}`
  return { id, packet: statePacket ?? lastPacket, note }
}

function shown(named: readonly NamedConnection[], { moment }: RunEnd): Pick<Verdict, 'evidence' | 'more'> {
  const [first] = named
  const evidence = named.map(({ packet, note }) => ({ packet, note }))
  if (moment !== null) return { evidence, more: { show: 'moment', at: moment } satisfies More }
  return {
    evidence,
    more: first === undefined ? { show: 'report' } : { show: 'connection', id: first.id },
  }
}
