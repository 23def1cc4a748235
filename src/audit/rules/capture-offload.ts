import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'capture-offload',
  scope: 'capture',
  category: 'capture',
  severity: 'info',
  since: '0.2.0',
  summary: 'Packets were taken before the network card had cut and summed them.',
  references: ['Linux Documentation/networking/segmentation-offloads.rst', 'ethtool(8), -K'],
  messages: {
    ahead: { hosts: 'count', host: 'host', segments: 'count', checksums: 'count' },
  },
  notes: { taken: {} },
  unreliableWhen: [],
  create: (context) => ({
    end({ quality }) {
      const { offloadedSegments: segments, offloadedChecksums: checksums, senders, offloaded } = quality
      const those = senders.filter((sender) => sender.offloadedSegments + sender.offloadedChecksums > 0)
      const [first] = those
      if (first === undefined) return
      context.report('ahead', {
        data: {
          hosts: those.length,
          host: { ipVersion: first.ipVersion, address: first.address, port: 0 },
          segments,
          checksums,
        },
        evidence: offloaded.map((packet) => context.witness('taken', packet, {})),
      })
    },
  }),
})
