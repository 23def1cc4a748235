import rule from '../../audit/rules/last-ack-lost.ts'
import { countOf, durationText, timesText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    repeated: {
      title: ({ sender }, { count, client, server }) =>
        count === 1
          ? `Last ACK to ${sender === 'client' ? client : server} was lost: its FIN came again`
          : `The last ACK of ${countOf(count, 'connection')} with ${server} was lost`,
      detail({ sender, times, longer }, { count, client, server, profiles }) {
        const length = settingSeconds(profiles[sender === 'client' ? 'server' : 'client'].timeWait)
        if (count > 1)
          return `${countOf(times, 'FIN')} came again into TIME_WAIT, the latest ${durationText(longer)} after the first: each begins the ${length} of TIME_WAIT anew.`
        const [from, to] = sender === 'client' ? [client, server] : [server, client]
        return `${from} stays in LAST_ACK and repeated its FIN ${timesText(times)}; ${to} is in TIME_WAIT, answers, and begins its ${length} anew: they end ${durationText(longer)} later.`
      },
      advice: () => [
        'this is what TIME_WAIT is for, and nothing is to be mended at the ends; if it happens often, look for loss on the way: `nstat -az TcpRetransSegs` on both hosts',
      ],
    },
  },
  notes: {
    closing: () => 'FIN that brought TIME_WAIT',
    fin: ({ after }) => `FIN again, ${durationText(after)} later`,
  },
})
