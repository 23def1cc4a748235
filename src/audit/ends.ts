import type { Endpoint } from '../tracker/endpoint.ts'
import type { ConnectionEvent } from './rule-handlers.ts'

/** The event's endpoint on this side of the row. */
export function endOfSide({ endpoint, peer }: ConnectionEvent, side: number): Endpoint {
  return (endpoint.index & 1) === side ? endpoint : peer
}

/** Which role that side plays. */
export function roleOfSide({ connection }: ConnectionEvent, side: number): 'client' | 'server' {
  return side === connection.clientSide ? 'client' : 'server'
}
