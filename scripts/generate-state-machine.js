import { markdownTable } from '../dist/report/rule-front.js'
import { STATE_EVENT_NAMES } from '../dist/tracker/state-events.js'
import { STATE_NAMES } from '../dist/tracker/tcp-state.js'
import { NO_TRANSITION, nextState, TRANSITIONS } from '../dist/tracker/transitions.js'

/** docs/state-machine.md: the transition list as a matrix, and each arrow with its source. */
export function renderStateMachine() {
  const head = ['on', ...STATE_NAMES]
  const rows = STATE_EVENT_NAMES.map((name, event) => [
    name,
    ...STATE_NAMES.map((_, state) => {
      const to = nextState(state, event)
      return to === NO_TRANSITION ? '·' : STATE_NAMES[to]
    }),
  ])
  const text = `# The state machine

Generated from \`src/tracker/transitions.ts\` by \`npm run generate\`: change the list there.

tcpaudit keeps one state per endpoint. A segment first moves its sender (SEND events, certain), then its receiver (RCV
events), if the receiver accepts it by Linux's rules (\`src/tracker/segment-arrives.ts\`) and if it arrives, which is
assumed until shown or disproved. States across, events down, \`·\` for an event that moves nothing.

${markdownTable([head, ...rows])}
## Where each arrow comes from

Sections are those of RFC 9293.

${markdownTable([
  ['from', 'on', 'to', 'source'],
  ...TRANSITIONS.map(([from, event, to, source]) => [
    STATE_NAMES[from],
    STATE_EVENT_NAMES[event],
    STATE_NAMES[to],
    source,
  ]),
])}
## What a state rests on

| basis | meaning |
| --- | --- |
| \`sent\` | the endpoint sent a segment that only this state, or the step into it, sends |
| \`acknowledged\` | it received something and has shown so: by its acknowledgment number, a SACK block, an echoed timestamp, or by answering from the new state |
| \`assumed\` | a segment that would move it passed the capture point, and nothing has shown yet whether it arrived |
| \`timer\` | time passed: TIME_WAIT is over, retries have ended, or a repeat that was due did not come |

An assumption is taken back when its sender repeats the segment without having been answered, or when the endpoint sends
something that only the old state could send. What was taken back is listed under \`retracted\`, with the packet that
disproved it; \`transitions\` is what is believed in the end. After a repeat, further copies of the same segment are
believed only once they are answered, or once the next repeat is overdue.
`
  return { 'docs/state-machine.md': text }
}
