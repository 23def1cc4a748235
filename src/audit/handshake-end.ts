import type { Endpoint } from '../tracker/endpoint.ts'
import { TIMED_OUT } from '../tracker/endpoint-flags.ts'
import { ESTABLISHED } from '../tracker/tcp-state.ts'
import type { Moment } from './rule-context.ts'
import type { EventOf } from './rule-handlers.ts'

/** How an opening in trouble ended for the end that repeated itself. */
export const HANDSHAKE_ENDS = ['opened', 'gave-up', 'trying'] as const
export type HandshakeEnd = (typeof HANDSHAKE_ENDS)[number]

/** When the server is taken to have had the third segment, in the end. */
export function serverOpened({ connection, finished }: EventOf<'closed'>): Moment | undefined {
  const { transitions } = finished.summary().server
  const entry = transitions.find(({ state }) => state === ESTABLISHED)
  if (entry === undefined) return undefined
  return { packet: entry.packet ?? 0, time: entry.time, side: connection.clientSide }
}

export function handshakeEnd(end: Endpoint, opened: Moment | undefined): HandshakeEnd {
  if (opened !== undefined) return 'opened'
  return (end.flags & TIMED_OUT) === 0 ? 'trying' : 'gave-up'
}
