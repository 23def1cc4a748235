import rule from '../../audit/rules/fin-unanswered.ts'
import type { HostProfile } from '../../tracker/host-profile.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { effectiveOrphanRetries, givenUpAfter } from '../retry-text.ts'
import { secondsList } from '../seconds-list.ts'
import { wordingOf } from '../wording.ts'

const PLACES = {
  first: 'the first segment of the goodbye',
  second: 'the third segment of the goodbye',
  crossed: 'one of two FINs that crossed',
  apart: 'one of two FINs, far apart, of which neither acknowledges the other',
} as const

const LOST = {
  fin: 'Its acknowledgment echoes the timestamp of a repeat and reports no duplicate: the FIN was lost.',
  ack: 'An earlier copy had arrived: what was lost is its acknowledgment.',
  either: 'Whether the FIN was lost or its acknowledgment cannot be told from here.',
} as const

const ENDED = {
  'gave-up': 'then its sender gave up',
  reset: 'and in the end the connection was reset',
  trying: 'and the capture ends before its sender gives up',
} as const

function retriesText({ orphanRetries, given }: HostProfile): string {
  const retries = effectiveOrphanRetries(orphanRetries)
  const setting = given.has('orphanRetries') ? `${orphanRetries} there` : '0, the default,'
  const meaning = orphanRetries === 0 ? `${setting} acts as 8` : setting
  return `a closed socket repeats its FIN \`net.ipv4.tcp_orphan_retries\` times (${meaning}: from a timeout of 0.2 s that is 0.2 × (2^${retries + 1} - 1) = ${Math.round(givenUpAfter(retries))} s), a half-closed one \`net.ipv4.tcp_retries2\` times`
}

export default wordingOf(rule, {
  messages: {
    late: {
      title: ({ sender, copies }, { count, client, server }) =>
        count === 1
          ? `FIN of ${sender === 'client' ? client : server} sent ${timesText(copies)} before it was acknowledged`
          : `${countOf(count, 'connection')} to ${server} had to repeat a FIN`,
      detail({ place, copies, waited, times, lost }, { count }) {
        if (count > 1)
          return `${countOf(copies, 'FIN')} in all; the longest goodbye waited ${durationText(waited)} for its acknowledgment.`
        return `It is ${PLACES[place]}, sent at ${secondsList(times)} and acknowledged ${durationText(waited)} after the first copy. ${LOST[lost]}`
      },
      advice: () => [
        'loss on the way, no fault of the applications: compare captures of both hosts, and `nstat -az TcpRetransSegs` there',
      ],
    },
    never: {
      title: ({ sender }, { count, client, server }) =>
        count === 1
          ? `FIN of ${sender === 'client' ? client : server} was never acknowledged`
          : `FINs of ${countOf(count, 'connection')} to ${server} were never acknowledged`,
      detail({ place, copies, waited, times, ended }, { count }) {
        if (count > 1)
          return `${countOf(copies, 'FIN')} in all, the longest series over ${durationText(waited)}.`
        return `It is ${PLACES[place]}, sent ${timesText(copies)} over ${durationText(waited)}, at ${secondsList(times)}, ${ENDED[ended]}.`
      },
      advice: ({ sender }, { client, server, profiles }) => [
        `is ${sender === 'client' ? server : client} up, and is the way there still open? A host without the connection would answer with RST`,
        `on the sender: \`ss -tano state fin-wait-1 state last-ack state closing\` shows what waits; ${retriesText(profiles[sender])}`,
      ],
    },
  },
  notes: {
    fin: ({ copy, after }) =>
      copy === 1 ? 'FIN' : `FIN again, copy ${copy}, ${durationText(after)} after the first`,
    answer: () => 'its acknowledgment',
  },
})
