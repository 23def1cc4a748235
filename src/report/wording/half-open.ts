import rule from '../../audit/rules/half-open.ts'
import type { HostProfile } from '../../tracker/host-profile.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { givenUpAfter } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

function retries2Advice({ tcpRetries2, given }: HostProfile): string {
  const repeats = given.has('tcpRetries2')
    ? `${tcpRetries2} repeats there`
    : `by default ${tcpRetries2} repeats`
  return `how long that takes is net.ipv4.tcp_retries2: ${repeats}, some ${Math.floor(givenUpAfter(tcpRetries2))} s from an RTO of 200 ms; TCP_USER_TIMEOUT sets it per socket`
}

export default wordingOf(rule, {
  messages: {
    'peer-restarted': {
      title: ({ reopened }, { host, count }) =>
        reopened
          ? `${host} had lost an open connection and came back on the same port`
          : `${host} no longer knows ${count === 1 ? 'a connection' : countOf(count, 'connection')} that it had not closed`,
      detail({ reasons, reopened }, { host, connection }) {
        const answer = `On ${connection}, ${host} answered by an RST of a host that has no such socket (window 0, no options), and had sent neither FIN nor RST before.`
        if (reopened) return `${answer} It then connected anew: it restarted.`
        const others = reasons.includes('idle-middlebox')
          ? '; or a firewall in between has forgotten the idle connection and answers in its name'
          : ''
        return `${answer} It restarted, its address moved to another machine, or it gave the connection up where this capture does not see it${others}.`
      },
      advice: (_, { host }) => [
        `on ${host}: \`uptime -s\` and \`journalctl --list-boots\` tell whether it restarted; in a cluster, whether the address moved`,
        'the other end learned of it only when it sent something: TCP keep-alive (SO_KEEPALIVE, net.ipv4.tcp_keepalive_time, default 7200 s) or TCP_USER_TIMEOUT finds such sockets sooner',
      ],
    },
    'peer-vanished': {
      title: (_, { host, count }) =>
        count === 1
          ? `${host} vanished from an open connection`
          : `${host} vanished from ${countOf(count, 'open connection')}`,
      detail({ tries, waited, by }, { host, connection, count }) {
        if (count > 1)
          return `${countOf(tries, 'try', 'tries')} of its peers stayed unanswered until they gave up.`
        const what = by === 'data' ? 'sent the same again' : 'sent keep-alive probes'
        return `On ${connection}, the other end ${what} ${timesText(tries)} within ${durationText(waited)}, heard nothing and gave up; ${host} had not closed. Its host or the way to it is down; if it comes back, its socket is still open there.`
      },
      advice: ({ by }, { host, profiles }) => [
        `is ${host} up, and is the way there open in both directions?`,
        by === 'data'
          ? retries2Advice(profiles.host === profiles.client ? profiles.server : profiles.client)
          : 'how long that takes is TCP_KEEPIDLE + TCP_KEEPCNT × TCP_KEEPINTVL: by default 7200 s + 9 × 75 s',
      ],
    },
  },
  notes: {
    reset: () => 'RST',
    unanswered: () => 'not answered',
  },
})
