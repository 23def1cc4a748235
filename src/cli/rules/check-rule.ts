import { CAPTURE_FAULTS } from '../../audit/capture-fault.ts'
import { SEVERITIES } from '../../audit/finding.ts'
import { optionValue } from '../../audit/option-value.ts'
import { type AnyRule, CATEGORIES } from '../../audit/rule.ts'
import type { OptionSpec } from '../../audit/rule-options.ts'
import { optionTakes } from '../../report/option-text.ts'
import { didYouMean } from '../nearest.ts'
import { SEVERITY_KEY } from '../rule-argument.ts'

const SCOPES = ['connection', 'host', 'capture']
const GROUPS = ['connection', 'server', 'client', 'end', 'host', 'path']
const MERGES = ['max', 'min', 'sum', 'last']
const KINDS = [
  ...[
    'count',
    'duration',
    'durations',
    'time',
    'packet',
    'packets',
    'sequence',
    'bytes',
    'share',
    'end',
    'host',
  ],
  ...['word', 'flag'],
]
/** What a definition may hold; those of the first list it must. */
const REQUIRED = ['id', 'scope', 'category', 'severity', 'summary', 'messages', 'wording', 'create'] as const
const OPTIONAL = [
  ...[
    'since',
    'references',
    'tunables',
    'options',
    'notes',
    'groupBy',
    'escalation',
    'merge',
    'unreliableWhen',
  ],
  'state',
]
/** Names that mean something else where rules are named. */
const RESERVED = ['hosts', 'default']

type Given = Readonly<Record<string, unknown>>

/** A fault of a definition, in words behind its name. */
class Complaint extends Error {}

/** Somebody's definition as a rule, with what it need not say; or, as text, what is wrong with it. */
export function checkedRule(definition: unknown): AnyRule | string {
  if (!isMap(definition)) return 'is no rule: make it with defineRule({ id, scope, ... })'
  const name = typeof definition['id'] === 'string' ? `rule '${definition['id']}'` : 'a rule without id'
  try {
    checkDefinition(definition)
  } catch (error) {
    if (error instanceof Complaint) return `${name}: ${error.message}`
    throw error
  }
  return {
    since: 'none of tcpaudit’s own',
    references: [],
    unreliableWhen: [],
    ...definition,
  } as unknown as AnyRule
}

function checkDefinition(given: Given): void {
  for (const key of REQUIRED) if (given[key] === undefined) complain(`has no ${key}`)
  for (const key of Object.keys(given)) {
    const known = [...REQUIRED, ...OPTIONAL]
    if (!known.includes(key))
      complain(`knows no '${key}': ${didYouMean(key, known, `there are ${known.join(', ')}`)}`)
  }
  const id = given['id'] as string
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || RESERVED.includes(id))
    complain('its id must be words joined by -')
  for (const key of ['summary', 'since'])
    if (given[key] !== undefined && !isLine(given[key])) complain(`its ${key} must be a line of text`)
  oneOf(given, 'scope', SCOPES)
  oneOf(given, 'category', CATEGORIES)
  oneOf(given, 'severity', SEVERITIES)
  if (given['groupBy'] !== undefined) oneOf(given, 'groupBy', GROUPS)
  if (!isListOf(given['references'] ?? [], isLine)) complain('its references must be a list of texts')
  const faults: readonly unknown[] = CAPTURE_FAULTS
  if (!isListOf(given['unreliableWhen'] ?? [], (fault) => faults.includes(fault))) {
    complain(`its unreliableWhen must be a list of ${CAPTURE_FAULTS.join(', ')}`)
  }
  for (const key of ['create', 'state'])
    if (given[key] !== undefined && typeof given[key] !== 'function')
      complain(`its ${key} must be a function`)
  checkTunables(given['tunables'] ?? [])
  checkOptions(mapOf(given, 'options'))
  checkData(mapOf(given, 'messages'), 'message')
  checkData(mapOf(given, 'notes'), 'note')
  if (Object.keys(mapOf(given, 'messages')).length === 0) complain('has no messages')
  checkEscalation(given)
  checkMerge(given)
  checkWording(given)
}

function checkTunables(tunables: unknown): void {
  const isTunable = (one: unknown) => isMap(one) && isLine(one['name']) && isLine(one['default'])
  if (!isListOf(tunables, isTunable)) complain('its tunables must be a list of { name, default }')
}

function checkOptions(options: Given): void {
  for (const [name, spec] of Object.entries(options)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || name === SEVERITY_KEY)
      complain(`its option '${name}' needs another name`)
    if (!isMap(spec)) complain(`its option '${name}' must be made by seconds(), count() or share()`)
    const { type, says, min } = spec as Partial<OptionSpec>
    const isSpec =
      ['seconds', 'count', 'share'].includes(type as string) && isLine(says) && typeof min === 'number'
    if (!isSpec) complain(`its option '${name}' must be made by seconds(), count() or share()`)
    const own = spec as unknown as OptionSpec
    if (optionValue(own, own.default) === undefined)
      complain(`the default of '${name}' must be ${optionTakes(own)}`)
  }
}

function checkData(specs: Given, what: string): void {
  for (const [id, data] of Object.entries(specs)) {
    if (!isMap(data)) complain(`the data of its ${what} '${id}' must be { name: kind }`)
    for (const [name, spec] of Object.entries(data)) {
      const words = isMap(spec) ? spec['listOf'] : spec
      if (Array.isArray(words) ? isListOf(words, isLine) : KINDS.includes(String(spec).replace(/\?$/, '')))
        continue
      const hint = didYouMean(String(spec), KINDS, `kinds are ${KINDS.join(', ')}`)
      complain(`'${name}' of its ${what} '${id}' is of no kind '${String(spec)}': ${hint}`)
    }
  }
}

function checkEscalation({ escalation, options }: Given): void {
  if (escalation === undefined) return
  if (!isMap(escalation) || !isMap(options) || !Object.hasOwn(options, String(escalation['option']))) {
    complain('its escalation must name one of its options')
  }
  oneOf(escalation as Given, 'severity', SEVERITIES)
}

function checkMerge(given: Given): void {
  const messages = mapOf(given, 'messages')
  for (const [message, fields] of Object.entries(mapOf(given, 'merge'))) {
    const data = Object.hasOwn(messages, message) ? messages[message] : undefined
    if (!isMap(data) || !isMap(fields)) complain(`merges '${message}', which is no message of it`)
    for (const [name, merge] of Object.entries(fields as Given)) {
      const isRight = Object.hasOwn(data as Given, name) && MERGES.includes(String(merge))
      if (!isRight)
        complain(`merges '${name}' of '${message}' by '${String(merge)}': give ${MERGES.join(', ')}`)
    }
  }
}

function checkWording(given: Given): void {
  const wording = given['wording']
  if (!isMap(wording)) complain('its wording must be { messages, notes }')
  const messages = mapOf(wording as Given, 'messages')
  for (const id of Object.keys(mapOf(given, 'messages'))) {
    const words = messages[id]
    if (!isMap(words) || typeof words['title'] !== 'function' || typeof words['detail'] !== 'function') {
      complain(`its wording of the message '${id}' must have a title and a detail, both functions`)
    }
    const { advice } = words as Given
    if (advice !== undefined && typeof advice !== 'function')
      complain(`the advice of '${id}' must be a function`)
  }
  const notes = mapOf(wording as Given, 'notes')
  for (const id of Object.keys(mapOf(given, 'notes')))
    if (typeof notes[id] !== 'function') complain(`its wording of the note '${id}' must be a function`)
}

function oneOf(given: Given, key: string, words: readonly string[]): void {
  const word = given[key]
  if (typeof word === 'string' && words.includes(word)) return
  complain(`its ${key} is '${String(word)}': ${didYouMean(String(word), words, `give ${words.join(', ')}`)}`)
}

function mapOf(given: Given, key: string): Given {
  const value = given[key] ?? {}
  if (!isMap(value)) complain(`its ${key} must be an object`)
  return value as Given
}

function isMap(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\n')
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function complain(text: string): never {
  throw new Complaint(text)
}
