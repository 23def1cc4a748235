import rule from '../../audit/rules/idle-timeout-middlebox.ts'
import { addressText } from '../endpoint-text.ts'
import { middleboxDefaults } from '../idle-defaults.ts'
import { countOf, countText, durationText, timesText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const likely = (from: number, to: number): string => {
  const candidates = middleboxDefaults(from, to)
  return candidates === '' ? '' : ` By default that is the time of ${candidates}.`
}

const keepAlive = (idle: number): string =>
  `have one end send something sooner than after ${durationText(idle)}: SO_KEEPALIVE with TCP_KEEPIDLE below that (\`net.ipv4.tcp_keepalive_time\` is 7,200 s), or the protocol’s own ping; or let a pool close connections that are idle for longer`

export default wordingOf(rule, {
  messages: {
    forgotten: {
      title: ({ client, longest, shortest, died }, { host }) =>
        `Something between ${addressText(client)} and ${host} forgets idle connections, behind ${durationText(longest)} to ${durationText(shortest)}: ${died} were dead`,
      detail({ longest, shortest, died, reset, survived, restarts }, { host }) {
        const answers =
          reset === 0
            ? 'nothing answered'
            : reset === died
              ? 'an RST answered'
              : `an RST answered ${countText(reset)} and nothing the others`
        return `${countOf(died, 'connection')} to ${host} had been silent for ${durationText(shortest)} or longer, and neither end had closed: ${answers} what was sent then. ${countText(survived)} shorter silences, of ${durationText(longest)} at most, did no harm. It would have taken ${countText(restarts)} restarts to explain that otherwise.${likely(longest, shortest)}`
      },
      advice: ({ longest }) => [
        keepAlive(longest),
        'find the timer: on a Linux router or node `sysctl net.netfilter.nf_conntrack_tcp_timeout_established` (432,000 s) and `conntrack -L -p tcp`; the idle timeout of the load balancer, the NAT gateway or the firewall',
      ],
    },
    expired: {
      title: ({ client, idle, alike }, { host }) =>
        `Something between ${addressText(client)} and ${host} resets connections behind ${durationText(idle)} of silence: ${alike}`,
      detail: ({ idle, width, alike }, { host }) =>
        `${countOf(alike, 'connection')} to ${host} ended by an RST behind ${durationText(idle)} of silence, alike to ${durationText(width)}. Nothing had drawn it, and its TTL is not that of the end that it names: a box on the way sent it.${likely(idle, idle)}`,
      advice: ({ idle }) => [
        keepAlive(idle),
        'find the timer: the idle timeout of the load balancer or firewall between both (AWS NLB, Azure load balancer with TCP reset, F5 BIG-IP)',
      ],
    },
  },
  notes: {
    death: ({ silence, tries }) =>
      tries === 0
        ? `RST, to what was sent behind ${durationText(silence)} of silence`
        : `sent again ${timesText(tries)} behind ${durationText(silence)} of silence, and never answered`,
    survived: ({ silence }) => `the longest silence that did no harm, ${durationText(silence)}, ends`,
    expiry: ({ silence }) => `RST that nothing drew, behind ${durationText(silence)} of silence`,
  },
})
