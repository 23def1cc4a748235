import rule from '../../audit/rules/port-exhaustion.ts'
import { endText } from '../finding-text.ts'
import { countOf, countText, durationText, percentText } from '../number-text.ts'
import { settingSeconds } from '../retry-text.ts'
import { wordingOf } from '../wording.ts'

export default wordingOf(rule, {
  messages: {
    filling: {
      title: ({ server, used, ports, share, isFull }, { host }) =>
        isFull
          ? `${host} has all ${countText(ports)} local ports in use towards ${endText(server)}`
          : `${host} uses ${percentText(share)} of its local ports towards ${endText(server)}: ${countText(used)} of ${countText(ports)}`,
      detail(
        { open, waiting, perSecond, fullIn, isFull, firstPort, lastPort, isObserved, ports },
        { profiles },
      ) {
        const { timeWait } = profiles.host
        const range = isObserved
          ? `The range is taken from the ports seen, ${firstPort} to ${lastPort}, which spread no further`
          : `The range is ${firstPort} to ${lastPort}`
        const use = `${countOf(open, 'port')} in open connections, ${countText(waiting)} in TIME_WAIT`
        const forecast = forecastText(isFull, fullIn, perSecond)
        const most = Math.floor(ports / (timeWait / 1e9))
        return `${use}. ${range}: ${countText(ports)} ports bear ${countOf(most, 'close')} a second, each for ${settingSeconds(timeWait)}. ${forecast}`
      },
      advice: (_, { host }) => [
        `on ${host}: \`ss -tan | awk '{print $1}' | sort | uniq -c\` counts the states, \`sysctl net.ipv4.ip_local_port_range\` shows the range (\`portRange\` of its profile in tcpaudit.config.yaml)`,
        'keep connections open and use them again (keep-alive, a pool); or let the other end close first; else `net.ipv4.tcp_tw_reuse = 1` and a wider `net.ipv4.ip_local_port_range`',
      ],
    },
  },
  notes: {},
})

function forecastText(isFull: boolean, fullIn: number | null, perSecond: number): string {
  const next = 'connect() then fails with EADDRNOTAVAIL, which sends no packet and shows in no capture.'
  if (isFull) return `The next ${next}`
  if (fullIn === null) return 'At this rate it does not come to the last one.'
  return `At ${countText(perSecond)} more a second the last one is taken ${durationText(fullIn)} later: ${next}`
}
