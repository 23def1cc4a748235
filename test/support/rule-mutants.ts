import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { AnyRule } from '../../src/audit/rule.ts'
import { importedBy, type SourceFile } from '../parity/source-file.ts'
import { ROOT } from './project-root.ts'

/** A condition of a rule that can be negated. */
export interface Mutant {
  readonly number: number
  readonly line: number
  readonly text: string
  /** A comment on its line says that no case can tell, and why. */
  readonly isEquivalent: boolean
}

export interface MutableRule {
  readonly rule: AnyRule
  readonly mutants: readonly Mutant[]
  /** Negates the condition from now on, or none. */
  negate(mutant: Mutant | undefined): void
}

const EQUIVALENT = /\/\/ mutant: equivalent, because \S/

/** Calls of one negated condition after which it is a loop without an end. */
const ENDLESS = 1_000_000

/**
 * The rule with a switch at each of its conditions. All mutants are one module: each condition `c` has become
 * `flip(n, c)`, so none has to be compiled for itself.
 */
export async function mutableRule(file: SourceFile): Promise<MutableRule> {
  const { code, mutants } = instrumented(file)
  const modules = new Map<string, unknown>()
  for (const specifier of importedBy(file)) {
    modules.set(specifier, await import(join(ROOT, dirname(file.path), specifier)))
  }
  let active = -1
  let calls = 0
  const flip = (number: number, value: unknown): unknown => {
    if (number !== active) return value
    if (++calls > ENDLESS) throw new Error('a loop without an end')
    return !value
  }
  const exports: { default?: AnyRule } = {}
  const load = (specifier: string): unknown => modules.get(specifier)
  new Function('exports', 'require', 'flip', code)(exports, load, flip)
  if (exports.default === undefined) throw new Error(`${file.path} exports no rule`)
  return {
    rule: exports.default,
    mutants,
    negate(mutant) {
      active = mutant?.number ?? -1
      calls = 0
    },
  }
}

function instrumented(file: SourceFile): { code: string; mutants: Mutant[] } {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  const lines = file.text.split('\n')
  const mutants: Mutant[] = []
  const starts = new Map<number, string[]>()
  const ends = new Map<number, number>()
  for (const node of conditionsOf(source)) {
    const number = mutants.length
    const start = node.getStart()
    const { line } = source.getLineAndCharacterOfPosition(start)
    mutants.push({
      number,
      line: line + 1,
      text: node.getText().replace(/\s+/g, ' '),
      isEquivalent: [lines[line - 1] ?? '', lines[line] ?? ''].some(
        (text, index) => EQUIVALENT.test(text) && (index === 1 || text.trim().startsWith('//')),
      ),
    })
    // Outer conditions come first, and so do their openings at one place.
    starts.set(start, [...(starts.get(start) ?? []), `flip(${number}, `])
    ends.set(node.getEnd(), (ends.get(node.getEnd()) ?? 0) + 1)
  }
  let text = ''
  for (let at = 0; at <= file.text.length; at++) {
    text += ')'.repeat(ends.get(at) ?? 0) + (starts.get(at) ?? []).join('') + (file.text[at] ?? '')
  }
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  })
  return { code: outputText, mutants }
}

const COMPARISONS = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]

const LOGICAL = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken]

/** Each once, outer ones before those inside: of if, while and ?:, operands of && and ||, comparisons that are returned. */
function conditionsOf(source: ts.SourceFile): Set<ts.Expression> {
  const found = new Set<ts.Expression>()
  const inner: ts.Expression[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isIfStatement(node) || ts.isWhileStatement(node)) found.add(bare(node.expression))
    else if (ts.isConditionalExpression(node)) found.add(bare(node.condition))
    else if (ts.isBinaryExpression(node) && LOGICAL.includes(node.operatorToken.kind)) {
      for (const operand of [bare(node.left), bare(node.right)]) found.add(operand)
    } else if (ts.isArrowFunction(node) && isComparison(node.body)) found.add(bare(node.body))
    else if (ts.isReturnStatement(node) && node.expression !== undefined && isComparison(node.expression)) {
      found.add(bare(node.expression))
    }
    ts.forEachChild(node, walk)
  }
  walk(source)
  for (const expression of found) if (!isConstant(expression)) inner.push(expression)
  return new Set(inner.sort((a, b) => a.getStart() - b.getStart() || b.getEnd() - a.getEnd()))
}

function bare(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? bare(expression.expression) : expression
}

function isComparison(node: ts.Node): node is ts.Expression {
  if (ts.isParenthesizedExpression(node)) return isComparison(node.expression)
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken
  return ts.isBinaryExpression(node) && COMPARISONS.includes(node.operatorToken.kind)
}

function isConstant(expression: ts.Expression): boolean {
  return expression.kind === ts.SyntaxKind.TrueKeyword || expression.kind === ts.SyntaxKind.FalseKeyword
}
