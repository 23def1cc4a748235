import rule from '../../audit/rules/capture-offload.ts'
import { addressText } from '../endpoint-text.ts'
import { countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    ahead: {
      title: ({ host, hosts }) =>
        hosts === 1
          ? `Captured on ${addressText(host)} ahead of its network card`
          : `Captured ahead of the network cards of ${countOf(hosts, 'host')}`,
      detail({ segments, checksums }) {
        const facts = [
          ...(segments === 0 ? [] : [`${countOf(segments, 'segment')} longer than any on the wire`]),
          ...(checksums === 0 ? [] : [`${countOf(checksums, 'checksum')} left to the card`]),
        ]
        const meaning =
          segments === 0
            ? 'Nothing is wrong: these are no wrong checksums, but unfinished ones.'
            : 'Nothing is wrong; but a segment stands for several, and counts of segments, of losses and of round trips are those of the host, not of the wire.'
        return `${facts.join(', ')}. ${meaning}`
      },
      advice: () => [
        'to see what is on the wire, capture on another host or switch it off while you capture: `ethtool -K eth0 tso off gso off gro off tx off`',
      ],
    },
  },
  notes: { taken: () => 'taken before the card was done with it' },
})
