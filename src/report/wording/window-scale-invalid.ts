import rule from '../../audit/rules/window-scale-invalid.ts'
import { bytesText, countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    tooLarge: {
      title: ({ offered }, { count, host }) =>
        `${host} offers a window scale of ${offered}${count === 1 ? '' : ` on ${countOf(count, 'connection')}`}: the largest is 14`,
      detail: ({ offered }) =>
        `A shift of ${offered} would make windows of up to ${bytesText(65_535 * 2 ** offered)}, more than sequence numbers can tell apart. Receivers take it as 14: windows of up to ${bytesText(65_535 * 2 ** 14)} (65,535 << 14). If the sender means what it says, the two ends differ by a factor of ${countText(2 ** (offered - 14))}.`,
      advice: (_, { host }) => [
        `what is ${host}? No known stack offers more than 14: a packet generator, a fuzzer, or a middlebox that writes options`,
        'Linux takes its scale from the largest receive buffer: net.ipv4.tcp_rmem (third value, default 6291456: 6,291,456 / 65,535 = 96 times, a scale of 7); net.ipv4.tcp_window_scaling (default 1) turns it off',
      ],
    },
    oneSided: {
      title: ({ scale }, { host }) =>
        `${host}'s window is used scaled by ${scale}, though its peer has offered no scaling`,
      detail: ({ scale, segments, most }, { host }) =>
        `Only ${host} offered a window scale, so its windows count in bytes as they stand; but ${countOf(segments, 'segment')} lie up to ${bytesText(most)} beyond them, within the window multiplied by ${countText(2 ** scale)}. The sender believes in a scale that the receiver does not apply: between them something has removed an offer, or changed it.`,
      advice: (_, { client, server }) => [
        `compare the SYN and SYN-ACK in captures at ${client} and at ${server}: which option is missing, and behind which hop?`,
        'the receiver drops what lies beyond its window, and it has to be sent again. Until the middlebox is mended, net.ipv4.tcp_window_scaling = 0 (default 1) makes both ends agree, at 65,535 bytes per round trip',
      ],
    },
  },
  notes: {
    offer: ({ offered }) => `offers a window scale of ${offered}`,
    beyond: () => 'data beyond the window as it stands, within the scaled one',
  },
})
