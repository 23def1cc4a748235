/**
 * What is used of the package prom-client, in types of our own: it is optional, and the project compiles without it.
 */

interface Labelled<Value> {
  labels(...values: string[]): Value
  reset(): void
}

interface SettableValue {
  set(value: number): void
  inc(value?: number): void
}

interface CountedValue {
  inc(value?: number): void
}

export type Gauge = SettableValue & Labelled<SettableValue>
export type Counter = CountedValue & Labelled<CountedValue>

export interface Registry {
  readonly contentType: string
  metrics(): Promise<string>
}

interface MetricSettings {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly registers: Registry[]
  /** Called before the metrics are told. */
  readonly collect?: () => void | Promise<void>
}

export interface PromClient {
  readonly Registry: new () => Registry
  readonly Gauge: new (settings: MetricSettings) => Gauge
  readonly Counter: new (settings: MetricSettings) => Counter
}
