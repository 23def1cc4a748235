import { TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { SYN_REPEATS } from '../../tracker/syn-arrives.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { seconds } from '../rule-options.ts'
import { SYN_LADDERS, synLadder } from '../syn-ladder.ts'

/** Copies of one SYN that are kept as evidence: a default connect() sends eleven. */
const MOST_COPIES = 12

const DATA = {
  attempts: 'count',
  waited: 'duration',
  times: 'durations',
  ladder: SYN_LADDERS,
  ended: ['gave-up', 'trying'],
} as const

export default defineRule({
  id: 'handshake-unanswered',
  scope: 'connection',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A SYN was never answered.',
  references: ['RFC 9293 §3.8.1', 'RFC 6298 §2', 'Linux tcp_retransmit_timer'],
  tunables: [
    { name: 'net.ipv4.tcp_syn_retries', default: '6' },
    { name: 'net.ipv4.tcp_syn_linear_timeouts', default: '4 (since 6.5)' },
  ],
  options: { patience: seconds(3, 'how long a SYN that is not repeated must stay unanswered') },
  messages: { unanswered: DATA, lostRace: DATA },
  notes: { syn: { copy: 'count', after: 'duration' } },
  groupBy: 'server',
  merge: {
    unanswered: { attempts: 'sum', waited: 'max' },
    lostRace: { attempts: 'sum', waited: 'max' },
  },
  unreliableWhen: ['loss', 'one-sided', 'midstream', 'snaplen'],
  state: (): Moment[] => [],
  create(context) {
    return {
      syn(event) {
        if (event.detail !== SYN_REPEATS) return
        const copies = context.stateOf(event.connection)
        if (copies.length < MOST_COPIES - 1) copies.push(context.moment(event))
      },
      closed(event) {
        const { connection, finished } = event
        if (finished.outcome !== 'unanswered') return
        const repeats = context.knownState(connection) ?? []
        const { start, firstPacket, clientSide } = connection
        const last = repeats.at(-1)?.time ?? start
        const isRepeated = repeats.length > 0
        if (!isRepeated && event.time - start < context.options.patience) return
        const client = (event.endpoint.index & 1) === clientSide ? event.endpoint : event.peer
        const copies = [{ packet: firstPacket, time: start, side: clientSide }, ...repeats]
        const times = copies.map(({ time }) => time - start)
        const hasLost = context.hasLostRace(connection)
        context.report(hasLost ? 'lostRace' : 'unanswered', event, {
          data: {
            attempts: connection.synCopies,
            waited: last - start,
            times,
            ladder: synLadder(times),
            ended: (client.flags & TIMED_OUT) !== 0 ? 'gave-up' : 'trying',
          },
          evidence: copies.map((moment, index) =>
            context.note('syn', event, { copy: index + 1, after: moment.time - start }, moment),
          ),
          blame: 'server',
          severity: hasLost ? 'info' : 'warning',
          confidence: isRepeated ? 'certain' : 'likely',
        })
      },
    }
  },
})
