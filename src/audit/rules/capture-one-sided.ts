import { isOneSided } from '../../tracker/summarize.ts'
import type { Evidence } from '../finding.ts'
import { defineRule } from '../rule.ts'
import { share } from '../rule-options.ts'

/** Packets kept as evidence. */
const MOST_EVIDENCE = 8

const SIDES = ['client', 'server', 'either'] as const

export default defineRule({
  id: 'capture-one-sided',
  scope: 'capture',
  category: 'capture',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Many connections are seen in one direction only.',
  references: ['RFC 9293 §3.4'],
  options: { most: share(0.2, 'share of connections of which one direction may be missing') },
  messages: { oneSided: { connections: 'count', share: 'share', side: SIDES } },
  notes: { alone: {} },
  unreliableWhen: [],
  create: (context) => {
    const { most } = context.options
    const evidence: Evidence[] = []
    return {
      closed(event) {
        const { endpoint, peer, connection } = event
        if (!isOneSided(endpoint, peer) || evidence.length === MOST_EVIDENCE) return
        const { firstPacket: packet, start: time } = connection
        evidence.push(context.witness('alone', { packet, time }, {}))
      },
      end({ quality, connections }) {
        const { oneSidedConnections: count, clientOnlyConnections: ofClients } = quality
        if (count <= most * connections) return
        const side = ofClients === count ? 'client' : ofClients === 0 ? 'server' : 'either'
        context.report('oneSided', {
          data: { connections: count, share: count / connections, side },
          evidence,
        })
      },
    }
  },
})
