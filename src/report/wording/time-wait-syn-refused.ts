import rule from '../../audit/rules/time-wait-syn-refused.ts'
import { countOf, countText, durationText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    refused: {
      title: ({ cost }, { count, client, server }) =>
        count === 1
          ? `SYN of ${client} met the TIME_WAIT of ${server} and was refused: ${durationText(cost)} lost`
          : `${countOf(count, 'SYN')} to ${server} met TIME_WAIT and were refused: ${durationText(cost)} lost in all`,
      detail({ by, behind, cost, outcome }, { count }) {
        const why =
          by === 'number'
            ? `Its number lies ${countText(behind)} below what the old connection had received, and no newer timestamp makes up for that`
            : `Its timestamp lies ${countText(behind)} ticks behind that of the old connection`
        const end =
          outcome === 'opened'
            ? `the reset that this drew ended TIME_WAIT, and the SYN sent again opened the connection${count === 1 ? ` ${durationText(cost)} after the first` : ''}`
            : 'no new connection is seen to follow'
        return `${why}: an ACK of the old connection was the answer, and ${end}.`
      },
      advice: ({ by }, { profiles }) => [
        by === 'number'
          ? 'are TCP timestamps on at both ends (`sysctl net.ipv4.tcp_timestamps`, default 1)? With them a SYN from a port in TIME_WAIT is taken whatever its number'
          : 'do several clients share this address (NAT)? Their timestamps do not follow each other',
        `why does the client take the same port again within ${settingSeconds(profiles.server.timeWait)}? Check \`sysctl net.ipv4.ip_local_port_range\` (default 32768 60999: 28,232 ports) and fixed source ports`,
      ],
    },
  },
  notes: {
    syn: () => 'SYN into TIME_WAIT',
    answer: () => 'ACK of the old connection',
    reset: () => 'RST to it, which ends TIME_WAIT',
    again: () => 'SYN again: now it opens',
  },
})
