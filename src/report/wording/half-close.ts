import rule from '../../audit/rules/half-close.ts'
import { bytesText, countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    halfClosed: {
      title: ({ closer }, { count, client, server }) =>
        count === 1
          ? `${closer === 'client' ? client : server} shut its sending side down and read on`
          : `${countOf(count, 'connection')} to ${server} went on half-closed`,
      detail: ({ bytes, lasted }) =>
        `${bytesText(bytes)} came behind its FIN and were acknowledged, over ${durationText(lasted)}: shutdown(), not close(), so FIN_WAIT_2 and CLOSE_WAIT are meant.`,
      advice: () => [
        'nothing to mend; a proxy or firewall on the way must not end the connection at the first FIN',
      ],
    },
  },
  notes: {
    fin: () => 'FIN',
    acknowledged: () => 'acknowledges data behind its own FIN',
  },
})
