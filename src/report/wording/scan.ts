import type { MessageWording } from '../../audit/rule-words.ts'
import rule from '../../audit/rules/scan.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

interface Scan {
  readonly targets: number
  readonly ports: number
  readonly hosts: number
  readonly refused: number
  readonly unanswered: number
  readonly open: number
  readonly connected: number
  readonly lasted: number
}

function what({ ports, hosts }: Scan): string {
  if (hosts === 1) return `${countOf(ports, 'port')} of one host`
  return ports === 1
    ? `one port of ${countOf(hosts, 'host')}`
    : `${countOf(ports, 'port')} on ${countOf(hosts, 'host')}`
}

/** `silence`: what a target that does not answer is. */
function wording(name: string, closed: string, silence: string): MessageWording<Scan> {
  return {
    title: (scan, { host }) => `${name} by ${host}: ${what(scan)} within ${durationText(scan.lasted)}`,
    detail({ targets, refused, unanswered, open, connected }, { count }) {
      const answers = [
        ...(refused > 0 ? [`${countText(refused)} answered with RST (${closed})`] : []),
        ...(open > 0 ? [`${countText(open)} answered with SYN-ACK and left there (open)`] : []),
        ...(connected > 0 ? [`${countOf(connected, 'connection')} of the same host opened`] : []),
        ...(unanswered > 0 ? [`${countText(unanswered)} not answered (${silence})`] : []),
      ]
      return `${countOf(count, 'probe')} of ${countOf(targets, 'target')}: ${answers.join(', ')}.`
    },
    advice: (_, { host }) => [
      `who is ${host}? If it is no scanner of your own, look at what it found open (\`tcpaudit file ... --json\`, connections of this host that are not refused) and block it`,
    ],
  }
}

export default wordingOf(rule, {
  messages: {
    syn: wording('SYN scan', 'closed', 'filtered, or nobody there'),
    fin: wording('FIN scan', 'closed', 'open, or filtered'),
    null: wording('Null scan', 'closed', 'open, or filtered'),
    xmas: wording('Xmas scan', 'closed', 'open, or filtered'),
    ack: wording('ACK scan', 'not filtered', 'filtered'),
  },
  notes: { probe: () => 'probe' },
})
