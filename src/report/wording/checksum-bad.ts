import rule from '../../audit/rules/checksum-bad.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    damaged: {
      title: ({ damaged }, { count, host }) =>
        `${countOf(damaged, 'segment')} of ${host} ${damaged === 1 ? 'has a wrong checksum' : 'have wrong checksums'}${count === 1 ? '' : ` on ${countOf(count, 'connection')}`}`,
      detail: ({ damaged, repaired }) =>
        `The receiver drops ${damaged === 1 ? 'it' : 'them'} without an answer (TcpInCsumErrors). It is not what a capture shows of a card that fills checksums in: the field does not hold the sum of the pseudo-header, and nothing acknowledged these copies.${repaired === 0 ? '' : ` ${countText(repaired)} ${repaired === 1 ? 'was' : 'were'} sent again.`} Only SYNs, FINs, RSTs, the first segments of each end and repeats are verified: there may be more.`,
      advice: (_, { host }) => [
        `\`nstat -az TcpInCsumErrors\` at the peer of ${host} counts all of them; \`ethtool -S\` of each port on the way, CRC and FCS errors first`,
        'damage that Ethernet’s own checksum does not show happens inside a box (its memory, NAT, a tunnel): capture on both sides of each',
        '`ethtool -K IF tx off rx off` at both ends tells whether a card computes wrongly; a scanner that sends wrong checksums on purpose (`nmap --badsum`) shows by single segments that nobody answers',
      ],
    },
  },
  notes: { damaged: () => 'its checksum is wrong' },
})
