import rule from '../../audit/rules/capture-duplicates.ts'
import { countOf, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

/** From this share on it is every frame: one of the two is the copy. */
const EVERY = 0.45

const KINDS = {
  again: 'unchanged: a mirror port that copies both directions, or `-i any` on a host that passes them on',
  routed: 'one hop further: before and behind a router, as `-i any` on the router sees them',
  'other-vlan': 'in another VLAN: a mirror port of a trunk, or of both sides of a switch',
  mixed: 'some unchanged, some one hop further or in another VLAN: several places are captured at once',
} as const

export default wordingOf(rule, {
  messages: {
    doubled: {
      title: ({ share }) =>
        share >= EVERY
          ? 'The capture holds every frame twice'
          : `${percentText(share)} of the frames are copies of others`,
      detail: ({ copies, kind, share }) =>
        `${countOf(copies, 'frame')} came again, ${KINDS[kind]}${kind === 'again' && share < EVERY ? '; or the network doubled them' : ''}. Each is counted once and taken for no retransmission; other programs count them as such.`,
      advice: ({ kind }) => [
        kind === 'again'
          ? 'capture on one interface, or mirror one direction of the port; `editcap -d in.pcap out.pcap` removes the copies for other programs'
          : 'capture on one interface or in one VLAN (`tcpdump -i eth0`, `vlan 10 and tcp`)',
      ],
    },
  },
  notes: { copy: () => 'a copy of a frame that is already there' },
})
