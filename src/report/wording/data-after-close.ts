import type { MessageWording } from '../../audit/rule-words.ts'
import rule from '../../audit/rules/data-after-close.ts'
import { bytesText, countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

interface Data {
  readonly after: number
  readonly unread: number
  readonly knew: boolean
}

function words(closer: 'client' | 'server'): MessageWording<Data> {
  const writer = closer === 'client' ? 'server' : 'client'
  return {
    title: (_, { count, connection, server }) =>
      count === 1
        ? `Data to the ${closer} of ${connection} came after it had closed`
        : `Data to the ${closer} of ${countOf(count, 'connection')} to ${server} came after it had closed`,
    detail({ after, unread, knew }, { count }) {
      const unreadText = `${bytesText(unread)} that the ${writer} sent were not read`
      if (count > 1) {
        return `Each ${closer} closed, and answered data with a reset, up to ${durationText(after)} later: ${unreadText}.`
      }
      return knew
        ? `The ${closer} closed, and ${durationText(after)} later answered data with a reset: ${unreadText}. The ${writer}’s kernel had acknowledged the FIN, so its application could have known.`
        : `The ${closer} closed while data was on its way there, and answered it with a reset: ${unreadText}.`
    },
    advice: ({ knew }) => [
      knew
        ? `the ${writer}’s application learns of the close by a read that returns 0: does it read, or poll for it, before it writes? The write fails with ECONNRESET or EPIPE`
        : `who closes too early? A ${closer} that ends the process, a timeout that is shorter than the other side’s, or a download that was broken off`,
      `if the ${closer} means to read on, it has to call shutdown(SHUT_WR), not close()`,
    ],
  }
}

export default wordingOf(rule, {
  messages: { clientClosed: words('client'), serverClosed: words('server') },
  notes: {
    fin: () => 'FIN: it has closed',
    data: () => 'what came for it all the same',
    reset: () => 'RST in answer',
  },
})
