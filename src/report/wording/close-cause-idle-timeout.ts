import rule from '../../audit/rules/close-cause-idle-timeout.ts'
import { serverDefaults } from '../idle-defaults.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    closes: {
      title: ({ idle, alike }, { host }) =>
        `${host} closes first after ${durationText(idle)} of silence: ${countOf(alike, 'connection')}, a keep-alive timeout`,
      detail({ idle, width, alike, closed }) {
        const candidates = serverDefaults(idle)
        const like = candidates === '' ? '' : ` By default that is the time of ${candidates}.`
        return `${countText(alike)} of the ${countText(closed)} connections that it closed behind a silence had been silent for ${durationText(idle)} since its last answer, alike to ${durationText(width)}.${like} The TIME_WAITs are the server’s, and a request that is on its way at that moment is reset.`
      },
      advice: ({ idle }) => [
        `let clients, or the balancer in front, give up idle connections sooner than after ${durationText(idle)}; or raise the server’s: nginx \`keepalive_timeout\` (75 s), Apache \`KeepAliveTimeout\` (5 s), Node.js \`server.keepAliveTimeout\` (5 s)`,
      ],
    },
  },
  notes: { fin: ({ silence }) => `FIN of the server, ${durationText(silence)} behind its last answer` },
})
