import { isDeepStrictEqual } from 'node:util'
import type { AnyRule } from '../../src/audit/rule.ts'

/** What a rule may move: the number of its record. */
const OWN = ['audit']

/** The same rule, whose handlers throw when they change what they are told: it is borrowed. */
export function watched(rule: AnyRule): AnyRule {
  const create = rule.create as (context: never) => object
  return { ...rule, create: ((context: never) => watchedHandlers(create(context))) as never }
}

/** `own` is where what they are told is the rule's own: behind the event they get what its `state` made. */
function watchedHandlers(handlers: object, own?: 'known'): object {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      typeof handler === 'function'
        ? watchedHandler(name, handler, own)
        : watchedHandlers(handler as object, name === 'known' ? name : own),
    ]),
  )
}

function watchedHandler(name: string, handler: (...told: unknown[]) => void, own?: 'known') {
  return (...told: unknown[]): void => {
    const borrowed = own === 'known' ? told.slice(0, 1) : told
    const before = borrowed.map((value) => photograph(value))
    handler(...told)
    const after = borrowed.map((value) => photograph(value))
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
