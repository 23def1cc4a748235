import type { HostClosed } from '../../tracker/host-events.ts'
import { hashOfEnd } from '../distinct-count.ts'
import type { Reusable } from '../end-table.ts'
import { HostMembers } from '../host-members.ts'
import { ResidueRuns } from '../residue-runs.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

const SIGNS = ['forgotten', 'stripped', 'timestamps'] as const
type Sign = (typeof SIGNS)[number]

/** A SYN-ACK that nobody acknowledges is sent again by then, ns: Linux does after a second. */
const REPEAT_DUE = 3e9

interface Listener extends Reusable {
  readonly members: Readonly<Record<Sign, HostMembers>>
  /** The longest run of equal residues to one client. */
  longest: number
  /** SYN-ACKs sent again to no avail. */
  repeated: number
  /** Answers with the window scale and the SACK that were offered. */
  keeping: number
}

export default defineRule({
  id: 'syn-cookies-active',
  scope: 'host',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A listener answers SYNs without keeping them: with SYN cookies.',
  references: ['RFC 4987 §3.6', 'Linux cookie_init_timestamp', 'Linux tcp_conn_request'],
  tunables: [
    { name: 'net.ipv4.tcp_syncookies', default: '1' },
    { name: 'net.ipv4.tcp_max_syn_backlog', default: '128 to 4096, by memory' },
  ],
  options: {
    least: count(5, 'unacknowledged SYN-ACKs that are never sent again'),
    stripped: count(3, 'answers without the options offered, where others keep them'),
    run: count(6, 'timestamps in a row for one client whose low six bits are equal'),
  },
  messages: {
    active: {
      signs: { listOf: SIGNS },
      forgotten: 'count',
      repeated: 'count',
      stripped: 'count',
      keeping: 'count',
      run: 'count',
    },
  },
  notes: { forgotten: {}, stripped: {}, timestamps: {} },
  unreliableWhen: ['one-sided', 'loss'],
  create(context) {
    const { least, run, stripped: fewStripped } = context.options
    const runs = new ResidueRuns()
    const listeners = context.places(
      'listener',
      () => new ListenerAnswers(),
      // mutant: equivalent, because it decides only which of too many listeners are forgotten
      (listener) => signsOf(listener).length > 0,
    )

    function signsOf({ members, longest, keeping }: Listener): readonly Sign[] {
      return [
        ...(members.forgotten.count >= least ? (['forgotten'] as const) : []),
        ...(members.stripped.count >= fewStripped && keeping > 0 ? (['stripped'] as const) : []),
        ...(longest >= run ? (['timestamps'] as const) : []),
      ]
    }

    function weighSilence(listener: Listener, event: HostClosed, synAckTime: number): void {
      const { openTime, outcome, synCopies, synAckCopies, client, time } = event
      if (openTime !== null || outcome !== 'half-open' || client.packets > synCopies) return
      if (synAckCopies > 1) listener.repeated++
      else if (synCopies === 1 && time - synAckTime >= REPEAT_DUE) listener.members.forgotten.add(event)
    }

    function weighOptions(listener: Listener, event: HostClosed): void {
      const { client, server } = event
      // With timestamps a cookie keeps them.
      if (client.windowScale === null || !client.sackPermitted || client.timestamps) return
      if (server.windowScale !== null && server.sackPermitted) listener.keeping++
      if (server.windowScale === null && !server.sackPermitted) listener.members.stripped.add(event)
    }

    return {
      closed(event) {
        const { client, server, synAckTime } = event
        if (event.synCopies === 0 || synAckTime === null) return
        const listener = listeners.of(server)
        weighSilence(listener, event, synAckTime)
        weighOptions(listener, event)
        if (server.tsVal === null) return
        const length = runs.add(
          hashOfEnd(client, 0) ^ Math.imul(hashOfEnd(server, server.port), 3),
          server.tsVal,
        )
        listener.longest = Math.max(listener.longest, length)
        if (length >= run) listener.members.timestamps.add(event)
      },
      end() {
        for (const { end, value: listener } of listeners.entries()) {
          const signs = signsOf(listener)
          if (signs.length === 0) continue
          const { members, longest, repeated, keeping } = listener
          const { forgotten, stripped } = members
          const all = signs.map((sign) => members[sign])
          context.report('active', {
            time: Math.max(...all.map(({ last }) => last)),
            firstSeen: Math.min(...all.map(({ first }) => first)),
            data: {
              signs,
              forgotten: forgotten.count,
              repeated,
              stripped: stripped.count,
              keeping,
              run: longest,
            },
            evidence: signs.flatMap((sign) =>
              members[sign].beginnings.map((syn) => context.note(sign, syn, 'client', {})),
            ),
            connections: [...new Set(all.flatMap(({ connections }) => connections))].sort((a, b) => a - b),
            count: Math.max(...all.map(({ count }) => count)),
            host: end,
            confidence: signs.length > 1 || signs[0] !== 'forgotten' || repeated > 0 ? 'likely' : 'possible',
          })
        }
      },
    }
  },
})

class ListenerAnswers implements Listener {
  readonly members = {
    forgotten: new HostMembers(),
    stripped: new HostMembers(),
    timestamps: new HostMembers(),
  }
  longest = 0
  repeated = 0
  keeping = 0

  clear(): void {
    for (const members of Object.values(this.members)) members.clear()
    this.longest = 0
    this.repeated = 0
    this.keeping = 0
  }
}
