import type { HostClosed } from '../../tracker/host-events.ts'
import { hashOfEnd } from '../distinct-count.ts'
import { HostMembers } from '../host-members.ts'
import { ResidueRuns } from '../residue-runs.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

const SIGNS = ['forgotten', 'stripped', 'timestamps'] as const
type Sign = (typeof SIGNS)[number]

/** A SYN-ACK that nobody acknowledges is sent again by then, ns: Linux does after a second. */
const REPEAT_DUE = 3e9

/** Numbers of a listener: the longest run of equal residues to one client. */
const LONGEST = 0
/** SYN-ACKs sent again to no avail. */
const REPEATED = 1
/** Answers with the window scale and the SACK that were offered. */
const KEEPING = 2
/** Connections with each of the signs. */
const COUNTS: Readonly<Record<Sign, number>> = { forgotten: 3, stripped: 4, timestamps: 5 }
const NUMBERS = 6

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
    const listeners = context.rows('listener', NUMBERS, () => new SignedConnections())

    function isActive(_: Float64Array, at: number): boolean {
      return hasSign(at, 'forgotten') || hasSign(at, 'stripped') || hasSign(at, 'timestamps')
    }

    function numberOf(at: number, which: number): number {
      return listeners.numbers[at + which] as number
    }

    function countOf(at: number, sign: Sign): number {
      return numberOf(at, COUNTS[sign])
    }

    function hasSign(at: number, sign: Sign): boolean {
      switch (sign) {
        case 'forgotten':
          return countOf(at, 'forgotten') >= least
        case 'stripped':
          return countOf(at, 'stripped') >= fewStripped && numberOf(at, KEEPING) > 0
        case 'timestamps':
          return numberOf(at, LONGEST) >= run
      }
    }

    function note(at: number, sign: Sign, event: HostClosed): void {
      const members = listeners.extra(at).members[sign]
      members.add(event)
      listeners.numbers[at + COUNTS[sign]] = members.count
      listeners.keep(at, isActive(listeners.numbers, at))
    }

    function increment(at: number, which: number): void {
      listeners.numbers[at + which] = numberOf(at, which) + 1
      listeners.keep(at, isActive(listeners.numbers, at))
    }

    function weighSilence(at: number, event: HostClosed, synAckTime: number): void {
      const { openTime, outcome, synCopies, synAckCopies, client, time } = event
      if (openTime !== null || outcome !== 'half-open' || client.packets > synCopies) return
      if (synAckCopies > 1) increment(at, REPEATED)
      else if (synCopies === 1 && time - synAckTime >= REPEAT_DUE) note(at, 'forgotten', event)
    }

    function weighOptions(at: number, event: HostClosed): void {
      const { client, server } = event
      // With timestamps a cookie keeps them.
      if (client.windowScale === null || !client.sackPermitted || client.timestamps) return
      if (server.windowScale !== null && server.sackPermitted) increment(at, KEEPING)
      if (server.windowScale === null && !server.sackPermitted) note(at, 'stripped', event)
    }

    return {
      closed(event) {
        const { client, server, synAckTime } = event
        if (event.synCopies === 0 || synAckTime === null) return
        const at = listeners.of(server)
        weighSilence(at, event, synAckTime)
        weighOptions(at, event)
        if (server.tsVal === null) return
        const length = runs.add(
          hashOfEnd(client, 0) ^ Math.imul(hashOfEnd(server, server.port), 3),
          server.tsVal,
        )
        listeners.numbers[at + LONGEST] = Math.max(numberOf(at, LONGEST), length)
        if (length >= run) note(at, 'timestamps', event)
      },
      end() {
        for (const { end, value: at } of listeners.entries(isActive)) {
          const signs = SIGNS.filter((sign) => hasSign(at, sign))
          const repeated = numberOf(at, REPEATED)
          const { members } = listeners.extra(at)
          const all = signs.map((sign) => members[sign])
          context.report('active', {
            time: Math.max(...all.map(({ last }) => last)),
            firstSeen: Math.min(...all.map(({ first }) => first)),
            data: {
              signs,
              forgotten: countOf(at, 'forgotten'),
              repeated,
              stripped: countOf(at, 'stripped'),
              keeping: numberOf(at, KEEPING),
              run: numberOf(at, LONGEST),
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

class SignedConnections {
  readonly members: Readonly<Record<Sign, HostMembers>> = {
    forgotten: new HostMembers(),
    stripped: new HostMembers(),
    timestamps: new HostMembers(),
  }

  clear(): void {
    for (const sign of SIGNS) this.members[sign].clear()
  }
}
