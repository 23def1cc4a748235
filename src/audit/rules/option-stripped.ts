import type { HostClosed } from '../../tracker/host-events.ts'
import type { EndTotals, HostEnd } from '../../tracker/host-totals.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'
import {
  Altered,
  AlteredListener,
  ECHOED,
  LISTENER_NUMBERS,
  OPTION_NAMES,
  offers,
  PairOptions,
  REFUSED,
  TAKEN,
} from '../stripped-options.ts'

export default defineRule({
  id: 'option-stripped',
  scope: 'host',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'TCP options of SYNs or SYN-ACKs are removed or changed on the way.',
  references: ['RFC 9293 §3.7.1', 'RFC 7323 §1.3', 'RFC 2018 §2', 'Linux nft_exthdr_tcp_strip_eval'],
  tunables: [
    { name: 'net.ipv4.tcp_window_scaling', default: '1' },
    { name: 'net.ipv4.tcp_sack', default: '1' },
    { name: 'net.ipv4.tcp_timestamps', default: '1' },
  ],
  options: {
    padded: count(2, 'SYNs and SYN-ACKs of one listener with NOPs in place of an option'),
    refused: count(5, 'answers of a listener to one client that all leave an option out'),
    taken: count(3, 'answers to others, meanwhile, that take it up'),
  },
  messages: {
    padded: { options: { listOf: OPTION_NAMES }, syns: 'count', synAcks: 'count' },
    changed: {
      options: { listOf: OPTION_NAMES },
      syns: 'count',
      synAcks: 'count',
      mssBefore: 'count',
      mssAfter: 'count',
    },
    refused: { client: 'host', options: { listOf: ECHOED }, refused: 'count', taken: 'count' },
  },
  notes: { padded: {}, changed: {}, refused: {} },
  unreliableWhen: ['snaplen', 'one-sided'],
  create(context) {
    const limits = context.options
    const listeners = context.rows('listener', LISTENER_NUMBERS, () => new AlteredListener())
    const pairs = context.places(
      'pair',
      () => new PairOptions(),
      // mutant: equivalent, because it decides only which of too many pairs are forgotten
      ({ members }) => members.count >= limits.refused,
    )

    function weighSyn(at: number, event: HostClosed, end: EndTotals): void {
      const { oddSyn } = end
      if (oddSyn === null) return
      const listener = listeners.extra(at)
      listeners.keep(at)
      if ((oddSyn.lost | oddSyn.mssBefore) !== 0) {
        listener.changed ??= new Altered()
        listener.changed.add(event, oddSyn, end)
        listener.changed.addLost(oddSyn)
      } else {
        listener.padded ??= new Altered()
        listener.padded.add(event, oddSyn, end)
        listener.padded.addOverwritten(event, oddSyn, end)
      }
    }

    /** Whether the answer takes up what was offered. */
    function weighAnswer(at: number, event: HostClosed): void {
      const { client, server } = event
      const { numbers } = listeners
      // Without timestamps a SYN cookie leaves the other two out.
      if (!client.timestamps) return
      let refused = 0
      for (let number = 0; number < ECHOED.length; number++) {
        const option = ECHOED[number] as (typeof ECHOED)[number]
        if (!offers(client, option)) continue
        if (!offers(server, option)) refused |= 1 << number
        else {
          numbers[at + TAKEN + number] = (numbers[at + TAKEN + number] as number) + 1
          if (((numbers[at + REFUSED] as number) & (1 << number)) === 0) continue
          const pair = pairs.known(client, server)
          if (pair !== undefined) pair.mixed |= 1 << number
        }
      }
      if (refused === 0) return
      numbers[at + REFUSED] = (numbers[at + REFUSED] as number) | refused
      listeners.keep(at)
      const pair = pairs.of(client, server)
      pair.members.add(event)
      for (const number of ECHOED.keys())
        if ((refused & (1 << number)) !== 0) pair.refuse(number, numbers[at + TAKEN + number] as number)
    }

    /** Both kinds of evidence in one order, and what else both messages say alike. */
    function common(note: 'padded' | 'changed', { syns, synAcks }: Altered, host: HostEnd) {
      const connections = [...new Set([...syns.connections, ...synAcks.connections])].sort((a, b) => a - b)
      return {
        time: Math.max(syns.last, synAcks.last),
        firstSeen: Math.min(syns.first, synAcks.first),
        evidence: [
          ...syns.beginnings.map((syn) => context.note(note, syn, 'client', {})),
          ...synAcks.beginnings.map((synAck) => context.note(note, synAck, 'server', {})),
        ],
        connections,
        count: connections.length,
        host,
        blame: 'middlebox',
      } as const
    }

    function reportAltered({ padded, changed }: AlteredListener, host: HostEnd): void {
      if (padded !== undefined && padded.count >= limits.padded) {
        context.report('padded', {
          ...common('padded', padded, host),
          data: {
            options: OPTION_NAMES.filter((option) => padded.options.has(option)),
            syns: padded.syns.count,
            synAcks: padded.synAcks.count,
          },
          confidence: 'likely',
        })
      }
      if (changed === undefined) return
      const options = OPTION_NAMES.filter((option) => changed.options.has(option))
      const { mssBefore, mssAfter } = changed
      context.report('changed', {
        ...common('changed', changed, host),
        data: { options, syns: changed.syns.count, synAcks: changed.synAcks.count, mssBefore, mssAfter },
        // To lower the MSS to what a tunnel can carry is what routers are asked to do.
        severity: options.length === 1 && mssBefore > 0 ? 'info' : undefined,
      })
    }

    return {
      closed(event) {
        const { client, server, synAckTime, synCopies } = event
        if (synAckTime === null || synCopies === 0) return
        const at = listeners.of(server)
        weighSyn(at, event, client)
        weighSyn(at, event, server)
        weighAnswer(at, event)
      },
      end() {
        for (const { end, value } of listeners.extras()) reportAltered(value, end)
        for (const { end: client, other, value: pair } of pairs.entries()) {
          const { members, refused } = pair
          const found = [...ECHOED.keys()].filter(
            (number) => (refused[number] as number) >= limits.refused && pair.taken(number) >= limits.taken,
          )
          if (found.length === 0) continue
          context.report('refused', {
            time: members.last,
            firstSeen: members.first,
            data: {
              client,
              options: found.map((number) => ECHOED[number] as (typeof ECHOED)[number]),
              refused: members.count,
              taken: Math.min(...found.map((number) => pair.taken(number))),
            },
            evidence: members.beginnings.map((syn) => context.note('refused', syn, 'client', {})),
            connections: members.connections,
            count: members.count,
            host: other,
            peer: client,
            blame: 'middlebox',
            confidence: 'possible',
          })
        }
      },
    }
  },
})
