import { CONFIDENCES, type Evidence, SEVERITIES } from './finding.ts'
import type { AnyData, DataSpec, FieldSpec, Messages } from './message-data.ts'

const BLAMES = ['client', 'server', 'network', 'middlebox', 'attacker', 'capture']

/** Why a report of somebody's rule cannot be taken: what the reports are written with must be what it says it is. */
export function checkReport(
  messages: Messages,
  message: string,
  report: unknown,
  made: WeakSet<Evidence>,
): void {
  if (!Object.hasOwn(messages, message)) throw new Error(`it has no message '${message}'`)
  if (typeof report !== 'object' || report === null)
    throw new Error(`its report of '${message}' is no object`)
  const given = report as Readonly<Record<string, unknown>>
  checkData(messages[message] as DataSpec, given['data'], `its message '${message}'`)
  const { evidence, severity, confidence, blame } = given
  if (!Array.isArray(evidence) || !evidence.every((item) => made.has(item))) {
    throw new Error(`the evidence of '${message}' is no list of what context.note has made`)
  }
  for (const [name, value, words] of [
    ['severity', severity, SEVERITIES],
    ['confidence', confidence, CONFIDENCES],
    ['blame', blame, BLAMES],
  ] as const) {
    if (value === undefined || (words as readonly unknown[]).includes(value)) continue
    throw new Error(`the ${name} of '${message}' is none of ${words.join(', ')}`)
  }
}

/** The same for what is said of a host. */
export function checkHostReport(message: string, report: unknown): void {
  const given = report as Readonly<Record<string, unknown>>
  const complain = (name: string): never => {
    throw new Error(`the ${name} of '${message}' is not what it should be`)
  }
  for (const name of ['time', 'count']) if (!Number.isFinite(given[name])) complain(name)
  if (given['firstSeen'] !== undefined && !Number.isFinite(given['firstSeen'])) complain('firstSeen')
  if (!isListOf(given['connections'], Number.isFinite)) complain('connections')
  if (!isEnd(given['host'])) complain('host')
  if (given['peer'] !== undefined && !isEnd(given['peer'])) complain('peer')
}

/** Data by their specification. */
export function checkData(specs: DataSpec, data: unknown, whose: string): asserts data is AnyData {
  if (typeof data !== 'object' || data === null) throw new Error(`${whose} comes without data`)
  for (const [name, spec] of Object.entries(specs)) {
    const value = (data as AnyData)[name]
    if (!isOf(spec, value))
      throw new Error(`${whose} has ${name} = ${shown(value)}, which is no ${specText(spec)}`)
  }
}

function isOf(spec: FieldSpec, value: unknown): boolean {
  if (typeof spec !== 'string') {
    if ('listOf' in spec) return isListOf(value, (word) => spec.listOf.includes(word as string))
    return (spec as readonly unknown[]).includes(value)
  }
  if (spec.endsWith('?') && value === null) return true
  switch (spec.replace('?', '')) {
    case 'durations':
    case 'packets':
      return isListOf(value, Number.isFinite)
    case 'end':
    case 'host':
      return isEnd(value)
    case 'word':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    default:
      return Number.isFinite(value)
  }
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isEnd(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { ipVersion, address, port } = value as Readonly<Record<string, unknown>>
  if (ipVersion !== 4 && ipVersion !== 6) return false
  return isListOf(address, Number.isInteger) && (address as unknown[]).length === 4 && Number.isInteger(port)
}

function specText(spec: FieldSpec): string {
  if (typeof spec === 'string') return spec
  return 'listOf' in spec ? `list of ${spec.listOf.join('|')}` : spec.join('|')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? typeof value : String(value)
}
