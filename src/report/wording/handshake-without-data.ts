import rule from '../../audit/rules/handshake-without-data.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    empty: {
      title: (_, { count, connection, client, server }) =>
        count === 1
          ? `Connection ${connection} carried no data`
          : `${countOf(count, 'connection')} from ${client.slice(0, client.lastIndexOf(':'))} carried no data, the first to ${server}`,
      detail({ byFin, byReset, lasted }) {
        const ways = [
          ...(byFin > 0 ? [`${countOf(byFin, 'connection')} ended by FIN`] : []),
          ...(byReset > 0 ? [`${countOf(byReset, 'connection')} ended by RST`] : []),
        ]
        return `Opened and closed again without a byte: ${ways.join(', ')}; the longest stood for ${durationText(lasted)}. Health checks of load balancers and monitors do that, and probes that ask whether a port is open.`
      },
      advice: (_, { client }) => [
        `is ${client.slice(0, client.lastIndexOf(':'))} a load balancer or a monitor? If so, a check that asks for something (HTTP) says more than a handshake, which the kernel completes even when the application is stuck`,
      ],
    },
  },
  notes: {
    opened: () => 'SYN',
    ended: () => 'the last segment, with no data before it',
  },
})
