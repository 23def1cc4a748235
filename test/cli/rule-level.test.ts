import { describe, expect, it } from 'vitest'
import { parseRuleLevel, parseSeverity } from '../../src/cli/rule-level.ts'

describe('--rule', () => {
  it('gathers what is said of each rule', () => {
    const first = parseRuleLevel('challenge-ack=off')
    expect(parseRuleLevel('reset-injected=warning', first)).toEqual([
      ['challenge-ack', 'off'],
      ['reset-injected', 'warning'],
    ])
  })

  it('names the rules there are when it is given another', () => {
    expect(() => parseRuleLevel('reset-forged=off')).toThrow(
      /no rule 'reset-forged': the rules are .*reset-injected/,
    )
  })

  it('names the levels there are when it is given another', () => {
    expect(() => parseRuleLevel('reset-injected=loud')).toThrow(
      /reset-injected=off or reset-injected=.*critical/,
    )
  })
})

describe('--fail-on', () => {
  it('takes a severity, and names them when it is given something else', () => {
    expect(parseSeverity('warning')).toBe('warning')
    expect(() => parseSeverity('bad')).toThrow(/no 'bad': give one of .*notice/)
  })
})
