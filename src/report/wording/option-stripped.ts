import rule from '../../audit/rules/option-stripped.ts'
import type { OptionName } from '../../audit/stripped-options.ts'
import { addressText } from '../endpoint-text.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

const NAMES: Readonly<Record<OptionName, string>> = {
  mss: 'the MSS',
  timestamps: 'timestamps',
  windowScale: 'the window scale',
  sack: 'SACK',
}

/** `timestamps, the window scale and SACK`. */
function listed(options: readonly OptionName[]): string {
  const names = options.map((option) => NAMES[option])
  const last = names.pop() ?? 'an option'
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`
}

const COSTS: Readonly<Record<OptionName, string>> = {
  mss: 'a smaller MSS means more packets',
  timestamps: 'without timestamps losses are told later and old segments are not known as such',
  windowScale: 'without window scale no more than 65,535 bytes are under way, a limit of speed on long paths',
  sack: 'without SACK each further loss in a window costs a round trip',
}

function cost(options: readonly OptionName[]): string {
  const text = options.map((option) => COSTS[option]).join('; ')
  return text === '' ? '' : ` What it costs: ${text}.`
}

function segments(syns: number, synAcks: number): string {
  const parts = [
    ...(syns === 0 ? [] : [countOf(syns, 'SYN')]),
    ...(synAcks === 0 ? [] : [countOf(synAcks, 'SYN-ACK')]),
  ]
  return parts.join(' and ')
}

const ADVICE = [
  'which box is it: capture on both sides of each firewall, load balancer, accelerator or VPN on the way, and compare the SYNs',
  'on a Linux router: `nft list ruleset | grep -E "tcp option|maxseg"`, `iptables-save | grep -E "TCPOPTSTRIP|TCPMSS"`; elsewhere look for “TCP normalization”, “scrub”, “MSS clamping”',
]

export default wordingOf(rule, {
  messages: {
    padded: {
      title: ({ options }, { host }) =>
        `Something on the way overwrites TCP options of connections to ${host}: ${listed(options)}`,
      detail: ({ options, syns, synAcks }) =>
        `${segments(syns, synAcks)} ${syns + synAcks === 1 ? 'has' : 'have'} at least four NOPs in a row, where stacks use three at most: that is what boxes write over an option that they remove.${cost(options)}`,
      advice: () => ADVICE,
    },
    changed: {
      title: ({ options, mssBefore, mssAfter }, { host }) =>
        options.length === 1 && mssBefore > 0
          ? `The MSS of connections to ${host} is lowered on the way, from ${countText(mssBefore)} to ${countText(mssAfter)}`
          : `TCP options of connections to ${host} are changed where it was captured: ${listed(options)}`,
      detail: ({ options, syns, synAcks, mssBefore, mssAfter }) =>
        `${segments(syns, synAcks)} passed twice within 20 ms, and the second copy ${options.length === 1 && mssBefore > 0 ? 'offers less' : `lacks ${listed(options)}${options.includes('windowScale') ? ' or has another value there' : ''}`}${mssBefore === 0 ? '' : ` (MSS ${countText(mssBefore)} before, ${countText(mssAfter)} behind)`}. The capture sees both sides of the box that does it.${cost(options)}`,
      advice: () => ADVICE,
    },
    refused: {
      title: ({ client, options }, { host }) =>
        `${host} takes up ${listed(options)} for others, never for ${addressText(client)}`,
      detail: ({ client, options, refused, taken }) =>
        `${addressText(client)} offered ${listed(options)} on ${countOf(refused, 'connection')}, and every answer left it out; ${countText(taken)} answers to others in that time took it up. A server takes up what it is offered, so either a box between them removes it, or there are several servers behind the address, set up differently.${cost(options)}`,
      advice: (_, { host }) => [
        ...ADVICE,
        `are there several servers behind ${host}? \`sysctl net.ipv4.tcp_window_scaling net.ipv4.tcp_sack net.ipv4.tcp_timestamps\` (1 each by default) on each of them`,
      ],
    },
  },
  notes: {
    padded: () => 'NOPs where an option was',
    changed: () => 'the second copy has other options',
    refused: () => 'offered, and not taken up',
  },
})
