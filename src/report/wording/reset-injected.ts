import type { ForgerySign } from '../../audit/reset-verdict.ts'
import rule from '../../audit/rules/reset-injected.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

interface Signs {
  readonly signs: readonly ForgerySign[]
  readonly ttl: number
  readonly usualTtl: number
  readonly continued: number
}

function signText(sign: ForgerySign, { ttl, usualTtl, continued }: Signs): string {
  switch (sign) {
    case 'ttl':
      return `it arrives with TTL ${ttl}, its source’s other packets with ${usualTtl}`
    case 'below-sent':
      return 'its number lies below what its source had already sent'
    case 'no-timestamps':
      return 'it bears no timestamps although the connection uses them'
    case 'ip-id':
      return 'its IP ID is outside its source’s series'
    case 'mac':
      return 'it comes from another MAC address'
    case 'continues':
      return continued > 0
        ? `its source goes on and sends ${countOf(continued, 'more segment')}`
        : 'its source goes on sending'
  }
}

function reasons(data: Signs): string {
  return data.signs.map((sign) => signText(sign, data)).join('; ')
}

const ADVICE = [
  'compare with a capture at the host whose address it bears: there the RST is missing',
  'who is on the way: a firewall, an intrusion prevention system, a proxy that resets idle or unwanted connections?',
]

export default wordingOf(rule, {
  messages: {
    tookEffect: {
      title: (_, { connection }) => `Forged reset tore down ${connection}`,
      detail: (data) =>
        `RST ${countText(data.number >>> 0)} was not sent by its source: ${reasons(data)}. It was accepted.`,
      advice: () => ADVICE,
    },
    withoutEffect: {
      title: (_, { connection }) => `Forged reset of ${connection}, without effect`,
      detail: (data) =>
        `RST ${countText(data.number >>> 0)} was not sent by its source: ${reasons(data)}. ${data.effect === 'challenged' ? 'Its number is not exact, so it was challenged and ignored.' : 'Its receiver did not take it.'}`,
      advice: () => ADVICE,
    },
  },
  notes: {
    reset: () => 'RST',
    successor: () => 'its supposed sender goes on',
  },
})
