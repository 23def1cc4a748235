import rule from '../../audit/rules/simultaneous-close.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    crossed: {
      title: (_, { count, connection, server }) =>
        count === 1
          ? `Both ends of ${connection} closed at once`
          : `Both ends of ${countOf(count, 'connection')} to ${server} closed at once`,
      detail: ({ apart }) =>
        `Their FINs crossed, ${durationText(apart)} apart here, and neither acknowledges the other: both ends pass through CLOSING, and both keep a TIME_WAIT.`,
      advice: () => ['nothing to mend: both sides decided to close in the same round trip'],
    },
  },
  notes: { fin: () => 'FIN that does not acknowledge the other' },
})
