import rule from '../../audit/rules/keepalive-active.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const LINUX_IDLE = 7200e9
/** Silences that differ by less are one. */
const ALIKE = 1.1

const silenceText = (idle: number, most: number): string =>
  most < ALIKE * idle ? durationText(idle) : `${durationText(idle)} to ${durationText(most)}`

export default wordingOf(rule, {
  messages: {
    active: {
      title: ({ idle, most }, { host, count }) =>
        `${host} sends keep-alive probes after ${silenceText(idle, most)} of silence${count === 1 ? '' : `, on ${countOf(count, 'connection')}`}`,
      detail({ probes, answers, idle }) {
        const shares = idle / LINUX_IDLE
        const compared =
          shares < 0.95
            ? 'sooner than Linux’s default of 2 h (net.ipv4.tcp_keepalive_time): the application or the system sets it'
            : 'Linux’s default of 2 h (net.ipv4.tcp_keepalive_time)'
        return `${countOf(probes, 'probe')}, ${answers === probes ? 'all' : answers} answered: the connection is idle and both ends live. The silence is ${compared}.`
      },
      advice: () => [
        'firewalls and balancers on the way should keep idle connections for longer than that silence',
      ],
    },
  },
  notes: {
    probe: () => 'keep-alive probe',
    answer: () => 'its answer',
  },
})
