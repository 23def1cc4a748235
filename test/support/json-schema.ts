import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv'
import { ROOT } from './project-root.ts'

const FOLDER = join(ROOT, 'schema')

/** The published schemas by file name, as they are published: open. */
export const SCHEMAS: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync(FOLDER).map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))]),
)

/** Validators by the `schema` that a document bears; closed: what a schema does not name is an error. */
const validators = new Map<string, ValidateFunction>()
for (const schema of SCHEMAS.values()) {
  const { properties } = schema
  const name: string = properties.schema.const
  validators.set(name, new Ajv({ allErrors: true }).compile(closed(schema)))
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
  if (validate(document)) return document
  const errors = validate.errors?.slice(0, 10).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`
  })
  throw new Error(`not as ${document.schema} says:\n${errors?.join('\n')}`)
}

/** Holds what a command printed, and wrote to the file of `-o`, to the schemas, if it is JSON. */
export function checkWritten(args: readonly string[], printed: string): void {
  if (printed.startsWith('{')) validDocument(printed)
  const option = args.findIndex((word) => word === '-o' || word === '--output')
  const path = option === -1 ? undefined : args[option + 1]
  if (path === undefined || !existsSync(path) || !statSync(path).isFile()) return
  const written = readFileSync(path, 'utf8')
  if (written.startsWith('{')) validDocument(written)
}
