export class Random {
  constructor(seed: number)
  next(): number
  below(limit: number): number
  between(low: number, high: number): number
  chance(probability: number): boolean
  exponential(mean: number): number
}
