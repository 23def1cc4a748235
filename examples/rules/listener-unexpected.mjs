// @ts-check
import { countOf, defineRule, endOf } from 'tcpaudit'

/** The services that are meant to be reached: change this list to yours. */
const ALLOWED = new Set([22, 53, 80, 443])

/** A rule about connections: each report is about one, and those to one server address and port are one finding. */
export default defineRule({
  id: 'listener-unexpected',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  summary: 'A handshake was completed with a port that is on no list of allowed services.',
  since: '1',
  references: ['examples/rules/listener-unexpected.mjs'],
  messages: { reached: { port: 'count' } },
  notes: { answered: { port: 'count' } },
  groupBy: 'server',
  // Where a direction is missing, who listens is a guess.
  unreliableWhen: ['one-sided', 'midstream'],
  create: (context) => ({
    handshake(event) {
      const { connection } = event
      const { port } = endOf(connection, 1 - connection.clientSide)
      if (ALLOWED.has(port)) return
      context.report('reached', event, {
        data: { port },
        evidence: [context.note('answered', event, { port })],
        blame: 'server',
      })
    },
  }),
  wording: {
    messages: {
      reached: {
        title: ({ port }, { server, count }) =>
          `${server} serves ${countOf(count, 'connection')} on port ${port}, which is not on the list`,
        detail: ({ port }, { client }) =>
          `The first that got through was ${client}. Whatever listens on ${port} is reachable from there.`,
        advice: ({ port }, { server }) => [
          `on ${server.slice(0, server.lastIndexOf(':'))}: \`ss -tlnp sport = :${port}\` names the process; close the port, or put it on the list`,
        ],
      },
    },
    notes: { answered: ({ port }) => `completes the handshake with port ${port}` },
  },
})
