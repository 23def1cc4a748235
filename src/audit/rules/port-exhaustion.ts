import type { HostStateChange } from '../../tracker/host-events.ts'
import { ESTABLISHED, UNKNOWN } from '../../tracker/tcp-state.ts'
import { PortUse } from '../port-use.ts'
import { defineRule } from '../rule.ts'
import { share } from '../rule-options.ts'

export default defineRule({
  id: 'port-exhaustion',
  scope: 'host',
  category: 'closing',
  severity: 'critical',
  since: '0.2.0',
  summary: 'One host uses most of its local ports towards one address and port.',
  references: ['Linux __inet_hash_connect', 'RFC 6056', 'RFC 9293 §3.4.2'],
  tunables: [
    { name: 'net.ipv4.ip_local_port_range', default: '32768 60999 (28,232 ports)' },
    { name: 'net.ipv4.tcp_tw_reuse', default: '2 (loopback only)' },
  ],
  options: {
    most: share(0.5, 'share of the range in use that is a warning'),
    critical: share(0.8, 'share of it that is critical'),
  },
  messages: {
    filling: {
      server: 'end',
      used: 'count',
      ports: 'count',
      share: 'share',
      open: 'count',
      waiting: 'count',
      perSecond: 'count',
      fullAt: 'time?',
      fullIn: 'duration?',
      isFull: 'flag',
      firstPort: 'count',
      lastPort: 'count',
      isObserved: 'flag',
    },
  },
  unreliableWhen: ['one-sided', 'midstream'],
  create(context) {
    const { most, critical } = context.options
    const pairs = new PortUse(context, most)

    function follow({ role, end, peer, from, to, opened, time }: HostStateChange): void {
      if (role === 'client' && opened) pairs.change(end, peer, from, to, time)
    }

    return {
      handshake({ client, server, time }) {
        pairs.change(client, server, UNKNOWN, ESTABLISHED, time)
      },
      state: follow,
      retracted: follow,
      end() {
        for (const { end: client, other, value: peak } of pairs.entries()) {
          const { used, size, share } = peak
          const { first, last, isObserved } = peak.range
          context.report('filling', {
            time: peak.time,
            data: {
              server: other,
              used,
              ports: size,
              share,
              open: peak.open,
              waiting: peak.waiting,
              perSecond: Math.round(peak.rate),
              fullAt: peak.fullAt,
              fullIn: peak.fullAt === null ? null : Math.max(0, peak.fullAt - peak.time),
              isFull: used >= size,
              firstPort: first,
              lastPort: last,
              isObserved,
            },
            evidence: [],
            connections: [],
            count: used,
            host: client,
            peer: other,
            blame: 'client',
            severity: share >= critical ? 'critical' : 'warning',
            // The range is a setting of the host, which no packet shows.
            confidence: 'likely',
          })
        }
      },
    }
  },
})
