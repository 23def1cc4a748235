import rule from '../../audit/rules/capture-loss.ts'
import { countOf, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    lost: {
      title: ({ share }) => `The capture misses ${percentText(share)} of the segments`,
      detail: ({ missing }) =>
        `${countOf(missing, 'segment')} that were acknowledged or skipped are not in the capture: the capturing host dropped them, or they took another way. Findings that this could explain are less certain or withheld.`,
      advice: () => [
        'capture again with a larger buffer and fewer bytes per packet (`tcpdump -B 32768 -s 200`), and read the drop count that it prints at the end',
      ],
    },
  },
  notes: {
    acknowledged: () => 'acknowledges what was not captured',
    skipped: () => 'begins behind what was captured',
  },
})
