import rule from '../../audit/rules/fin-wait-2-stuck.ts'
import type { HostProfile } from '../../tracker/host-profile.ts'
import { countOf, durationText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

const ENDED = {
  timer: 'A socket whose application has called close() is dropped by its kernel then',
  late: 'In the end it came, or a reset did',
  waiting: 'The socket waits on, so its application has called shutdown() only, or the capture ends before',
} as const

function finTimeoutText({ finTimeout, given }: HostProfile): string {
  return given.has('finTimeout') ? `${settingSeconds(finTimeout)} there` : '60 s by default'
}

export default wordingOf(rule, {
  messages: {
    stuck: {
      title: ({ waiting, held }, { count, client, server, host }) =>
        count === 1
          ? `${waiting === 'client' ? client : server} waited ${durationText(held)} in FIN_WAIT_2`
          : `${countOf(count, 'connection')} waited in FIN_WAIT_2 for ${host}, up to ${durationText(held)}`,
      detail: ({ waiting, held, ended }, { host, profiles }) =>
        `Its FIN was acknowledged, and for ${durationText(held)} ${host} sent neither data nor a FIN of its own. ${ENDED[ended]} (\`net.ipv4.tcp_fin_timeout\`, ${finTimeoutText(profiles[waiting])}).`,
      advice: (_, { host }) => [
        `on the host of ${host}: \`ss -tanp state close-wait\` shows whether its application holds the connection; if there is none, the host is gone or has restarted`,
        'lowering `net.ipv4.tcp_fin_timeout` only hides it: the other end still holds its socket',
      ],
    },
  },
  notes: {
    fin: () => 'FIN',
    acknowledged: () => 'acknowledges the FIN: the last that is heard',
  },
})
