import type { HostEnd } from '../../tracker/host-totals.ts'
import { DistinctCount, hashOfEnd } from '../distinct-count.ts'
import { EndTable } from '../end-table.ts'
import { HostMembers } from '../host-members.ts'
import { PROBE_KINDS, type ProbeAnswer, probeAnswer, probeKind } from '../probe-kind.ts'
import { ProbeTargets } from '../probe-targets.ts'
import { defineRule } from '../rule.ts'
import { count, seconds } from '../rule-options.ts'

/** Pairs of a source and what it may be scanning, and sources that scan, watched at once. */
const MOST_PAIRS = 2048
const MOST_SOURCES = 512
/** Whoever comes back to the same targets as often as this, on average, is no scanner: it waits for them. */
const FAITHFUL = 4

const SYN_PROBE = PROBE_KINDS.indexOf('syn')
/** Stands for every host. */
const ANY_HOST: HostEnd = { ipVersion: 0, address: [0, 0, 0, 0], port: 0 }

const DATA = {
  targets: 'count',
  ports: 'count',
  hosts: 'count',
  refused: 'count',
  unanswered: 'count',
  open: 'count',
  connected: 'count',
  lasted: 'duration',
} as const

/** What one source does by one kind of probe. */
interface Source {
  readonly failed: HostMembers
  readonly targets: DistinctCount
  readonly ports: DistinctCount
  readonly hosts: DistinctCount
  readonly answers: Record<ProbeAnswer, number>
  isScanning: boolean
}

export default defineRule({
  id: 'scan',
  scope: 'host',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'One host asks many ports, or many hosts, whether something is there.',
  references: ['RFC 9293 §3.10.7.1', 'nmap(1), port scanning techniques'],
  options: {
    ports: count(15, 'ports of one host'),
    hosts: count(15, 'hosts on one port'),
    within: seconds(60, 'the stretch of time in which they are probed'),
    age: seconds(0.3, 'how long a probe must stay unanswered'),
  },
  messages: { syn: DATA, fin: DATA, null: DATA, xmas: DATA, ack: DATA },
  notes: { probe: {} },
  unreliableWhen: ['one-sided', 'loss'],
  create(context) {
    const { ports, hosts, within, age } = context.options
    const newTargets = (): ProbeTargets => new ProbeTargets(2 * Math.max(ports, hosts))
    const byHost = new EndTable(MOST_PAIRS, newTargets)
    const byPort = new EndTable(MOST_PAIRS, newTargets)
    const sources = new EndTable(MOST_SOURCES, newSource, ({ isScanning }) => isScanning)

    return {
      handshake({ client, server, start }) {
        byHost.of(client, SYN_PROBE, server, 0).succeeded(start)
        byPort.of(client, SYN_PROBE, ANY_HOST, server.port).succeeded(start)
      },
      closed(event) {
        const kind = probeKind(event)
        const answer = kind === undefined ? undefined : probeAnswer(kind, event, age)
        if (kind === undefined || answer === undefined) return
        const isByClient = event.openedBy === 'client'
        const from = isByClient ? event.client : event.server
        const to = isByClient ? event.server : event.client
        const number = PROBE_KINDS.indexOf(kind)
        const portsOfHost = byHost.of(from, number, to, 0)
        const hostsOnPort = byPort.of(from, number, ANY_HOST, to.port)
        const source = sources.of(from, number)
        source.answers[answer]++
        if (answer === 'connected') return
        source.failed.add(event)
        source.targets.add(hashOfEnd(to, to.port))
        source.ports.add(to.port)
        source.hosts.add(hashOfEnd(to, 0))
        portsOfHost.failed(to.port, event.start)
        hostsOnPort.failed(hashOfEnd(to, 0), event.start)
        if (portsOfHost.isBurst(ports, within) || hostsOnPort.isBurst(hosts, within)) source.isScanning = true
      },
      end() {
        for (const { end, value: source } of sources.entries()) {
          const { failed, targets, isScanning } = source
          if (!isScanning || failed.count >= FAITHFUL * targets.size) continue
          const kind = PROBE_KINDS[end.port] ?? 'syn'
          context.report(kind, {
            time: failed.last,
            firstSeen: failed.first,
            data: {
              targets: targets.size,
              ports: source.ports.size,
              hosts: source.hosts.size,
              ...source.answers,
              lasted: failed.last - failed.first,
            },
            evidence: failed.beginnings.map((probe) => context.note('probe', probe, null, {})),
            connections: failed.connections,
            count: failed.count,
            host: { ...end, port: 0 },
            blame: 'client',
            confidence: kind === 'syn' || kind === 'ack' ? 'likely' : 'certain',
          })
        }
      },
    }
  },
})

function newSource(): Source {
  return {
    failed: new HostMembers(),
    targets: new DistinctCount(),
    ports: new DistinctCount(),
    hosts: new DistinctCount(),
    answers: { refused: 0, unanswered: 0, open: 0, connected: 0 },
    isScanning: false,
  }
}
