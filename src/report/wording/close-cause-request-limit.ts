import rule from '../../audit/rules/close-cause-request-limit.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

/** Limits that servers have by default: candidates by their value, never facts. */
const DEFAULTS: Readonly<Record<number, string>> = {
  100: 'nginx’s keepalive_requests before 1.19.10, Apache’s MaxKeepAliveRequests, Tomcat’s maxKeepAliveRequests',
  1000: 'nginx’s keepalive_requests',
}

export default wordingOf(rule, {
  messages: {
    closes: {
      title: ({ limit, alike }, { host }) =>
        `${host} closes first after ${countText(limit)} exchanges: ${countOf(alike, 'connection')}, a request limit`,
      detail({ limit, alike, closed }) {
        const known = DEFAULTS[limit]
        const like = known === undefined ? '' : ` That is the default of ${known}.`
        return `Of ${countOf(closed, 'connection')} that it closed right behind one of several answers, ${countText(alike)} had ${countText(limit)} exchanges, and no connection had more.${like} An exchange is a request and its answer, told by the direction in which data flow; a TLS handshake does not count. Each close costs a new handshake and leaves a TIME_WAIT of 60 s at the server.`
      },
      advice: ({ limit }) => [
        `raise the limit if clients are busy: at 1,000 requests a second ${countText(limit)} exchanges are over in ${limit >= 1000 ? 'a second or so' : 'less than a second'}; nginx \`keepalive_requests\` (1000), Apache \`MaxKeepAliveRequests\` (100), Tomcat \`maxKeepAliveRequests\` (100)`,
        'a protocol that always has so many steps looks the same: does the server end it by design?',
      ],
    },
  },
  notes: { fin: () => 'FIN of the server, behind the last answer that it gives' },
})
