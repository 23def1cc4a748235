import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'capture-truncated',
  scope: 'capture',
  category: 'capture',
  severity: 'notice',
  since: '0.2.0',
  summary: 'Headers are cut off that the report needs, or the file ends in the middle of a packet.',
  references: ['tcpdump(8), -s', 'pcap-savefile(5)'],
  messages: {
    headers: { packets: 'count', length: 'bytes' },
    stopped: { packet: 'count', offset: 'count', reason: 'word', file: 'count', files: 'count' },
  },
  notes: { cut: {} },
  unreliableWhen: [],
  create: (context) => ({
    end({ truncated, truncatedPackets, quality, files }) {
      if (truncated > 0) {
        context.report('headers', {
          data: { packets: truncated, length: quality.cutLength },
          evidence: truncatedPackets.map((packet) => context.witness('cut', packet, {})),
        })
      }
      const { stoppedAt } = quality
      if (stoppedAt === null) return
      const { packet, offset, reason, source } = stoppedAt
      context.report('stopped', {
        data: { packet, offset, reason, file: source + 1, files },
        evidence: [],
      })
    },
  }),
})
