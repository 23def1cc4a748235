import rule from '../../audit/rules/idle-connection.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    silent: {
      title: ({ silence }, { count, connection, server }) =>
        count === 1
          ? `${connection} was silent for ${durationText(silence)}, without a keep-alive probe`
          : `${countOf(count, 'connection')} to ${server} were silent for ${durationText(silence)} at most, without keep-alive probes`,
      detail: ({ silence, goesOn }, { count }) =>
        `It is open, and nothing was sent for ${count === 1 ? durationText(silence) : 'hours'}${goesOn ? ', until the capture ends' : '; then it went on'}. Whether the other end still lives neither knows meanwhile, and firewalls forget idle connections sooner than that.`,
      advice: () => [
        'if it matters: SO_KEEPALIVE, with TCP_KEEPIDLE below the idle timeouts on the way (`net.ipv4.tcp_keepalive_time` is 7,200 s by default, and counts only for sockets with SO_KEEPALIVE)',
        '`ss -tano state established` shows the connections and whether a keep-alive timer runs',
      ],
    },
  },
  notes: {
    last: () => 'its last packet',
    resumes: () => 'ends the silence',
  },
})
