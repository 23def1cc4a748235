import rule from '../../audit/rules/connection-abandoned.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    silent: {
      title: ({ silence }, { count, connection, server }) =>
        count === 1
          ? `${connection} is open and silent for ${durationText(silence)} when the capture ends`
          : `${countOf(count, 'connection')} to ${server} are open and silent when the capture ends`,
      detail: ({ silence }) =>
        `Nothing was sent for ${durationText(silence)}, not even a keep-alive probe: whether the ends still know of each other cannot be told. A firewall on the way may have forgotten them.`,
      advice: () => [
        '`ss -tano state established` on both hosts shows whether both ends exist and which timers run; an application that wants to know sets SO_KEEPALIVE (`net.ipv4.tcp_keepalive_time`, 7,200 s by default)',
      ],
    },
  },
  notes: { last: () => 'its last packet' },
})
