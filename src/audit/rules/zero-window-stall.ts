import { CLASS_ZERO_WINDOW_PROBE, CLASS_ZERO_WINDOW_PROBE_ACK } from '../../tracker/segment-class.ts'
import { isOver } from '../../tracker/syn-arrives.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { ConnectionEvent } from '../rule-handlers.ts'
import { seconds } from '../rule-options.ts'

/** What an answer to a probe takes beside the way, ns. */
const ANSWER_TIME = 40e6

/** What one end did with its window. */
interface Window {
  /** When it closed, while it is. */
  closed: Moment | undefined
  stalls: number
  total: number
  longest: number
  longestFrom: Moment | undefined
  longestTo: Moment | undefined
  /** When it was last probed, if it has not answered yet. */
  probed: number | undefined
  /** An answer to a probe told of the end of the longest: the update that should have may be lost. */
  byProbe: boolean
}

type Memory = readonly [Window, Window]

function openWindow(): Window {
  return {
    closed: undefined,
    stalls: 0,
    total: 0,
    longest: 0,
    longestFrom: undefined,
    longestTo: undefined,
    probed: undefined,
    byProbe: false,
  }
}

export default defineRule({
  id: 'zero-window-stall',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'An endpoint offers a window of 0: its application does not read.',
  references: ['RFC 9293 §3.8.6.1', 'RFC 1122 §4.2.2.17', 'Linux tcp_select_window', 'Linux tcp_probe_timer'],
  tunables: [
    { name: 'net.ipv4.tcp_rmem', default: '4096 131072 6291456' },
    { name: 'net.ipv4.tcp_retries2', default: '15' },
  ],
  options: { patience: seconds(1, 'how long a window must stay at 0') },
  messages: {
    stalled: { stalls: 'count', total: 'duration', longest: 'duration', open: 'flag', byProbe: 'flag' },
  },
  notes: { closes: {}, opens: {} },
  groupBy: 'end',
  merge: { stalled: { stalls: 'sum', total: 'sum', longest: 'max' } },
  unreliableWhen: ['loss', 'one-sided'],
  state: (): Memory => [openWindow(), openWindow()],
  create: (context) => {
    function ends(window: Window, time: number, opening: Moment | undefined, byProbe: boolean): void {
      const { closed } = window
      if (closed === undefined) return
      const length = time - closed.time
      window.stalls++
      window.total += length
      if (length > window.longest) {
        window.longest = length
        window.longestFrom = closed
        window.longestTo = opening
        window.byProbe = byProbe
      }
      window.closed = undefined
    }

    function windowOf({ connection, endpoint }: ConnectionEvent): Window {
      return context.stateOf(connection)[(endpoint.index & 1) as 0 | 1]
    }

    return {
      zeroWindow(event) {
        const window = windowOf(event)
        window.closed = context.moment(event)
        window.probed = undefined
      },
      windowOpened(event) {
        const window = windowOf(event)
        const { probed } = window
        // Whoever reads meanwhile says so at any time.
        const byProbe = probed !== undefined && event.time - probed <= ANSWER_TIME + 2 * event.peer.rttMin
        ends(window, event.time, context.moment(event), byProbe)
      },
      known: {
        probe({ endpoint, detail, time }, windows) {
          const side = (endpoint.index & 1) as 0 | 1
          if (detail === CLASS_ZERO_WINDOW_PROBE) windows[side === 0 ? 1 : 0].probed = time
          if (detail === CLASS_ZERO_WINDOW_PROBE_ACK) windows[side].probed = undefined
        },
        closed(event, sides) {
          for (const [side, window] of sides.entries()) {
            const owner = endOfSide(event, side)
            const open = window.closed !== undefined && !isOver(owner.state)
            ends(window, open ? event.time : event.connection.end, undefined, false)
            const { stalls, total, longest, longestFrom, longestTo, byProbe } = window
            if (longest < context.options.patience) continue
            context.report('stalled', event, {
              data: { stalls, total, longest, open, byProbe },
              evidence: [
                context.note('closes', event, {}, longestFrom),
                ...(longestTo === undefined ? [] : [context.note('opens', event, {}, longestTo)]),
              ],
              blame: roleOfSide(event, side),
              endpoint: owner,
              confidence: byProbe ? 'likely' : 'certain',
            })
          }
        },
      },
    }
  },
})
