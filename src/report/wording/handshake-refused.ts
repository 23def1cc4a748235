import rule from '../../audit/rules/handshake-refused.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    refused: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Connection ${connection} was refused`
          : `${countOf(count, 'connection')} to ${server} refused`,
      detail: ({ after }, { count, server }) =>
        `${server} answered the SYN with RST ${count === 1 ? '' : 'within '}${durationText(after)}${count === 1 ? ' later' : ''}: no process listens on that port, or a firewall rejects with a reset.`,
      advice: (_, { server }) => [
        `on the server: \`ss -tlnp sport = :${server.slice(server.lastIndexOf(':') + 1)}\` shows whether something listens, and on which address`,
      ],
    },
  },
  notes: {
    syn: () => 'SYN',
    reset: () => 'RST in answer to it',
  },
})
