import rule from '../../audit/rules/syn-cookies-active.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    active: {
      title: (_, { host }) => `${host} answers with SYN cookies: its SYN queue is, or was, full`,
      detail({ signs, forgotten, repeated, stripped, keeping, run }) {
        const told = {
          forgotten: `${countOf(forgotten, 'SYN-ACK')} stayed unacknowledged and ${forgotten === 1 ? 'was' : 'were'} never sent again${repeated === 0 ? '' : `, while ${countText(repeated)} others were`}`,
          stripped: `${countOf(stripped, 'answer')} left out the window scale and the SACK that were offered, while ${countText(keeping)} kept them`,
          timestamps: `the low six bits of the timestamp are the same in ${countText(run)} answers in a row: they hold the client’s options`,
        }
        return `${signs.map((sign) => told[sign]).join('; ')}. Without a timestamp a connection opened by a cookie has neither window scaling nor SACK, and is slower for it.`
      },
      advice: () => [
        'on the server: `nstat -az TcpExtSyncookiesSent TcpExtSyncookiesRecv TcpExtSyncookiesFailed`: the first counts cookies sent, the second those that came back',
        'if the load is real, raise the listen backlog of the application and `net.core.somaxconn` (4096): the SYN queue holds as many handshakes as the smaller of both',
      ],
    },
  },
  notes: {
    forgotten: () => 'SYN, answered once and forgotten',
    stripped: () => 'SYN, answered without its options',
    timestamps: () => 'SYN, answered with a timestamp that holds its options',
  },
})
