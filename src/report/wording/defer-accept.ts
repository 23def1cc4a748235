import rule from '../../audit/rules/defer-accept.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

/** From here on more than one repeat is missing, ns. */
const TWO_REPEATS = 5e9

export default wordingOf(rule, {
  messages: {
    deferred: {
      title: ({ after }, { count, connection, server }) =>
        count === 1
          ? `${server} waits for data before it accepts ${connection} (TCP_DEFER_ACCEPT)`
          : `${server} waits for data before it accepts: ${countOf(count, 'connection')}, up to ${durationText(after)} (TCP_DEFER_ACCEPT)`,
      detail: ({ after, opened }, { count }) =>
        `The bare ACK of the handshake was ignored and no data came; the SYN-ACK was repeated ${durationText(after)} after the first, ${after < TWO_REPEATS ? 'the repeat due at 1 s was not: nothing is lost, unless that repeat was, and the ACK' : 'the repeats due before that were left out: nothing is lost'}.${count > 1 ? '' : opened ? ' The answer to that repeat opened the connection.' : ' It has not opened yet.'}`,
      advice: () => [
        'harmless where clients speak first (`listen ... deferred` in nginx, AcceptFilter in httpd); where the server speaks first, or health checks only connect, switch it off',
      ],
    },
  },
  notes: {
    synAck: () => 'SYN-ACK',
    ack: () => 'bare ACK, ignored',
    again: ({ after }) => `SYN-ACK again, ${durationText(after)} after the first`,
    opened: () => 'what opens the connection on the server',
  },
})
