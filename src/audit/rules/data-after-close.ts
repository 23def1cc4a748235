import type { Endpoint } from '../../tracker/endpoint.ts'
import { FIN_SENT } from '../../tracker/endpoint-flags.ts'
import { distance, isAtOrAfter } from '../../tracker/sequence.ts'
import { firstFin } from '../fin-repeats.ts'
import type { WatchedReset } from '../reset-watch.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'

interface Memory {
  /** By the packet of each RST. */
  readonly drew: Map<number, Drew>
}

/** What was known when the RST passed. */
interface Drew {
  /** The packet before it, if that is its receiver's. */
  readonly moment: Moment | undefined
  readonly knew: boolean
}

const DATA = {
  after: 'duration',
  unread: 'bytes',
  /** The writer's kernel had acknowledged the FIN. */
  knew: 'flag',
} as const

export default defineRule({
  id: 'data-after-close',
  scope: 'connection',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Data was sent to an end that had closed, and answered with an RST.',
  references: ['RFC 9293 §3.10.7.1', 'RFC 1122 §4.2.2.13', 'RFC 2525 §2.17', 'Linux tcp_rcv_state_process'],
  tunables: [{ name: 'net.ipv4.tcp_fin_timeout', default: '60' }],
  messages: { clientClosed: DATA, serverClosed: DATA },
  notes: { fin: {}, data: {}, reset: {} },
  groupBy: 'server',
  merge: { clientClosed: { after: 'max', unread: 'sum' }, serverClosed: { after: 'max', unread: 'sum' } },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'snaplen', 'midstream', 'one-sided'],
  state: (): Memory => ({ drew: new Map() }),
  create: (context) => {
    const judgeResets = (event: EventOf<'closed'>, resets: readonly WatchedReset[]): void => {
      const reset = resets.find(
        ({ reasons, verdict }) => reasons[0] === 'data-after-close' && verdict.origin !== 'forged',
      )
      if (reset === undefined) return
      const { connection, endpoint, peer } = event
      const isEndpoint = (endpoint.index & 1) === reset.moment.side
      const [closer, writer] = isEndpoint ? [endpoint, peer] : [peer, endpoint]
      const fin = firstFin(context.entered, closer)
      if (fin === undefined) return
      const { moment, knew = false } = context.stateOf(connection).drew.get(reset.moment.packet) ?? {}
      const isClient = reset.moment.side === connection.clientSide
      context.report(isClient ? 'clientClosed' : 'serverClosed', event, {
        data: {
          after: Math.max(0, reset.moment.time - fin.time),
          unread: unreadOf(writer, closer),
          knew,
        },
        evidence: [
          context.note('fin', event, {}, fin),
          ...(moment === undefined ? [] : [context.note('data', event, {}, moment)]),
          context.note('reset', event, {}, reset.moment),
        ],
        confidence: reset.verdict.confidence,
        blame: isClient ? 'client' : 'server',
      })
    }
    return {
      judgeResets,
      reset(event) {
        const { connection, endpoint, peer } = event
        const { lastPacket: packet, end: time } = connection
        context.stateOf(connection).drew.set(event.packet, {
          moment: peer.lastTime === time ? { packet, time, side: peer.index & 1 } : undefined,
          knew: (endpoint.flags & FIN_SENT) !== 0 && isAtOrAfter(peer.ackSent, endpoint.finEnd),
        })
      },
    }
  },
})

/** Bytes that the writer sent and the closer did not acknowledge. */
function unreadOf(writer: Endpoint, closer: Endpoint): number {
  const fin = (writer.flags & FIN_SENT) === 0 ? 0 : 1
  return Math.max(0, distance(writer.sndNxt, closer.ackSent) - fin)
}
