import type { OddFlags } from '../../audit/odd-flags.ts'
import rule from '../../audit/rules/flags-invalid.ts'
import { countOf } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const KINDS: Readonly<Record<OddFlags, string>> = {
  none: 'no flag at all',
  'syn-fin': 'SYN and FIN',
  'syn-rst': 'SYN and RST',
  'rst-fin': 'RST and FIN',
  'fin-psh-urg': 'FIN, PSH and URG without ACK',
  'fin-without-ack': 'FIN without ACK',
  'data-without-ack': 'PSH or URG without ACK',
}

export default wordingOf(rule, {
  messages: {
    odd: {
      title: ({ segments }, { host }) =>
        `${host} sent ${countOf(segments, 'segment')} with flags that no TCP sends`,
      detail: ({ kinds }, { count }) =>
        `${count === 1 ? 'They bear' : 'The first of them bear'} ${kinds.map((kind) => KINDS[kind]).join('; ')}. Scanners and forgers send such segments; a broken middlebox or damaged memory makes them too.`,
      advice: (_, { host }) => [
        `what runs on ${host}: a scanner (\`nmap -sF -sN -sX\`)? If the address is forged, a capture one hop nearer to it tells`,
        'a firewall can drop them: `nft add rule inet filter input tcp flags & (fin|syn|rst|ack) == 0 drop`',
      ],
    },
  },
  notes: { segment: ({ kind }) => KINDS[kind] },
})
