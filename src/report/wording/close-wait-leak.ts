import rule from '../../audit/rules/close-wait-leak.ts'
import { countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    leaked: {
      title: ({ held }, { count, host }) =>
        count === 1
          ? `${host} stays in CLOSE_WAIT, for ${durationText(held)} so far`
          : `${countOf(count, 'connection')} leaked in CLOSE_WAIT at ${host}, oldest ${durationText(held)}`,
      detail: ({ held }, { host }) =>
        `The peer has closed, ${host} has acknowledged that and has sent nothing for ${durationText(held)}: its application has not called close() on the socket. No timer of the kernel ends this.`,
      advice: (_data, { holder }) => [
        holder === ''
          ? 'on that host: `ss -tanp state close-wait` names the process; look there for a connection that is dropped without being closed, or a thread that is stuck'
          : `look in ${holder} for a connection that is dropped without being closed, or a thread that is stuck`,
      ],
    },
  },
  notes: { fin: () => 'FIN that is not answered by a FIN' },
})
