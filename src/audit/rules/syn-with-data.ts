import { OPTION_FAST_OPEN } from '../../decode/tcp-options.ts'
import { SYN_OPENS } from '../../tracker/syn-arrives.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

interface Memory {
  readonly syn: Moment
  readonly seq: number
  readonly bytes: number
  synAck: Moment | undefined
  taken: number
}

export default defineRule({
  id: 'syn-with-data',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A SYN carried payload without asking for Fast Open.',
  references: ['RFC 9293 §3.10.7.2', 'RFC 7413 §4.2', 'Linux TCP_FASTOPEN_NO_COOKIE'],
  tunables: [{ name: 'net.ipv4.tcp_fastopen', default: '1 (0x4 and 0x200 need no cookie)' }],
  messages: { sent: { bytes: 'bytes', fate: ['taken', 'ignored', 'unanswered'] } },
  notes: { syn: { bytes: 'bytes' }, synAck: { taken: 'bytes' } },
  groupBy: 'server',
  merge: { sent: { bytes: 'sum' } },
  unreliableWhen: ['snaplen'],
  state: (): { opening: Memory | undefined } => ({ opening: undefined }),
  create: (context) => ({
    syn(event) {
      const { segment, connection } = event
      if (segment.payloadLength === 0 || event.detail !== SYN_OPENS) return
      // Options that were cut, or cannot be read, may have been Fast Open.
      if ((segment.options.present & OPTION_FAST_OPEN) !== 0 || segment.defect !== 0) return
      context.stateOf(connection).opening = {
        syn: context.moment(event),
        seq: segment.seq,
        bytes: segment.payloadLength,
        synAck: undefined,
        taken: 0,
      }
    },
    known: {
      synAck(event, { opening: known }) {
        if (known === undefined || known.synAck !== undefined) return
        known.synAck = context.moment(event)
        known.taken = (event.segment.ack - known.seq - 1) | 0
      },
      closed(event, { opening: known }) {
        if (known === undefined) return
        const { syn, bytes, synAck, taken } = known
        context.report('sent', event, {
          data: { bytes, fate: synAck === undefined ? 'unanswered' : taken > 0 ? 'taken' : 'ignored' },
          evidence: [
            context.note('syn', event, { bytes }, syn),
            ...(synAck === undefined ? [] : [context.note('synAck', event, { taken }, synAck)]),
          ],
          blame: 'client',
        })
      },
    },
  }),
})
