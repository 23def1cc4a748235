import rule from '../../audit/rules/capture-loss.ts'
import { countOf, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const ADVICE = [
  'capture again with a larger buffer and fewer bytes per packet (`tcpdump -B 32768 -s 200`; the buffer is 2048 KiB by default), and read the drop count that it prints at the end',
]

export default wordingOf(rule, {
  messages: {
    lost: {
      title: ({ share }) => `The capture misses ${percentText(share)} of the segments`,
      detail: ({ missing }) =>
        `${countOf(missing, 'segment')} that were acknowledged or skipped are not in the capture: the capturing host dropped them, or they took another way. Findings that this could explain are less certain or withheld.`,
      advice: () => ADVICE,
    },
    dropped: {
      title: ({ share }) => `The capturing kernel dropped ${percentText(share)} of the packets`,
      detail: ({ drops }) =>
        `The capture file says that ${countOf(drops, 'packet')} did not fit the buffer between kernel and capturing program. Findings that this could explain are less certain or withheld.`,
      advice: () => ADVICE,
    },
  },
  notes: {
    acknowledged: () => 'acknowledges what was not captured',
    skipped: () => 'begins behind what was captured',
  },
})
