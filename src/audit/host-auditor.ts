import {
  HOST_EVENTS,
  type HostEvent,
  type HostEventType,
  subscribeToHostEvents,
} from '../tracker/host-events.ts'
import { TimerQueue } from '../tracker/timer-queue.ts'
import type { TrackerEvents } from '../tracker/tracker-events.ts'
import type { CaptureCounts } from './capture-counts.ts'
import type { FindingStore } from './finding-store.ts'
import { type EventClock, HostDirectory, type PlaceKind } from './host-places.ts'
import type { Messages } from './message-data.ts'
import type { AnyRule } from './rule.ts'
import type { HostContext } from './rule-context.ts'
import type { HostHandlers } from './rule-handlers.ts'
import type { OptionSpecs } from './rule-options.ts'
import type { RuleSettings } from './rule-settings.ts'

type AnyHostHandler = (event: HostEvent) => void

/** Places that are remembered at once, of each kind. */
const MOST_PLACES = 4096

interface WakeRequest {
  readonly rule: HostHandlers
  readonly time: number
  readonly key: number
}

/**
 * Runs the rules that see hosts. All they know comes from host events, so it does not matter whether these are told by
 * one tracker as they happen, or were merged from several.
 */
export class HostAuditor {
  readonly #store: FindingStore
  readonly #settings: RuleSettings
  readonly #handlers = new Map<HostEventType, AnyHostHandler[]>()
  readonly #takers = new Map<HostEventType, AnyHostHandler>()
  readonly #ends: ((capture: CaptureCounts) => void)[] = []
  /** Moments that rules asked for: (time, index into `#wakes`). */
  readonly #timers = new TimerQueue()
  readonly #wakes: WakeRequest[] = []
  readonly #freeWakes: number[] = []
  readonly #clock: EventClock = { event: 0 }
  readonly #directories: Readonly<Record<PlaceKind, HostDirectory>> = {
    host: new HostDirectory('host', MOST_PLACES, this.#clock),
    listener: new HostDirectory('listener', MOST_PLACES, this.#clock),
    pair: new HostDirectory('pair', MOST_PLACES, this.#clock),
    path: new HostDirectory('path', MOST_PLACES, this.#clock),
  }

  constructor(store: FindingStore, settings: RuleSettings) {
    this.#store = store
    this.#settings = settings
  }

  add(rule: AnyRule): void {
    const context: HostContext<Messages, Messages, OptionSpecs> = {
      options: this.#settings.options(rule),
      report: (message, report) => this.#store.reportHost(rule, message, report),
      note: (note, { packet, time, connection }, from, data) => ({
        packet,
        time,
        connection,
        from,
        note,
        data,
      }),
      places: (kind, make, keeps = () => false) => this.#directories[kind].places(make, keeps),
      rows: (kind, count, extra) => this.#directories[kind].rows(count, extra),
      profileOf: (host) => this.#settings.hosts.of(host),
      wakeAt: (time, key) => this.#wakeAt(handlers, time, key),
    }
    const handlers = rule.create(context as never) as HostHandlers
    const { wake: _, end, ...events } = handlers
    if (end !== undefined) this.#ends.push(end)
    for (const [type, handler] of Object.entries(events)) {
      const list = this.#handlers.get(type as HostEventType) ?? []
      list.push(handler as AnyHostHandler)
      this.#handlers.set(type as HostEventType, list)
    }
  }

  subscribe(events: TrackerEvents): void {
    for (const { type } of HOST_EVENTS)
      if (this.#handlers.has(type)) subscribeToHostEvents(events, [type], this.#takerOf(type))
  }

  /** Takes the next event; borrowed until it returns. */
  take(event: HostEvent): void {
    this.#takerOf(event.type)(event)
  }

  /** What takes events of one type: nothing is looked up for one of them. */
  #takerOf(type: HostEventType): AnyHostHandler {
    const known = this.#takers.get(type)
    if (known !== undefined) return known
    const handlers = this.#handlers.get(type) ?? []
    const taker: AnyHostHandler = (event) => {
      if (this.#timers.size > 0 && this.#timers.next <= event.time) this.#run(event.time)
      this.#clock.event++
      for (let i = 0; i < handlers.length; i++) (handlers[i] as AnyHostHandler)(event)
    }
    this.#takers.set(type, taker)
    return taker
  }

  finish(capture: CaptureCounts): void {
    this.#run(capture.end)
    for (const end of this.#ends) end(capture)
  }

  #run(time: number): void {
    while (this.#timers.next <= time) {
      const number = this.#timers.take()
      const { rule, time: due, key } = this.#wakes[number] as WakeRequest
      this.#freeWakes.push(number)
      rule.wake?.(due, key)
    }
  }

  #wakeAt(rule: HostHandlers, time: number, key: number): void {
    const number = this.#freeWakes.pop() ?? this.#wakes.length
    this.#wakes[number] = { rule, time, key }
    this.#timers.add(time, number)
  }
}
