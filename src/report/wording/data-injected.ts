import rule from '../../audit/rules/data-injected.ts'
import { endText } from '../finding-text.ts'
import { bytesText, countOf, countText, durationText, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const SENDFILE =
  'does the sender give away files (sendfile) that are written to meanwhile? Its kernel repeats what is in the file by then'

const ADVICE = [
  'compare with a capture at the host whose address they bear: what it did not send is missing there',
  'who is on the way, and might answer in its name: a filter, a proxy, a captive portal, a provider’s notices? TLS makes such data fail instead of work',
]

export default wordingOf(rule, {
  messages: {
    contradicted: {
      title: ({ which, sender }, { connection }) => {
        const host = endText(sender)
        if (which === 'first') return `Data in the name of ${host} came before its own on ${connection}`
        if (which === 'second') return `Data in the name of ${host} came behind its own on ${connection}`
        return `Two contents for the same bytes of ${host} on ${connection}`
      },
      detail: ({ which, number, firstBytes, secondBytes, firstTtl, secondTtl, after, conflicts }) => {
        const segments = `From number ${countText(number >>> 0)} on, a segment of ${bytesText(firstBytes)} and, ${durationText(after)} later, one of ${bytesText(secondBytes)} bring different bytes`
        const times = conflicts === 1 ? '' : `; so it is ${timesText(conflicts)} on this connection`
        const ttls =
          firstTtl === secondTtl
            ? `Both arrive with TTL ${firstTtl}, so nothing here tells whose they are.`
            : `The first arrives with TTL ${firstTtl}, the second with ${secondTtl}${which === 'unknown' ? ', and their sender sends nothing more that would tell which of them is its own' : `, which is ${which === 'first' ? '' : 'not '}what its sender’s later segments have`}.`
        return `${segments}${times}. A sender that repeats itself repeats the bytes. ${ttls} A receiver keeps what comes first${which === 'first' ? ': it has taken the foreign data' : which === 'second' ? ': the foreign data came too late' : ''}.`
      },
      advice: ({ which }) => [...(which === 'unknown' ? [SENDFILE] : []), ...ADVICE],
    },
    refused: {
      title: ({ sender }, { connection }) =>
        `Somebody tries to put data into ${connection} in the name of ${endText(sender)}`,
      detail: ({ number, bytes, ttl, usualTtl, continued }) =>
        `A segment of ${bytesText(bytes)} from number ${countText(number >>> 0)} on arrives with TTL ${ttl}, its sender’s others with ${usualTtl}. Its number lies beyond the window, or it acknowledges what was never sent: its receiver refuses it and answers with an ACK. Its supposed sender knows nothing of it and sends ${countOf(continued, 'more segment')}.`,
      advice: () => ADVICE,
    },
  },
  notes: {
    first: () => 'the bytes that came first',
    second: () => 'other bytes from the same number',
    stray: () => 'data that its receiver cannot take',
  },
})
