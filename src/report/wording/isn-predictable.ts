import rule from '../../audit/rules/isn-predictable.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const WHY =
  'Who knows the next number can put data into a connection, or end it, without seeing a packet of it (RFC 6528).'

const ADVICE = [
  'which stack is it: a lightweight one (lwIP, uIP, a boot loader), firmware of years ago, or a load generator? Sound ones draw their numbers by a keyed hash of the tuple and a clock (Linux secure_tcp_seq)',
  'until it is replaced: no trust in addresses there, TLS or SSH for what matters, a firewall that renumbers (“sequence randomization”) in front of it',
]

export default wordingOf(rule, {
  messages: {
    constant: {
      title: ({ number }, { host }) =>
        `${host} begins all connections with ${number === 0 ? 'sequence number 0' : `the same sequence number, ${countText(number >>> 0)}`}`,
      detail: ({ number, connections, role }) =>
        `As the ${role} of ${countOf(connections, 'connection')} in a row, of different ports or addresses, it had the initial sequence number ${countText(number >>> 0)} each time. ${WHY}`,
      advice: () => ADVICE,
    },
    stepping: {
      title: ({ step, falling }, { host }) =>
        `Sequence numbers of ${host} ${falling ? 'fall' : 'rise'} by ${countText(step)} with each connection`,
      detail: ({ number, step, falling, connections, role }) =>
        `As the ${role} of ${countOf(connections, 'connection')} in a row, of different ports or addresses, its initial sequence numbers went from ${countText(number >>> 0)} ${falling ? 'down' : 'up'} by ${countText(step)} each time. ${WHY}`,
      advice: () => ADVICE,
    },
  },
  notes: { number: ({ number }) => `it begins with ${countText(number >>> 0)}` },
})
