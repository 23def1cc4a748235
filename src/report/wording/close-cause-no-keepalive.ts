import rule from '../../audit/rules/close-cause-no-keepalive.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    closes: {
      title: ({ single }, { host }) =>
        `${host} closes first after a single exchange: ${countOf(single, 'connection')}, no keep-alive`,
      detail: ({ single, closed, within }) =>
        `Of ${countOf(closed, 'connection')} with an exchange that somebody closed, the server ended ${countText(single)} right behind their first answer, within ${durationText(within)}. Each costs a handshake of its own and leaves a TIME_WAIT of 60 s at the server. Either the server keeps no connections open, or its clients ask it not to (\`Connection: close\`, HTTP/1.0): packets do not tell which.`,
      advice: () => [
        'does the server allow it? nginx: `nginx -T | grep keepalive` (`keepalive_timeout`, 75 s; 0 is off); Apache: `KeepAlive On` is the default; a proxy in front of it has to keep its own connections to it (nginx: `keepalive` in `upstream`)',
        'do the clients? `curl -v` shows the `Connection` header of both; clients need a pool, or a session, to come back on the same connection',
      ],
    },
  },
  notes: { fin: () => 'FIN of the server, behind its only answer' },
})
