import rule from '../../audit/rules/fin-out-of-order.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const CAUSES = {
  overtaken: 'The network delivered them in another order',
  lost: 'The data had been lost before it could pass here and was sent again',
  either: 'The data was overtaken on the way, or lost and sent again',
} as const

export default wordingOf(rule, {
  messages: {
    ahead: {
      title: ({ sender }, { count, client, server }) =>
        count === 1
          ? `FIN of ${sender === 'client' ? client : server} came before data that belongs in front of it`
          : `FINs of ${countOf(count, 'connection')} to ${server} came before data that belongs in front of them`,
      detail: ({ waited, cause }) =>
        `${CAUSES[cause]}: the last of it came ${durationText(waited)} behind the FIN, which counts only from then on.`,
      advice: () => ['nothing to mend at the ends: TCP holds the FIN back until the gap is filled'],
    },
  },
  notes: {
    fin: () => 'FIN, ahead of its data',
    data: () => 'data that belongs in front of it',
  },
})
