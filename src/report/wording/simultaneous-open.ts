import rule from '../../audit/rules/simultaneous-open.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    simultaneous: {
      title: (_, { count, connection, client, server }) =>
        count === 1
          ? `Both ends opened at once: ${connection}`
          : `${countOf(count, 'connection')} opened by both ends at once, first ${client} and ${server}`,
      detail: ({ apart }) =>
        `Their SYNs crossed, ${durationText(apart)} apart, and each answered with a SYN-ACK: one connection, with no listener on either side.`,
      advice: () => [
        'intended by peers that punch holes into NATs; else two daemons connect to each other from fixed ports: let one of them listen',
      ],
    },
  },
  notes: {
    syn: () => 'SYN',
    synAck: () => 'SYN-ACK in answer to the other’s SYN',
  },
})
