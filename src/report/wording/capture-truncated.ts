import rule from '../../audit/rules/capture-truncated.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    headers: {
      title: ({ packets }) => `The headers of ${countOf(packets, 'packet')} are cut off`,
      detail: ({ packets, length }) =>
        `At most ${countOf(length, 'byte')} of each packet were captured: what TCP says behind that (options, flags) is missing in ${countOf(packets, 'packet')}. Payloads may be cut at will, headers not.`,
      advice: () => [
        'capture 128 bytes of each packet or more (`tcpdump -s 128`; by default it takes all of them)',
      ],
    },
    stopped: {
      title: ({ packet, file, files }) =>
        `${files === 1 ? 'The capture file' : `Capture file ${file} of ${files}`} breaks off behind packet ${countText(packet)}`,
      detail: ({ offset, reason }) =>
        `It cannot be read beyond byte ${countText(offset)} (${reason}). What follows is unknown: connections end there for the report.`,
      advice: () => [
        'was the capture still running, or the disk full, or the copy cut short? Stop tcpdump with SIGINT and copy the file again; `tcpdump -U` writes every packet at once',
      ],
    },
  },
  notes: { cut: () => 'its headers are cut off' },
})
