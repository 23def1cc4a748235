import { isDeepStrictEqual } from 'node:util'
import type { AnyRule } from '../../src/audit/rule.ts'

/** What a rule may move: the number of its record. */
const OWN = ['audit']

/** The same rule, whose handlers throw when they change what they are told: it is borrowed. */
export function watched(rule: AnyRule): AnyRule {
  const create = rule.create as (context: never) => object
  return { ...rule, create: ((context: never) => watchedHandlers(create(context))) as never }
}

function watchedHandlers(handlers: object): object {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      typeof handler === 'function' ? watchedHandler(name, handler) : watchedHandlers(handler as object),
    ]),
  )
}

function watchedHandler(name: string, handler: (...told: unknown[]) => void) {
  return (...told: unknown[]): void => {
    const before = told.map((value) => photograph(value))
    handler(...told)
    const after = told.map((value) => photograph(value))
    if (!isDeepStrictEqual(after, before)) throw new Error(`${name} changes what it was told`)
  }
}

/** All that can be read of a value, cursors by what they show. */
function photograph(value: unknown, depth = 3): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'a function' : value
  if (ArrayBuffer.isView(value) || depth === 0) return 'not looked at'
  const shown: Record<string, unknown> = {}
  for (const [name, own] of Object.entries(value)) shown[name] = photograph(own, depth - 1)
  const prototype = Object.getPrototypeOf(value) as object
  if (prototype === Object.prototype || prototype === Array.prototype) return shown
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (get !== undefined && !OWN.includes(name)) shown[name] = photograph(get.call(value), depth - 1)
  }
  return shown
}
