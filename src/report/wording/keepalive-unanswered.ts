import rule from '../../audit/rules/keepalive-unanswered.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const ENDS = {
  'gave-up': 'The prober then reset the connection.',
  answered: 'After that it was heard again.',
  waiting: 'The capture ends before the prober gives up.',
} as const

export default wordingOf(rule, {
  messages: {
    unanswered: {
      title: ({ probes }, { host, count }) =>
        count === 1
          ? `${host} left ${countOf(probes, 'keep-alive probe')} unanswered`
          : `${host} left keep-alive probes of ${countOf(count, 'connection')} unanswered`,
      detail({ probes, idle, interval, ended }, { connection }) {
        const spacing = probes > 1 ? `, one every ${durationText(interval)}` : ''
        const settings =
          ended === 'gave-up'
            ? ` Settings in force: keep-alive time ${durationText(idle)}, interval ${durationText(interval)}, ${countOf(probes, 'probe')}.`
            : ''
        return `On ${connection}, ${countOf(probes, 'probe')} came after ${durationText(idle)} of silence${spacing}. ${ENDS[ended]}${settings}`
      },
      advice: (_, { host }) => [
        `is ${host} up, and does a firewall on the way still know the connection?`,
        'Linux probes after net.ipv4.tcp_keepalive_time (7200 s), every tcp_keepalive_intvl (75 s), tcp_keepalive_probes (9) times: 7200 + 9 × 75 = 7875 s until it gives up; TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT per socket',
      ],
    },
  },
  notes: { probe: () => 'keep-alive probe, not answered' },
})
