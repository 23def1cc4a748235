import rule from '../../audit/rules/capture-misordered.ts'
import { durationText, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    misordered: {
      title: ({ reversals }) => `Time runs backwards ${timesText(reversals)} in the capture`,
      detail: ({ reversals, largest }) =>
        `A packet is older than the one before it ${timesText(reversals)}, by ${durationText(largest)}${reversals === 1 ? '' : ' at most'}. What came first is then a guess: durations are doubtful, and findings that rest on order are less certain or withheld.`,
      advice: () => [
        '`reordercap in.pcap out.pcap` sorts it, if the times are right and only the order is not',
        'capture with one queue (`ethtool -L eth0 combined 1`) or one interface; set the clocks by each other if several hosts captured',
      ],
    },
  },
  notes: { older: () => 'older than the packet before it' },
})
