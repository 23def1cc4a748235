import rule from '../../audit/rules/capture-one-sided.ts'
import { countOf, percentText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const SIDES = {
  client: 'only the clients are seen sending',
  server: 'only the servers are seen sending',
  either: 'of some the client is seen sending, of others the server',
} as const

export default wordingOf(rule, {
  messages: {
    oneSided: {
      title: ({ connections, share }) =>
        `${countOf(connections, 'connection')} (${percentText(share)}) seen from one side only`,
      detail: ({ side }) =>
        `What one end sends is acknowledged and not captured: ${SIDES[side]}. The states of the silent end are inferred, and losses, windows and most findings about it cannot be seen.`,
      advice: () => [
        'look at the capture filter (`src host` and `dst port` take one direction) and at the mirror port (both directions?)',
        'where the ways to and fro differ (two routers, bonding), capture on both and give tcpaudit both files',
      ],
    },
  },
  notes: { alone: () => 'begins a connection of which one side is missing' },
})
