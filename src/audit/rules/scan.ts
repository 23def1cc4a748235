import type { HostEnd } from '../../tracker/host-totals.ts'
import { DistinctCount, hashOfEnd } from '../distinct-count.ts'
import { EndTable } from '../end-table.ts'
import { HostMembers } from '../host-members.ts'
import { PROBE_KINDS, type ProbeAnswer, probeAnswer, probeKind } from '../probe-kind.ts'
import { ProbeTargets } from '../probe-targets.ts'
import { defineRule } from '../rule.ts'
import { count, seconds } from '../rule-options.ts'
import { hashOfProbe, SuccessCounts } from '../success-counts.ts'

/** Pairs of a source and what it may be scanning, watched at once. */
const MOST_PAIRS = 2048
/** Whoever comes back to the same targets as often as this, on average, is no scanner: it waits for them. */
const FAITHFUL = 4

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
class Source implements Record<Exclude<ProbeAnswer, 'connected'>, number> {
  readonly failed = new HostMembers()
  readonly targets = new DistinctCount()
  readonly ports = new DistinctCount()
  readonly hosts = new DistinctCount()
  refused = 0
  unanswered = 0
  open = 0
  isScanning = false
}

/** Numbers of a host: connections it opened that were something else than probes, or found something; whether it scans. */
const CONNECTED = 0
const SCANS = 1
const NUMBERS = 2

/** What a host does by each kind of probe; most hosts have none. */
class Sources {
  byKind: (Source | undefined)[] = []

  clear(): void {
    this.byKind = []
  }
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
    const successes = new SuccessCounts()
    const hostsOf = context.rows('host', NUMBERS, () => new Sources())

    return {
      handshake({ client, server, start }) {
        successes.add(hashOfProbe(client, server, 0), start)
        successes.add(hashOfProbe(client, undefined, server.port), start)
      },
      closed(event) {
        const kind = probeKind(event)
        const answer = kind === undefined ? undefined : probeAnswer(kind, event, age)
        if (kind === undefined || answer === undefined) return
        const isByClient = event.openedBy === 'client'
        const from = isByClient ? event.client : event.server
        const to = isByClient ? event.server : event.client
        const number = PROBE_KINDS.indexOf(kind)
        const at = hostsOf.of(from)
        if (answer === 'connected') {
          hostsOf.numbers[at + CONNECTED] = (hostsOf.numbers[at + CONNECTED] as number) + 1
          return
        }
        const { byKind } = hostsOf.extra(at)
        byKind[number] ??= new Source()
        const source = byKind[number]
        source[answer]++
        source.failed.add(event)
        source.targets.add(hashOfEnd(to, to.port))
        source.ports.add(to.port)
        source.hosts.add(hashOfEnd(to, 0))
        const portsOfHost = byHost.of(from, number, to, 0)
        const hostsOnPort = byPort.of(from, number, ANY_HOST, to.port)
        portsOfHost.failed(to.port, event.start)
        hostsOnPort.failed(hashOfEnd(to, 0), event.start)
        const succeeded = (target: HostEnd | undefined, port: number) => (first: number, last: number) =>
          kind === 'syn' ? successes.within(hashOfProbe(from, target, port), first, last) : 0
        if (
          portsOfHost.isBurst(ports, within, succeeded(to, 0)) ||
          hostsOnPort.isBurst(hosts, within, succeeded(undefined, to.port))
        ) {
          source.isScanning = true
          hostsOf.numbers[at + SCANS] = 1
          hostsOf.keep(at)
        }
      },
      end() {
        for (const { end, value: at } of hostsOf.entries((numbers, host) => numbers[host + SCANS] !== 0)) {
          for (const [number, source] of hostsOf.extra(at).byKind.entries()) {
            if (source === undefined || !source.isScanning) continue
            const { failed, targets, ports, hosts, refused, unanswered, open } = source
            if (failed.count >= FAITHFUL * targets.size) continue
            const kind = PROBE_KINDS[number] ?? 'syn'
            context.report(kind, {
              time: failed.last,
              firstSeen: failed.first,
              data: {
                targets: targets.size,
                ports: ports.size,
                hosts: hosts.size,
                refused,
                unanswered,
                open,
                connected: kind === 'syn' ? (hostsOf.numbers[at + CONNECTED] as number) : 0,
                lasted: failed.last - failed.first,
              },
              evidence: failed.beginnings.map((probe) => context.note('probe', probe, null, {})),
              connections: failed.connections,
              count: failed.count,
              host: end,
              blame: 'client',
              confidence: kind === 'syn' || kind === 'ack' ? 'likely' : 'certain',
            })
          }
        }
      },
    }
  },
})
