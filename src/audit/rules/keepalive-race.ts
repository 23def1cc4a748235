import { FIN_SENT, SENT_DATA } from '../../tracker/endpoint-flags.ts'
import { distance, isAfter } from '../../tracker/sequence.ts'
import { resetForm } from '../reset-form.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'
import { silenceBeforeClose } from '../silence-before-close.ts'

interface Memory {
  /** The server's FIN behind a silence: what was silent before it, and the request that had passed already. */
  fin: (Moment & { readonly idle: number; readonly request: Moment | undefined }) | undefined
  /** The server's RST, its number, and the request just before it. */
  reset: (Moment & { readonly seq: number; readonly request: Moment | undefined }) | undefined
}

export default defineRule({
  id: 'keepalive-race',
  scope: 'connection',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A request crossed the FIN by which the server closed the idle connection, and was reset.',
  references: ['RFC 9112 §9.5', 'RFC 9293 §3.10.7.4', 'Linux tcp_rcv_state_process'],
  options: {
    idle: seconds(0.5, 'silence before the server’s FIN that makes it the end of an idle connection'),
    crossing: seconds(1, 'how far apart FIN and RST are at most'),
  },
  messages: { crossed: { idle: 'duration', unread: 'bytes' } },
  notes: { fin: {}, request: {}, reset: {} },
  groupBy: 'server',
  merge: { crossed: { unread: 'sum' } },
  unreliableWhen: ['loss', 'duplicates', 'snaplen', 'midstream', 'one-sided'],
  state: (): Memory => ({ fin: undefined, reset: undefined }),
  create: (context) => {
    const { idle: patience, crossing } = context.options

    /** The packet before the one at hand, if the client sent something at that moment. */
    function packetBefore({ connection, peer }: ConnectionEvent, sent: number): Moment | undefined {
      const { lastPacket: packet, end: time } = connection
      return sent === time ? { packet, time, side: peer.index & 1 } : undefined
    }

    /** The RST bears the acknowledgment of the segment it answers: the request was sent before the FIN was known. */
    function judge(event: ConnectionEvent): void {
      const { connection, endpoint, peer } = event
      const { fin, reset } = context.knownState(connection) ?? {}
      if (fin === undefined || reset === undefined) return
      if (reset.seq !== ((endpoint.finEnd - 1) | 0) || Math.abs(reset.time - fin.time) > crossing) return
      const request = fin.request ?? reset.request
      context.report('crossed', event, {
        data: { idle: fin.idle, unread: distance(peer.sndNxt, endpoint.ackSent) },
        evidence: [
          context.note('fin', event, {}, fin),
          ...(request === undefined ? [] : [context.note('request', event, {}, request)]),
          context.note('reset', event, {}, reset),
        ],
        blame: 'server',
      })
    }

    return {
      fin(event) {
        const { connection, endpoint, peer, segment } = event
        const isServer = (endpoint.index & 1) !== connection.clientSide
        if (!isServer || (peer.flags & FIN_SENT) !== 0) return
        if ((endpoint.flags & peer.flags & SENT_DATA) === 0) return
        const idle = silenceBeforeClose(event.closing)
        if (idle < patience) return
        const request = isAfter(peer.sndNxt, segment.ack) ? packetBefore(event, peer.resendTime) : undefined
        const { packet, time } = event
        context.stateOf(connection).fin = { packet, time, side: endpoint.index & 1, idle, request }
        judge(event)
      },
      reset(event) {
        const { connection, endpoint, peer, segment } = event
        const isServer = (endpoint.index & 1) !== connection.clientSide
        if (!isServer || resetForm(segment) !== 'passive' || !isAfter(peer.sndNxt, endpoint.ackSent)) return
        // Somebody else's, between both.
        if (endpoint.mssScaleAndTtl >>> 24 !== segment.ttl) return
        const reset = {
          ...context.moment(event),
          seq: segment.seq,
          request: packetBefore(event, peer.lastTime),
        }
        context.stateOf(connection).reset ??= reset
        judge(event)
      },
    }
  },
})
