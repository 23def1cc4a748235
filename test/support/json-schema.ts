import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv'
import { sarifComplaints } from './foreign-schemas.ts'
import { ROOT } from './project-root.ts'

const FOLDER = join(ROOT, 'schema')

/** Of what tcpaudit reads: closed, as what it does not know is an error. */
const CONFIG = 'config.schema.json'
const EXPECT = 'expect.schema.json'

/** The schemas of what tcpaudit prints, by file name, as they are published: open. */
export const SCHEMAS: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name !== CONFIG && name !== EXPECT)
    .map((name) => [name, published(name)]),
)

export const CONFIG_SCHEMA = published(CONFIG)
export const EXPECT_SCHEMA = published(EXPECT)

function published(name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))
}

/** Validators by the `schema` that a document bears; closed: what a schema does not name is an error. */
const validators = new Map<string, ValidateFunction>()
for (const schema of SCHEMAS.values()) {
  const { properties } = schema
  const name: string | undefined = properties?.schema.const
  if (name !== undefined) validators.set(name, new Ajv({ allErrors: true }).compile(closed(schema)))
}

/** Validators of the lines of `--ndjson`, by `type`. */
const lineValidators = new Map<string, ValidateFunction>()
const { anyOf: lines, definitions } = SCHEMAS.get('stream.schema.json') as AnySchemaObject
for (const { $ref } of lines) {
  const definition = definitions[$ref.slice('#/definitions/'.length)]
  const schema = closed({ ...definition, definitions })
  lineValidators.set(definition.properties.type.const, new Ajv({ allErrors: true }).compile(schema))
}

/** The schema with every object that has named keys closed to others. */
export function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return ('properties' in copy ? { ...copy, additionalProperties: false } : copy) as T
}

/** Reads a document that tcpaudit printed; throws if it is none that a schema of ours describes. */
export function validDocument(text: string): unknown {
  const document = JSON.parse(text)
  const validate = validators.get(document.schema)
  if (validate === undefined) throw new Error(`no schema describes ${text.slice(0, 100)}`)
  return checked(document, validate, document.schema)
}

/** The same for a line of `--ndjson`. */
export function validLine(text: string): Record<string, unknown> {
  const document = JSON.parse(text)
  const validate = lineValidators.get(document.type)
  if (validate === undefined) throw new Error(`no schema describes ${text.slice(0, 100)}`)
  return checked(document, validate, `the schema of ${document.type} lines`)
}

function checked<T>(document: T, validate: ValidateFunction, name: string): T {
  if (validate(document)) return document
  const errors = validate.errors?.slice(0, 10).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`
  })
  throw new Error(`not as ${name} says:\n${errors?.join('\n')}`)
}

function checkSarif(text: string): void {
  const complaints = sarifComplaints(text)
  if (complaints.length > 0) throw new Error(`not as SARIF 2.1.0:\n${complaints.slice(0, 10).join('\n')}`)
}

function check(text: string): void {
  if (text.startsWith('{"type":')) text.trimEnd().split('\n').forEach(validLine)
  else if (text.startsWith('{\n  "$schema"')) checkSarif(text)
  else if (text.startsWith('{')) validDocument(text)
}

/** Holds what a command printed, and wrote to the file of `-o`, to the schemas, if it is JSON. */
export function checkWritten(args: readonly string[], printed: string): void {
  check(printed)
  const option = args.findIndex((word) => word === '-o' || word === '--output')
  const path = option === -1 ? undefined : args[option + 1]
  if (path === undefined || !existsSync(path) || !statSync(path).isFile()) return
  check(readFileSync(path, 'utf8'))
}
