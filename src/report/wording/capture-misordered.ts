import rule from '../../audit/rules/capture-misordered.ts'
import { countOf, durationText, percentText, timesText } from '../number-text.ts'
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
    behindAnswers: {
      title: ({ lead }) => `Answers stand before what they answer, by up to ${durationText(lead)}`,
      detail: ({ segments, share }) =>
        `${countOf(segments, 'SYN, FIN or segment of data', 'SYNs, FINs and segments of data')} (${percentText(share)} of all) ${segments === 1 ? 'was' : 'were'} captured behind what acknowledges ${segments === 1 ? 'it' : 'them'}. So the two directions were captured by two clocks, which differ by at least that, or came through different queues. What came first is then a guess: durations and round trips are wrong, and findings that rest on order are less certain or withheld.`,
      advice: ({ lead }) => [
        `\`editcap -t -${seconds(lead)} late.pcap right.pcap\` sets back the times of the direction that comes too late; tcpaudit merges both files then`,
        'set the clocks by each other (PTP, or one chrony for both), or capture both directions by one card',
        'where one host captured: several queues do that too (`ethtool -L eth0 combined 1` for the time of the capture)',
      ],
    },
  },
  notes: {
    older: () => 'older than the packet before it',
    behind: () => 'acknowledged before it was captured',
  },
})

/** Seconds as editcap takes them, rounded up to the microsecond. */
function seconds(time: number): string {
  return (Math.ceil(time / 1e3) / 1e6).toFixed(6)
}
