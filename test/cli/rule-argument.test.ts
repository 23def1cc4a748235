import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { parseSeverity, ruleArgument } from '../../src/cli/rule-argument.ts'

const read = (text: string) => ruleArgument(text, RULES)

describe('--rule', () => {
  it('sets the severity of a rule, and remembers where that was said', () => {
    const from = '--rule'
    expect(read('challenge-ack=off')).toEqual({ rule: 'challenge-ack', level: 'off', from })
    expect(read('challenge-ack.severity=off')).toMatchObject({ rule: 'challenge-ack', level: 'off' })
  })

  it.each([
    ['close-wait-leak.patience=5s', 5],
    ['close-wait-leak.patience=200ms', 0.2],
    ['close-wait-leak.patience=7', 7],
    ['close-wait-leak.patience=1.5 min', 90],
    ['close-wait-leak.many=3', 3],
    ['capture-loss.most=2%', 0.02],
    ['capture-loss.most=0.02', 0.02],
  ])('takes %s', (text, value) => {
    expect(read(text)).toMatchObject({ value })
  })

  it.each([
    ['reset-injectd=off', "--rule knows no rule 'reset-injectd': did you mean reset-injected?"],
    ['xyz', "--rule knows no rule 'xyz': 'tcpaudit explain' lists the rules"],
    ['=off', "--rule knows no rule '': 'tcpaudit explain' lists the rules"],
    ['reset-injected', '--rule reset-injected: give reset-injected=off or reset-injected=info|'],
    ['reset-injected=loud', '--rule reset-injected=loud: give reset-injected=off or'],
    ['reset-injected=off=off', '--rule reset-injected=off=off: give'],
    ['close-wait-leak.patiense=5s', "close-wait-leak has no option 'patiense': did you mean patience?"],
    ['close-wait-leak.xyz=5s', "has no option 'xyz': there are severity, patience, leak, many"],
    ['close-wait-leak.patience', 'give close-wait-leak.patience=VALUE, a time such as 5s or 200ms'],
    ['close-wait-leak.patience=', 'give close-wait-leak.patience=VALUE, a time'],
    ['close-wait-leak.patience=-1s', 'give close-wait-leak.patience=VALUE, a time'],
    ['close-wait-leak.patience=2%', 'give close-wait-leak.patience=VALUE, a time'],
    ['close-wait-leak.many=0', 'give close-wait-leak.many=VALUE, a whole number from 1 on'],
    ['close-wait-leak.many=1.5', 'give close-wait-leak.many=VALUE, a whole number'],
    ['capture-loss.most=101%', 'give capture-loss.most=VALUE, a share such as 2% or 0.02, at most 100%'],
    ['capture-loss.most=1.01', 'give capture-loss.most=VALUE, a share'],
  ])('does not take %s, and says what it takes', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})

describe('--fail-on', () => {
  it('takes a severity, and names them when it is given something else', () => {
    expect(parseSeverity('warning')).toBe('warning')
    expect(() => parseSeverity('bad')).toThrow(/no 'bad': give one of .*notice/)
  })
})
