import rule from '../../audit/rules/time-wait-reused.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const BY = {
  number: 'the SYN has a later number than all that was received',
  timestamp: 'the SYN has a later timestamp',
  owner: 'the end that held it connected anew from the same port',
} as const

export default wordingOf(rule, {
  messages: {
    reused: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `${connection} opened on a tuple in TIME_WAIT`
          : `${countOf(count, 'connection')} to ${server} opened on tuples in TIME_WAIT`,
      detail: ({ holder, by, age, proven }) =>
        `TIME_WAIT of the ${holder} was ${durationText(age)} old, and reuse is lawful: ${BY[by]} (RFC 6191). ${proven ? 'Its new numbers begin 65,537 above its old ones, which is how Linux continues a TIME_WAIT.' : 'Its new numbers do not continue the old ones: TIME_WAIT was over already, or this is not Linux.'}`,
      advice: () => [
        'nothing to mend; ports that come back this soon may be scarce: `ss -tan state time-wait | wc -l` on the client',
      ],
    },
  },
  notes: {
    syn: () => 'SYN on the old tuple',
    synAck: () => 'SYN-ACK',
  },
})
