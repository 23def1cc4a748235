import { hashOfEnd } from '../distinct-count.ts'
import type { Flood } from '../flood-window.ts'
import { ListenerHandshakes } from '../listener-handshakes.ts'
import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

const COOKIES = ['hold', 'absent', 'not-needed'] as const

/** From this share of SYNs that nobody answered on, the listener drops them. */
const DROPPED = 0.1
/** A listener that keeps what it answers repeats its SYN-ACKs. */
const FORGOTTEN = 0.5

export default defineRule({
  id: 'syn-flood',
  scope: 'host',
  category: 'opening',
  severity: 'critical',
  since: '0.2.0',
  summary: 'Handshakes from many addresses are begun with one listener and never completed.',
  references: ['RFC 4987', 'Linux tcp_conn_request', 'Linux cookie_v4_init_sequence'],
  tunables: [
    { name: 'net.ipv4.tcp_max_syn_backlog', default: '128 to 4096, by memory' },
    { name: 'net.core.somaxconn', default: '4096' },
    { name: 'net.ipv4.tcp_syncookies', default: '1' },
    { name: 'net.ipv4.tcp_synack_retries', default: '5' },
  ],
  options: {
    many: count(100, 'handshakes never completed that are no flood yet'),
    within: seconds(60, 'the stretch of time in which they are counted'),
    age: seconds(3, 'how old a handshake must be to count as never completed'),
    distinct: share(0.5, 'share of them that must come from addresses of their own'),
  },
  messages: {
    flooded: {
      sources: 'count',
      answered: 'count',
      repeated: 'count',
      lasted: 'duration',
      peak: 'count',
      victims: 'count',
      completed: 'count',
      cookies: COOKIES,
    },
  },
  notes: { syn: {} },
  unreliableWhen: ['one-sided', 'loss'],
  create(context) {
    const { many, within, age, distinct } = context.options
    const listeners = new ListenerHandshakes(context, many, within)

    return {
      closed(event) {
        const { client, server, start, time, openTime, outcome, synCopies, synAckCopies, evicted } = event
        if (event.midstream || synCopies === 0) return
        const at = listeners.of(server)
        if (openTime !== null) {
          listeners.complete(at, start)
          return
        }
        if (outcome !== 'unanswered' && outcome !== 'half-open') return
        // What had to make room is as a rule part of what filled the table.
        if ((time - start < age && !evicted) || client.packets > synCopies) return
        // A forged SYN is not sent again.
        if (synCopies > 1) {
          listeners.troubled(at).window.add(start, 'victims')
          return
        }
        listeners.forsake(at, event)
        const { window, sources } = listeners.troubled(at)
        if (synAckCopies > 0) window.add(start, 'answered')
        if (synAckCopies > 1) window.add(start, 'repeated')
        sources.add(hashOfEnd(client, 0))
      },
      end() {
        for (const { end, value } of listeners.entries()) {
          const { window, sources, forsaken } = value
          const flood = window.flood()
          // Without one SYN-ACK the way back was not captured, or nobody is there.
          if (flood === undefined || flood.answered === 0) continue
          if (sources.size < distinct * forsaken.count) continue
          const { answered, repeated, peak, victims, completed, first, last } = flood
          context.report('flooded', {
            time: last,
            firstSeen: first,
            data: {
              sources: Math.min(sources.size, flood.forsaken),
              answered,
              repeated,
              lasted: last - first,
              peak,
              victims,
              completed,
              cookies: cookiesOf(flood),
            },
            evidence: forsaken.beginnings.map((syn) => context.note('syn', syn, 'client', {})),
            connections: forsaken.connections,
            count: flood.forsaken,
            host: end,
            blame: 'attacker',
            confidence: 'likely',
          })
        }
      },
    }
  },
})

/** Whether the listener goes on answering without keeping anything of what it answers. */
function cookiesOf({ forsaken, answered, repeated }: Flood): (typeof COOKIES)[number] {
  if (answered < (1 - DROPPED) * forsaken) return 'absent'
  return repeated < FORGOTTEN * answered ? 'hold' : 'not-needed'
}
