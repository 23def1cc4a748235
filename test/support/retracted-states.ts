import type { ConnectionSummary, EndpointSummary } from '../../src/tracker/connection-summary.ts'
import { type StateName, stateName } from '../../src/tracker/tcp-state.ts'

/** The states that each end was thought to be in and was not, in the order in which they were taken back. */
export function retractedStates(connection: ConnectionSummary): { client: StateName[]; server: StateName[] } {
  const of = (endpoint: EndpointSummary) => endpoint.retracted.map(({ state }) => stateName(state))
  return { client: of(connection.client), server: of(connection.server) }
}
