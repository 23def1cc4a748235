import type { MessageWording } from '../../audit/rule-words.ts'
import rule from '../../audit/rules/abortive-close.ts'
import { bytesText, countOf, durationText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

interface Data {
  readonly reason: 'unread-data' | 'abort'
  readonly open: boolean
  readonly after: number
  readonly unacknowledged: number
}

const REASONS = {
  'unread-data': 'the socket was closed, or its process ended, with received data that nobody had read',
  abort: 'SO_LINGER with a timeout of 0, or an orphan that its kernel would not keep',
} as const

function reasonText({ reason, open }: Data): string {
  if (!open) return `Nothing unread was left there, so the reason is ${REASONS.abort}.`
  return reason === 'abort'
    ? `Two reasons look the same from outside: ${REASONS.abort}; and ${REASONS['unread-data']}.`
    : `It had sent nothing, so most likely ${REASONS['unread-data']}; or else ${REASONS.abort}.`
}

function lossText({ unacknowledged }: Data, count: number): string {
  if (unacknowledged <= 0) return ''
  return ` ${bytesText(unacknowledged)} that it had sent ${count === 1 ? 'were' : 'on them were'} not acknowledged: they may never have been read.`
}

function words(client: boolean): MessageWording<Data> {
  return {
    title: (_, { count, connection, server }) => {
      const who = client ? 'client' : 'server'
      return count === 1
        ? `The ${who} closed ${connection} by RST instead of FIN`
        : `${countOf(count, 'connection')} to ${server} closed by the ${who} with RST instead of FIN`
    },
    detail: (data, { count }) =>
      `${count === 1 ? `The reset came ${durationText(data.after)} after the SYN. ` : ''}${reasonText(data)}${lossText(data, count)}`,
    advice: ({ reason, open }, { server }) => [
      client
        ? 'browsers and load balancers do this on purpose to be rid of TIME_WAIT; the server’s application sees ECONNRESET'
        : `on the server: \`strace -f -e trace=setsockopt,close,shutdown -p PID\` on the process of ${server} shows SO_LINGER, and what it leaves unread`,
      reason === 'abort' && !open
        ? 'close() without SO_LINGER sends a FIN'
        : 'close() sends a FIN only if SO_LINGER is not set and nothing is left unread: read until the peer closes, or shutdown(SHUT_WR) and read the rest',
    ],
  }
}

export default wordingOf(rule, {
  messages: { byClient: words(true), byServer: words(false) },
  notes: { reset: () => 'RST where a FIN would stand' },
})
