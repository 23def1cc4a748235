import type { CaptureFacts } from './report.ts'
import { shellWord } from './shell-word.ts'

/** The command that reads this input again, to be continued by an option; undefined for what was heard on an interface. */
export function fileCommandText({ sources }: CaptureFacts): string | undefined {
  if (sources.some(({ listening }) => listening !== undefined)) return undefined
  const filter = sources[0]?.filter
  const names = sources.map(({ name }) => shellWord(name))
  return ['tcpaudit file', ...names, ...(filter === undefined ? [] : ['--filter', shellWord(filter)])].join(
    ' ',
  )
}
