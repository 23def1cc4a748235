import { OPTION_FAST_OPEN } from '../../decode/tcp-options.ts'
import { SYN_OPENS, SYN_REPEATS } from '../../tracker/syn-arrives.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

interface Memory {
  readonly syn: Moment
  readonly seq: number
  readonly cookie: number
  readonly bytes: number
  /** The SYN was sent again: without data, as Linux does, and what became of the first one is not known. */
  isRepeated: boolean
  answer: { readonly moment: Moment; readonly taken: number; readonly cookie: number } | undefined
}

export default defineRule({
  id: 'fast-open',
  scope: 'connection',
  category: 'opening',
  severity: 'info',
  since: '0.2.0',
  summary: 'TCP Fast Open: a cookie was asked for, granted, or used to send data with the SYN.',
  references: ['RFC 7413', 'Linux tcp_try_fastopen', 'Linux tcp_rcv_fastopen_synack'],
  tunables: [{ name: 'net.ipv4.tcp_fastopen', default: '1 (client only; 3 for servers too)' }],
  messages: {
    asked: { granted: 'flag' },
    taken: { bytes: 'bytes' },
    ignored: { bytes: 'bytes', renewed: 'flag' },
  },
  notes: { syn: { bytes: 'bytes' }, synAck: { taken: 'bytes', cookie: 'flag' } },
  groupBy: 'server',
  merge: { taken: { bytes: 'sum' }, ignored: { bytes: 'sum' } },
  unreliableWhen: ['loss', 'one-sided', 'snaplen'],
  state: (): { opening: Memory | undefined } => ({ opening: undefined }),
  create: (context) => ({
    syn(event) {
      const { connection, segment, detail } = event
      const { options, payloadLength } = segment
      if (detail !== SYN_OPENS || (options.present & OPTION_FAST_OPEN) === 0) return
      context.stateOf(connection).opening = {
        syn: context.moment(event),
        seq: segment.seq,
        cookie: options.fastOpenCookieLength,
        bytes: payloadLength,
        isRepeated: false,
        answer: undefined,
      }
    },
    known: {
      syn(event, { opening: known }) {
        if (known !== undefined && event.detail === SYN_REPEATS) known.isRepeated = true
      },
      synAck(event, { opening: known }) {
        if (known === undefined || known.isRepeated) return
        const { ack, options } = event.segment
        known.answer ??= {
          moment: context.moment(event),
          taken: (ack - known.seq - 1) | 0,
          cookie: options.fastOpenCookieLength,
        }
      },
      closed(event, { opening: known }) {
        if (known?.answer === undefined) return
        const { syn, cookie, bytes, answer } = known
        const granted = answer.cookie > 0
        const evidence = [
          context.note('syn', event, { bytes }, syn),
          context.note('synAck', event, { taken: answer.taken, cookie: granted }, answer.moment),
        ]
        if (bytes > 0 && answer.taken > 0)
          context.report('taken', event, { data: { bytes: answer.taken }, evidence })
        else if (bytes > 0) {
          context.report('ignored', event, {
            data: { bytes, renewed: granted },
            evidence,
            severity: 'notice',
            blame: 'server',
          })
        } else if (cookie === 0) context.report('asked', event, { data: { granted }, evidence })
      },
    },
  }),
})
