import { endOf } from '../../tracker/host-totals.ts'
import { SYN_SENT } from '../../tracker/tcp-state.ts'
import { ICMP_ENDS, RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { hostKey } from '../finding-store.ts'
import { defineRule } from '../rule.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { count } from '../rule-options.ts'

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
  },
  notes: { syn: {}, reset: {}, error: { version: 'count', type: 'count', code: 'count', reporter: 'host' } },
  groupBy: 'server',
  escalation: { option: 'many', severity: 'warning' },
  merge: { refused: { after: 'max' }, rejected: { after: 'max' } },
  unreliableWhen: ['midstream'],
  create: (context) => {
    function synNote(event: ConnectionEvent) {
      const { start, firstPacket, clientSide } = event.connection
      return context.note('syn', event, {}, { packet: firstPacket, time: start, side: clientSide })
    }

    return {
      reset(event) {
        if (event.peerBefore !== SYN_SENT || event.detail !== RESET_ACCEPTED) return
        context.report('refused', event, {
          data: { after: event.time - event.connection.start },
          evidence: [synNote(event), context.note('reset', event, {})],
          blame: 'server',
        })
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
        context.report('rejected', event, {
          data: { after: event.time - connection.start, version, type, code, reporter, self },
          evidence: [synNote(event), context.note('error', event, { version, type, code, reporter })],
          blame: self ? 'server' : 'middlebox',
        })
      },
    }
  },
})
