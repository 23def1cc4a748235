import { markdownTable } from '../dist/report/rule-front.js'
import { HOST_EVENTS } from '../dist/tracker/host-events.js'
import { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../dist/tracker/segment-class.js'
import { RESET_EFFECT_NAMES, TRACKER_EVENTS } from '../dist/tracker/tracker-events.js'

/** docs/tracker-events.md: what the tracker tells, per connection and per host. */
export function renderTrackerEvents() {
  const text = `# Tracker events

Generated from \`src/tracker/tracker-events.ts\` and \`src/tracker/host-events.ts\` by \`npm run generate\`: change the lists
there.

The tracker judges nothing; it tells what happens to connections. Whoever wants to know subscribes before the first
segment: \`tracker.events.subscribe('state', (event) => ...)\`. An event that nobody subscribes to is not built. There is
one event object, used again and again: what a handler wants to keep, it copies.

Every event has \`time\` (nanoseconds since the first packet, never running backwards), \`packet\` (frame number, 0 where a
timer ran out or the input ended) and \`connection\`. \`endpoint\` is whom the event is about, \`peer\` the other end.

${markdownTable([
  ['event', 'when', 'endpoint', 'fields of its own'],
  ...TRACKER_EVENTS.map(({ name, when, endpoint, detail }) => [`\`${name}\``, when, endpoint, detail]),
])}
- CLASS_*, what a segment is taken for: ${inOrder(SEGMENT_CLASS_NAMES)}.
- CAUSE_*, what drew a challenge ACK: ${inOrder(CAUSE_NAMES)}.
- RESET_*, what became of an RST: ${inOrder(RESET_EFFECT_NAMES)}.

Names and numbers of states and bases are in [state-machine.md](state-machine.md).

## Host events

What concerns more than one connection (floods, scans, the number of TIME_WAITs, who closes first) is judged over a few
events per connection. They are plain data, \`{ type, time, packet, connection, ... }\`, so they can be sent to another
thread or written to a file: connections can be divided among trackers by their four-tuple, and \`mergeHostEvents\` makes
of the parts' lists the list that one tracker with all connections would have told.

${markdownTable([
  ['type', 'when', 'fields of its own'],
  ...HOST_EVENTS.map(({ type, when, fields }) => [`\`${type}\``, when, fields]),
])}
The order is by \`time\`; at one time timers (packet 0) come first, then packets, then \`closed\` without a packet. An end is \`{ ipVersion, address, port }\`
with the address in words, as everywhere before the report. \`connection\` is the connection's id. Two things make parts
differ from the whole, and neither is mended yet: a capture whose time runs backwards (each tracker's clock stands at the
latest packet of its own share), and Wireshark's stream numbers, which are therefore left out.
`
  return { 'docs/tracker-events.md': text }
}

function inOrder(names) {
  return names.map((name, number) => `${number} ${name}`).join(', ')
}
