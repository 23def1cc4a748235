import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HeldConnections } from '../tracker/held-connections.ts'
import { STATE_NAMES } from '../tracker/tcp-state.ts'

/** Connections that are looked at before packets get their turn: some ten milliseconds. */
const STEP = 50_000

/** Ends of the connections held, by index of STATE_NAMES. Of very many, packets pass while it counts. */
export async function endpointStates(held: HeldConnections): Promise<Uint32Array> {
  const counts = new Uint32Array(STATE_NAMES.length)
  const walk = held.walk()
  const isDone = () =>
    walk.step(STEP, ({ client, server }) => {
      counts[client.state] = (counts[client.state] as number) + 1
      counts[server.state] = (counts[server.state] as number) + 1
    })
  while (!isDone()) await nextTurn()
  return counts
}
