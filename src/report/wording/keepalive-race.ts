import rule from '../../audit/rules/keepalive-race.ts'
import { serverDefaults } from '../idle-defaults.ts'
import { bytesText, countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    crossed: {
      title: ({ idle }, { count, connection, server }) =>
        count === 1
          ? `The request on ${connection} crossed the server’s FIN after ${durationText(idle)} of silence`
          : `Requests on ${countOf(count, 'connection')} to ${server} crossed the FIN that ended the idle connection`,
      detail({ idle, unread }) {
        const candidates = serverDefaults(idle)
        const like = candidates === '' ? '' : `, as by default with ${candidates}`
        return `The server closed after ${durationText(idle)} of silence${like}, while a request was on its way: ${bytesText(unread)} were not read and drew a reset. The client did not know of the FIN when it sent them; whether it may send them again, only the application knows.`
      },
      advice: ({ idle }) => [
        `let the client, or the balancer in front, give up idle connections before the server does: its idle timeout well below ${durationText(idle)}, or the server’s above the client’s (nginx \`keepalive_timeout\`, 75 s; Apache \`KeepAliveTimeout\`, 5 s; Node.js \`server.keepAliveTimeout\`, 5 s)`,
        'an HTTP client should send a request that is safe to repeat again on a new connection (RFC 9110 §9.2.2)',
      ],
    },
  },
  notes: {
    fin: () => 'FIN of the server, after the silence',
    request: () => 'request, sent before the FIN was known',
    reset: () => 'RST to the request',
  },
})
