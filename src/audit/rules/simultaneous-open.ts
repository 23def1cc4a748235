import { SYN_SIMULTANEOUS } from '../../tracker/syn-arrives.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

interface Memory {
  /** SYN of the other side. */
  second: Moment | undefined
  /** The first SYN-ACK, of either side. */
  synAck: Moment | undefined
}

export default defineRule({
  id: 'simultaneous-open',
  scope: 'connection',
  category: 'opening',
  severity: 'info',
  since: '0.2.0',
  summary: 'Both ends sent a SYN before they had received one.',
  references: ['RFC 9293 §3.5 figure 7', 'RFC 9293 §3.10.7.3', 'Linux tcp_rcv_synsent_state_process'],
  messages: { simultaneous: { apart: 'duration' } },
  notes: { syn: {}, synAck: {} },
  groupBy: 'path',
  merge: { simultaneous: { apart: 'max' } },
  unreliableWhen: ['duplicates', 'midstream'],
  state: (): Memory => ({ second: undefined, synAck: undefined }),
  create: (context) => ({
    syn(event) {
      if (event.detail === SYN_SIMULTANEOUS) context.stateOf(event.connection).second = context.moment(event)
    },
    known: {
      synAck(event, memory) {
        const { connection } = event
        if (memory.second === undefined) return
        const own = context.moment(event)
        memory.synAck ??= own
        // One who answers a SYN by a SYN of its own, in a handshake of four segments, sends no SYN-ACK.
        if (memory.synAck.side === own.side) return
        const { start, firstPacket, clientSide } = connection
        context.report('simultaneous', event, {
          data: { apart: memory.second.time - start },
          evidence: [
            context.note('syn', event, {}, { packet: firstPacket, time: start, side: clientSide }),
            context.note('syn', event, {}, memory.second),
            context.note('synAck', event, {}, memory.synAck),
            context.note('synAck', event, {}, own),
          ],
        })
      },
    },
  }),
})
