import type { AnyRule } from '../../audit/rule.ts'
import type { Expectations } from '../../check/expectations.ts'
import { settingsText } from '../config/config-file.ts'
import { ConfigProblems, configTree } from '../config/config-tree.ts'
import { UsageError } from '../usage-error.ts'
import { readExpectations } from './read-expectations.ts'

/** An expectation file that is wrong: the first thing that is, and its line where it has one. */
export class ExpectationError extends UsageError {
  readonly line: number | null

  constructor(message: string, line: number | null) {
    super(message)
    this.name = 'ExpectationError'
    this.line = line
  }
}

/** What an expectation file says; throws an ExpectationError with the first thing that is wrong with it. */
export async function loadExpectations(path: string, rules: readonly AnyRule[]): Promise<Expectations> {
  return expectationsIn(path, settingsText(path, 'expectation file'), rules)
}

/** The same of a text that is to be the file's. */
export async function expectationsIn(
  path: string,
  text: string,
  rules: readonly AnyRule[],
): Promise<Expectations> {
  const problems = new ConfigProblems()
  const tree = await configTree(path, text, problems)
  const expectations = readExpectations(path, tree, rules, problems)
  if (problems.any) throw new ExpectationError(problems.text(), problems.line)
  return expectations
}
