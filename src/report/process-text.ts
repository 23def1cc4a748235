import type { HoldingProcess } from '../audit/finding.ts'

/** `nginx[1234]`. */
export function processText({ pid, name }: Pick<HoldingProcess, 'pid' | 'name'>): string {
  return `${name === '' ? '?' : name}[${pid}]`
}
