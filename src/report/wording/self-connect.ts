import rule from '../../audit/rules/self-connect.ts'
import { countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    connected: {
      title: (_, { count, server }) =>
        count === 1
          ? `${server} connected to itself`
          : `${server} connected to itself, ${countOf(count, 'time')}`,
      detail: (_, { server }) =>
        `connect() to ${server}, where nobody listened, was given that very port as its own: the SYN met the socket that had sent it. The client reads back what it writes, and no server can listen there meanwhile.`,
      advice: (_, { server }) => [
        `keep the service’s port out of net.ipv4.ip_local_port_range (32768-60999 by default): a port below, or \`sysctl -w net.ipv4.ip_local_reserved_ports=${server.slice(server.lastIndexOf(':') + 1)}\``,
        'in the client: compare getsockname() with getpeername() after connect(), and close if they are equal',
      ],
    },
  },
  notes: {
    syn: () => 'SYN to itself',
    synAck: () => 'SYN-ACK to itself',
  },
})
