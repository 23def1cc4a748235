import rule from '../../audit/rules/time-wait-assassinated.ts'
import { countOf, durationText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

const BY = {
  answer:
    'TIME_WAIT answered a segment, and its peer, which had no socket any more, answered that with a reset.',
  abort:
    'The peer’s socket was still there and sent it: an application or a load balancer that will not wait for the goodbye.',
  stray: 'Nothing in the capture drew it: what did has escaped the capture, or somebody forged it.',
} as const

export default wordingOf(rule, {
  messages: {
    ended: {
      title: ({ holder, lasted }, { count, client, server }) =>
        count === 1
          ? `TIME_WAIT of ${holder === 'client' ? client : server} was ended by an RST after ${durationText(lasted)}`
          : `${countOf(count, 'TIME_WAIT')} of connections to ${server} were ended by an RST`,
      detail: ({ holder, left, by }, { count, profiles }) =>
        `${BY[by]} Of the ${settingSeconds(profiles[holder].timeWait)} in which late segments of the old connection are told from those of a new one (RFC 1337), ${count === 1 ? '' : 'up to '}${durationText(left)} were missing.`,
      advice: ({ by }) =>
        by === 'abort'
          ? [
              'whose reset is it: SO_LINGER 0 in an application, or a load balancer that closes this way on purpose?',
            ]
          : [
              'on the host that held TIME_WAIT: `sysctl net.ipv4.tcp_rfc1337` (default 0; with 1 it ignores resets there)',
            ],
    },
  },
  notes: {
    closing: () => 'FIN that brought TIME_WAIT',
    drew: () => 'its answer to a peer without a socket',
    reset: () => 'RST that ends it',
  },
})
