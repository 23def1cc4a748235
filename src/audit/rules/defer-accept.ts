import { deferredRepeat } from '../deferred-accept.ts'
import { serverOpened } from '../handshake-end.ts'
import { defineRule } from '../rule.ts'

/** Stacks that wait 3 s for their first repeat, as RFC 1122 had it, look like a deferral of that length, ns. */
const OLD_FIRST_REPEAT = 5e9

export default defineRule({
  id: 'defer-accept',
  scope: 'connection',
  category: 'opening',
  severity: 'info',
  since: '0.2.0',
  summary:
    'The server ignored the bare third segment and left out the first repeats of its SYN-ACK: it waits for data.',
  references: ['Linux tcp(7), TCP_DEFER_ACCEPT', 'Linux tcp_check_req', 'Linux reqsk_timer_handler'],
  tunables: [{ name: 'TCP_DEFER_ACCEPT (socket option)', default: 'off' }],
  messages: { deferred: { after: 'duration', opened: 'flag' } },
  notes: { synAck: {}, ack: {}, again: { after: 'duration' }, opened: {} },
  groupBy: 'server',
  merge: { deferred: { after: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'one-sided', 'midstream'],
  create: (context) => ({
    judgeOpening(event, trace) {
      const repeat = deferredRepeat(trace)
      const [first] = trace.synAcks
      const [ack] = trace.acks
      if (repeat === undefined || first === undefined || ack === undefined) return
      const { client, server } = event.finished
      // Where more was lost, the repeats that were due before may have been lost too.
      if (client.retransmissions + server.retransmissions >= trace.synAcks.length) return
      const opened = serverOpened(event)
      const after = repeat.time - first.time
      context.report('deferred', event, {
        data: { after, opened: opened !== undefined },
        evidence: [
          context.note('synAck', event, {}, first),
          context.note('ack', event, {}, ack),
          context.note('again', event, { after }, repeat),
          ...(opened === undefined ? [] : [context.note('opened', event, {}, opened)]),
        ],
        // One repeat of the SYN-ACK may as well have been lost on the way, as the ACK was.
        confidence: after > OLD_FIRST_REPEAT ? 'certain' : 'possible',
        blame: 'server',
      })
    },
  }),
})
