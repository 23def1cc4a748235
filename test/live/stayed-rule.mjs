// @ts-check
import { defineRule } from 'tcpaudit'

/** Connections that are held from their handshake to their client's FIN: what is kept of one goes when it leaves. */
export default defineRule({
  id: 'stayed',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  summary: 'A connection has been tracked from its handshake to its end.',
  since: '1',
  references: ['test/live/flood.test.ts'],
  messages: { stayed: {} },
  notes: { closes: {} },
  groupBy: 'server',
  unreliableWhen: [],
  state: () => ({ isOpen: false }),
  create: (context) => ({
    handshake(event) {
      context.stateOf(event.connection).isOpen = true
    },
    fin(event) {
      const { connection, endpoint } = event
      if (!context.stateOf(connection).isOpen || (endpoint.index & 1) !== connection.clientSide) return
      context.report('stayed', event, {
        evidence: [context.note('closes', event, {})],
        data: {},
        blame: 'client',
      })
    },
  }),
  wording: {
    messages: {
      stayed: {
        title: (_, { server, count }) => `${server} had ${count} connections to their end`,
        detail: () => 'From the handshake to the FIN of the client.',
        advice: () => [],
      },
    },
    notes: { closes: () => 'closes' },
  },
})
