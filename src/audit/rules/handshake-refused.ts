import { endOf } from '../../tracker/host-totals.ts'
import { SYN_SENT } from '../../tracker/tcp-state.ts'
import { ICMP_ENDS, RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import type { Blame, Evidence } from '../finding.ts'
import { hostKey } from '../finding-store.ts'
import { defineRule } from '../rule.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { count } from '../rule-options.ts'

/** How an attempt ended. Whether it had lost a race is known when the connection leaves. */
interface Fate {
  readonly time: number
  readonly data: { readonly after: number }
  readonly evidence: readonly Evidence[]
  readonly blame: Blame
  report(event: ConnectionEvent): void
}

export default defineRule({
  id: 'handshake-refused',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A SYN was answered by an RST, for nothing listens there, or by an ICMP error.',
  references: ['RFC 9293 §3.10.7.1', 'RFC 9293 §3.9.2.2', 'Linux tcp_v4_send_reset', 'Linux tcp_v4_err'],
  options: { many: count(20, 'refused connections to one server port that make it a warning') },
  messages: {
    refused: { after: 'duration' },
    rejected: {
      after: 'duration',
      version: 'count',
      type: 'count',
      code: 'count',
      reporter: 'host',
      self: 'flag',
    },
    lostRace: { after: 'duration' },
  },
  notes: { syn: {}, reset: {}, error: { version: 'count', type: 'count', code: 'count', reporter: 'host' } },
  groupBy: 'server',
  escalation: { option: 'many', severity: 'warning' },
  merge: { refused: { after: 'max' }, rejected: { after: 'max' }, lostRace: { after: 'max' } },
  unreliableWhen: ['midstream'],
  state: (): { fate: Fate | undefined } => ({ fate: undefined }),
  create: (context) => {
    function synNote(event: ConnectionEvent) {
      const { start, firstPacket, clientSide } = event.connection
      return context.note('syn', event, {}, { packet: firstPacket, time: start, side: clientSide })
    }

    return {
      reset(event) {
        if (event.peerBefore !== SYN_SENT || event.detail !== RESET_ACCEPTED) return
        const data = { after: event.time - event.connection.start }
        const evidence = [synNote(event), context.note('reset', event, {})]
        const report = { data, evidence, blame: 'server' } as const
        context.stateOf(event.connection).fate = {
          ...report,
          time: event.time,
          report: (at) => context.report('refused', at, report),
        }
      },
      icmpError(event) {
        const { connection, icmp } = event
        const { clientSide } = connection
        if (event.detail !== ICMP_ENDS || icmp === undefined) return
        // About the SYN-ACK, to the server: the client’s host went away, which refuses nothing.
        if ((event.endpoint.index & 1) !== clientSide) return
        const { version, type, code } = icmp
        const server = endOf(connection, 1 - clientSide)
        const reporter = {
          ipVersion: version,
          address: [icmp.source0, icmp.source1, icmp.source2, icmp.source3] as const,
          port: 0,
        }
        const self = hostKey(reporter) === hostKey({ ...server, port: 0 })
        const data = { after: event.time - connection.start, version, type, code, reporter, self }
        const evidence = [synNote(event), context.note('error', event, { version, type, code, reporter })]
        const report = { data, evidence, blame: self ? 'server' : 'middlebox' } as const
        context.stateOf(connection).fate = {
          ...report,
          time: event.time,
          report: (at) => context.report('rejected', at, report),
        }
      },
      known: {
        closed(event, { fate }) {
          if (fate === undefined) return
          const { time, data, evidence, blame } = fate
          const at = { ...event, time }
          if (!context.hasLostRace(event.connection)) fate.report(at)
          else {
            const { after } = data
            context.report('lostRace', at, { data: { after }, evidence, blame, severity: 'info' })
          }
        },
      },
    }
  },
})
