import type { HostStateChange } from '../../tracker/host-events.ts'
import { TIME_WAIT } from '../../tracker/tcp-state.ts'
import { defineRule } from '../rule.ts'
import { count, share } from '../rule-options.ts'
import { TimeWaits } from '../time-waits.ts'

export default defineRule({
  id: 'time-wait-excess',
  scope: 'host',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A host holds very many TIME_WAITs at once, because it closes first.',
  references: ['RFC 9293 §3.6.1', 'Linux tcp_time_wait', 'RFC 6191'],
  tunables: [
    {
      name: 'net.ipv4.tcp_max_tw_buckets',
      default: 'half the slots of the connection table: 131,072 with 4 GB',
    },
    { name: 'net.ipv4.tcp_tw_reuse', default: '2 (loopback only)' },
    { name: 'net.ipv4.ip_local_port_range', default: '32768 60999 (28,232 ports)' },
  ],
  options: {
    most: share(0.2, 'share of the ports, or of the TIME_WAITs a host may hold, that is a warning'),
    many: count(1000, 'TIME_WAITs of one listener that are worth a remark'),
  },
  messages: {
    ports: { server: 'end', waiting: 'count', ports: 'count', share: 'share' },
    buckets: { waiting: 'count', buckets: 'count', share: 'share' },
    server: { waiting: 'count', lasted: 'duration', packets: 'count', within: 'duration' },
  },
  unreliableWhen: ['one-sided', 'loss'],
  create(context) {
    const { most, many } = context.options
    const hosts = new TimeWaits(context, 'host', many)
    const listeners = new TimeWaits(context, 'listener', many)
    const pairs = new TimeWaits(context, 'pair', many)

    function follow({ role, end, peer, from, to, time }: HostStateChange): void {
      const by = Number(to === TIME_WAIT) - Number(from === TIME_WAIT)
      if (by === 0) return
      hosts.change(by, time, end)
      if (role === 'server') listeners.change(by, time, end)
      else pairs.change(by, time, end, peer)
    }

    return {
      state: follow,
      retracted: follow,
      closed({ server, packets, start, end }) {
        listeners.leaves(packets, end - start, server)
      },
      end() {
        const common = { evidence: [], connections: [] }
        for (const { end, other, value } of pairs.entries()) {
          const { peak, peakTime, first } = value
          const { portRange } = context.profileOf(end)
          const ports = portRange.last - portRange.first + 1
          if (peak < most * ports) continue
          context.report('ports', {
            ...common,
            time: peakTime,
            firstSeen: first,
            data: { server: other, waiting: peak, ports, share: peak / ports },
            count: peak,
            host: end,
            peer: other,
            blame: 'client',
          })
        }
        for (const { end, value } of hosts.entries()) {
          const { peak, peakTime, first } = value
          const buckets = context.profileOf(end).twBuckets
          if (peak < most * buckets) continue
          context.report('buckets', {
            ...common,
            time: peakTime,
            firstSeen: first,
            data: { waiting: peak, buckets, share: peak / buckets },
            count: peak,
            host: end,
          })
        }
        for (const { end, value } of listeners.entries()) {
          const { peak, peakTime, first, closed, packets, lasted } = value
          if (peak < many) continue
          const data = {
            waiting: peak,
            lasted: lasted / closed,
            packets: Math.round(packets / closed),
            within: peakTime - first,
          }
          context.report('server', {
            ...common,
            time: peakTime,
            firstSeen: first,
            data,
            count: peak,
            host: end,
            blame: 'server',
            severity: 'info',
          })
        }
      },
    }
  },
})
