import type { ForgerySign, GenuineSign } from '../../audit/reset-verdict.ts'
import rule from '../../audit/rules/reset-injected.ts'
import { countOf, countText } from '../number-text.ts'
import { wordingOf } from '../wording.ts'

interface Signs {
  readonly signs: readonly ForgerySign[]
  readonly favour: readonly GenuineSign[]
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
    case 'seq-change':
      return 'it is one of several RSTs back to back whose numbers rise'
    case 'ack-change':
      return 'it is one of several RSTs back to back that acknowledge different numbers'
    case 'disclosed':
      return 'its number is the one that a challenge ACK had just disclosed'
    case 'signature':
      return 'it is signed (TCP-AO, MD5) where its source signs nothing, or lacks its source’s signature'
    case 'no-socket':
      return 'its source had no socket any more that could send it'
    case 'continues':
      return continued > 0
        ? `its source goes on and sends ${countOf(continued, 'more segment')}`
        : 'its source goes on sending'
  }
}

const FAVOUR: Readonly<Record<GenuineSign, string>> = {
  answers: 'it is numbered as an answer to what its source had been sent',
  timestamps: 'its timestamps fit',
  'next-ip-id': 'its IP ID is the next of its source’s series',
  'next-number': 'it begins where its source had stopped',
}

function reasons(data: Signs): string {
  const against = data.signs.map((sign) => signText(sign, data)).join('; ')
  if (data.favour.length === 0) return against
  return `${against}. Against that, ${data.favour.map((sign) => FAVOUR[sign]).join(' and ')}`
}

const EFFECTS = {
  accepted: 'It was accepted.',
  challenged: 'Its number is not exact, so it was challenged and ignored.',
  dropped: 'Its receiver did not take it.',
  unknowable: 'What became of it cannot be seen from here.',
  unsigned: 'Its receiver’s TCP did not get to see it: the signature does not fit the connection.',
  damaged: 'Its checksum is wrong, so its receiver dropped it.',
} as const

const ADVICE = [
  'compare with a capture at the host whose address it bears: there the RST is missing',
  'who is on the way: a firewall, an intrusion prevention system, a proxy that resets idle or unwanted connections?',
]

export default wordingOf(rule, {
  messages: {
    tookEffect: {
      title: (_, { connection }) => `Forged reset tore down ${connection}`,
      detail: (data) =>
        `The RST with number ${countText(data.number >>> 0)} was not sent by its source: ${reasons(data)}. ${EFFECTS.accepted}`,
      advice: () => ADVICE,
    },
    withoutEffect: {
      title: (_, { connection }) => `Forged reset of ${connection}, without effect`,
      detail: (data) =>
        `The RST with number ${countText(data.number >>> 0)} was not sent by its source: ${reasons(data)}. ${EFFECTS[data.effect]}`,
      advice: () => ADVICE,
    },
  },
  notes: {
    reset: () => 'RST',
    successor: () => 'its supposed sender goes on',
  },
})
