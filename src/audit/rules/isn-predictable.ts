import type { HostEnd } from '../../tracker/host-totals.ts'
import { hashOfEnd } from '../distinct-count.ts'
import { type IsnRun, IsnSeries } from '../isn-series.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

export default defineRule({
  id: 'isn-predictable',
  scope: 'host',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Initial sequence numbers of a host are constant, zero, or rise by a constant.',
  references: ['RFC 6528 §3', 'RFC 9293 §3.4.1', 'CVE-2001-0328', 'Linux secure_tcp_seq'],
  options: { least: count(5, 'connections in a row, of different tuples, whose numbers go by a rule') },
  messages: {
    constant: { number: 'sequence', role: ['client', 'server'], connections: 'count' },
    stepping: {
      number: 'sequence',
      step: 'count',
      falling: 'flag',
      role: ['client', 'server'],
      connections: 'count',
    },
  },
  notes: { number: { number: 'sequence' } },
  unreliableWhen: ['duplicates'],
  create(context) {
    const { least } = context.options
    const listeners = new IsnSeries(context, 'listener')
    const pairs = new IsnSeries(context, 'pair')

    function report(run: IsnRun | undefined, role: 'client' | 'server', host: HostEnd, peer?: HostEnd): void {
      const [first] = run?.members ?? []
      if (run === undefined || first === undefined || run.length < least) return
      const { length, step, last, members } = run
      const common = {
        time: last,
        firstSeen: first.time,
        evidence: members.map((member) => context.note('number', member, role, { number: member.number })),
        connections: members.map(({ connection }) => connection),
        count: length,
        host,
        peer,
        blame: role,
      } as const
      const data = { number: first.number, role, connections: length }
      if (step === 0) context.report('constant', { ...common, data })
      else
        context.report('stepping', { ...common, data: { ...data, step: Math.abs(step), falling: step < 0 } })
    }

    return {
      handshake(event) {
        const { client, server, clientIsn, serverIsn } = event
        const tuple = hashOfEnd(client, client.port) ^ Math.imul(hashOfEnd(server, server.port), 3)
        listeners.add(event, serverIsn, tuple, server)
        if (clientIsn !== null) pairs.add(event, clientIsn, tuple, client, server)
      },
      end() {
        for (const { end, value } of listeners.entries()) report(value, 'server', end)
        for (const { end, other, value } of pairs.entries()) report(value, 'client', end, other)
      },
    }
  },
})
