// Two ways of making the class whose accessors read and write a row.

class RowCursor {
  base = 0
  /** @param {Int32Array} words @param {Float64Array} doubles */
  constructor(words, doubles) {
    this.words = words
    this.doubles = doubles
  }
}

/**
 * A class with source text for every accessor, as a generated file would have it.
 * @param {Record<string, number>} wordFields @param {Record<string, number>} doubleFields
 */
export function writtenCursorClass(wordFields, doubleFields) {
  const accessors = []
  for (const [name, at] of Object.entries(wordFields)) {
    accessors.push(`get ${name}() { return this.words[this.base + ${at}] }`)
    accessors.push(`set ${name}(value) { this.words[this.base + ${at}] = value }`)
  }
  for (const [name, at] of Object.entries(doubleFields)) {
    accessors.push(`get ${name}() { return this.doubles[(this.base >> 1) + ${at}] }`)
    accessors.push(`set ${name}(value) { this.doubles[(this.base >> 1) + ${at}] = value }`)
  }
  return new Function('RowCursor', `return class Cursor extends RowCursor { ${accessors.join('\n')} }`)(
    RowCursor,
  )
}

/**
 * The same accessors as closures over the offset, from a list of fields.
 * @param {Record<string, number>} wordFields @param {Record<string, number>} doubleFields
 */
export function definedCursorClass(wordFields, doubleFields) {
  class Cursor extends RowCursor {}
  for (const [name, at] of Object.entries(wordFields)) {
    Object.defineProperty(Cursor.prototype, name, {
      /** @this {RowCursor} */
      get() {
        return this.words[this.base + at]
      },
      /** @this {RowCursor} @param {number} value */
      set(value) {
        this.words[this.base + at] = value
      },
    })
  }
  for (const [name, at] of Object.entries(doubleFields)) {
    Object.defineProperty(Cursor.prototype, name, {
      /** @this {RowCursor} */
      get() {
        return this.doubles[(this.base >> 1) + at]
      },
      /** @this {RowCursor} @param {number} value */
      set(value) {
        this.doubles[(this.base >> 1) + at] = value
      },
    })
  }
  return Cursor
}
