/** Blocks of a Markdown page that are marked `console`. */
export const CONSOLE_BLOCK = /^```console\n(.*?)^```$/gms

interface ConsoleExample {
  readonly line: number
  readonly command: string
  readonly output: string
}

/** What follows each `$ ` in the blocks, up to the next one. */
export function consoleExamples(page: string): ConsoleExample[] {
  return [...page.matchAll(CONSOLE_BLOCK)].flatMap((block) => {
    const before = page.slice(0, block.index).split('\n').length + 1
    const found: ConsoleExample[] = []
    for (const [offset, text] of (block[1] ?? '').split('\n').slice(0, -1).entries()) {
      const last = found.at(-1)
      if (text.startsWith('$ ')) found.push({ line: before + offset, command: text.slice(2), output: '' })
      else if (last !== undefined) found[found.length - 1] = { ...last, output: `${last.output}${text}\n` }
    }
    return found
  })
}
