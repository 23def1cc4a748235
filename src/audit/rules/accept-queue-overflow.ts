import { ACK } from '../../decode/tcp-flags.ts'
import type { HostEnd } from '../../tracker/host-totals.ts'
import { ESTABLISHED, SYN_SENT } from '../../tracker/tcp-state.ts'
import type { HostMembers } from '../host-members.ts'
import { ListenerQueues } from '../listener-queue.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

export default defineRule({
  id: 'accept-queue-overflow',
  scope: 'host',
  category: 'opening',
  severity: 'error',
  since: '0.2.0',
  summary: 'A listener’s accept queue is full: its application does not accept() fast enough.',
  references: ['listen(2)', 'Linux tcp_conn_request', 'Linux tcp_v4_syn_recv_sock', 'Linux tcp_check_req'],
  tunables: [
    { name: 'net.core.somaxconn', default: '4096' },
    { name: 'net.ipv4.tcp_abort_on_overflow', default: '0' },
  ],
  options: { least: count(2, 'attempts with the same trouble that make it likely') },
  messages: {
    dropped: { attempts: 'count', syns: 'count', lasted: 'duration', ignored: 'count' },
    ignored: { attempts: 'count' },
    aborted: { attempts: 'count' },
  },
  notes: { dropped: {}, ignored: {}, aborted: {} },
  unreliableWhen: ['loss', 'one-sided'],
  create(context) {
    const { least } = context.options
    const listeners = new ListenerQueues(context)

    function reportOf(host: HostEnd, members: HostMembers, note: 'dropped' | 'ignored' | 'aborted') {
      const isLikely = members.count >= least
      return {
        time: members.last,
        firstSeen: members.first,
        evidence: members.beginnings.map((syn) => context.note(note, syn, 'client', {})),
        connections: members.connections,
        count: members.count,
        host,
        blame: 'server',
        confidence: isLikely ? 'likely' : 'possible',
        severity: isLikely ? 'error' : 'warning',
      } as const
    }

    return {
      synAgain(event) {
        if (!event.answered) listeners.synAgain(event.server, event, event.time)
      },
      synAck(event) {
        const { server, time, copy, acknowledged, withData, vlanCollision } = event
        listeners.answers(server, time, copy)
        // mutant: equivalent, because ladders have no VLANs of their own
        if (vlanCollision) return
        if (acknowledged) listeners.repeats(server, event, time, withData)
      },
      handshake({ server, time }) {
        listeners.opens(server, time)
      },
      reset(event) {
        const { server, role, acknowledged, peerBefore, flags, window, sent } = event
        if (role !== 'server') return
        listeners.resets(server, peerBefore === SYN_SENT)
        const isPassive = (flags & ACK) === 0 && window === 0
        if (acknowledged && peerBefore === ESTABLISHED && isPassive && sent === 1)
          listeners.aborts(server, event)
      },
      closed({ server, openTime }) {
        if (openTime !== null) listeners.closes(server, openTime, server.lastTime)
      },
      end({ end }) {
        for (const { end: host, value: queue } of listeners.entries()) {
          const { ignored, ignoredWithData, aborted } = queue
          const jam = queue.jam(end)
          const attempts = jam?.isAlive ? jam.members.count : 0
          if (jam !== undefined && attempts > 0 && (attempts >= least || ignored.count > 0)) {
            context.report('dropped', {
              ...reportOf(host, jam.members, 'dropped'),
              time: jam.to,
              connections: [...new Set([...jam.members.connections, ...ignored.connections])].sort(
                (a, b) => a - b,
              ),
              data: { attempts, syns: jam.syns, lasted: jam.to - jam.from, ignored: ignored.count },
            })
          }
          if (ignoredWithData.count > 0) {
            const attempts = ignoredWithData.count
            context.report('ignored', { ...reportOf(host, ignoredWithData, 'ignored'), data: { attempts } })
          }
          if (aborted.count > 0) {
            const attempts = aborted.count
            context.report('aborted', { ...reportOf(host, aborted, 'aborted'), data: { attempts } })
          }
        }
      },
    }
  },
})
