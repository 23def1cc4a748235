import { type ClockLine, PairClocks } from '../clock-lines.ts'
import { defineRule } from '../rule.ts'
import { count } from '../rule-options.ts'

/** TCP_PAWS_MSL: for so long did Linux before 4.12 remember an address's timestamp, ns. */
const REMEMBERED = 60e9
/** TCP_PAWS_WINDOW. */
const FORGIVEN = 1
/** A listener answers a SYN by then, ns. */
const ANSWER_TIME = 1e9

export default defineRule({
  id: 'syn-dropped-by-timestamps',
  scope: 'host',
  category: 'opening',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Of several hosts behind one address only the one with the highest timestamps is answered.',
  references: ['RFC 7323 §5.2', 'RFC 6191 §2', 'Linux commit 4396e46187ca (tcp: remove tcp_tw_recycle)'],
  tunables: [
    { name: 'net.ipv4.tcp_tw_recycle', default: '0; gone since Linux 4.12' },
    { name: 'net.ipv4.tcp_timestamps', default: '1' },
  ],
  options: {
    unanswered: count(3, 'SYNs with lower timestamps that are not answered'),
    answered: count(3, 'SYNs with the highest timestamps that are'),
  },
  messages: {
    dropped: {
      client: 'host',
      unanswered: 'count',
      answered: 'count',
      clocks: 'count',
      behind: 'count',
    },
  },
  notes: { dropped: {} },
  unreliableWhen: ['one-sided', 'loss', 'midstream'],
  create(context) {
    const limits = context.options
    const pairs = new PairClocks(context)

    /** That of the clock whose SYNs are answered and which is ahead of all others that are. */
    function highest(lines: readonly ClockLine[]): ClockLine | undefined {
      let top: ClockLine | undefined
      for (const line of lines) {
        if (line.answered < limits.answered) continue
        if (top === undefined || ((line.firstAnsweredTsVal - top.firstAnsweredTsVal) | 0) > 0) top = line
      }
      return top
    }

    /** By the top clock alone its SYNs had to be dropped, all of them, from when that was answered first. */
    function isBehind(
      { answered, lastAnswered, unanswered, highestUnanswered }: ClockLine,
      top: ClockLine,
    ): boolean {
      if (answered > 0 && lastAnswered > top.firstAnswered) return false
      if (unanswered.count === 0) return true
      if (unanswered.first < top.firstAnswered || unanswered.last > top.lastAnswered + REMEMBERED)
        return false
      return ((top.firstAnsweredTsVal - highestUnanswered) | 0) > FORGIVEN
    }

    return {
      handshake({ client, server, clientTsVal, start }) {
        if (clientTsVal !== null) pairs.answer(client, server, start, clientTsVal)
      },
      closed(event) {
        const { client, server, synAckTime, synCopies, time, start } = event
        if (synAckTime !== null || synCopies === 0 || client.tsVal === null) return
        // Refused, or only just sent.
        if (server.seen || time - start < ANSWER_TIME) return
        pairs.ignore(client, server, event, client.tsVal)
      },
      end() {
        for (const { end: client, other, value: lines } of pairs.entries()) {
          const top = highest(lines)
          if (top === undefined || top.unanswered.count > 0) continue
          const behind = lines.filter((line) => line !== top)
          if (!behind.every((line) => isBehind(line, top))) continue
          const dropped = behind.filter(({ unanswered }) => unanswered.count >= limits.unanswered)
          if (dropped.length === 0) continue
          const members = dropped.map(({ unanswered }) => unanswered)
          const unanswered = members.reduce((sum, { count }) => sum + count, 0)
          const distances = dropped.map((line) => (top.firstAnsweredTsVal - line.highestUnanswered) | 0)
          context.report('dropped', {
            time: Math.max(...members.map(({ last }) => last)),
            firstSeen: Math.min(...members.map(({ first }) => first)),
            data: {
              client,
              unanswered,
              answered: top.answered,
              clocks: 1 + dropped.length,
              behind: Math.min(...distances),
            },
            evidence: members.flatMap(({ beginnings }) =>
              beginnings.map((syn) => context.note('dropped', syn, 'client', {})),
            ),
            connections: members.flatMap(({ connections }) => connections).sort((a, b) => a - b),
            count: unanswered,
            host: other,
            peer: client,
            blame: 'server',
            confidence: 'likely',
          })
        }
      },
    }
  },
})
