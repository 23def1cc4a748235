/** A growing list of doubles: 8 bytes each, where an array of objects or boxed numbers would cost several times that. */
export class NumberList {
  #values = new Float64Array(4)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length++] = value
  }

  at(index: number): number {
    const value = index < this.#length ? this.#values[index] : undefined
    if (value === undefined) throw new RangeError(`no element ${index} in a list of ${this.#length}`)
    return value
  }

  /** A copy. */
  toArray(): Float64Array<ArrayBuffer> {
    return this.#values.slice(0, this.#length)
  }
}
