import type { Backend } from '../../live/live-input.ts'
import { type LiveSource, openLiveSource } from '../../live/live-source.ts'
import { openInput } from '../../live/open-input.ts'
import { printable } from '../../report/text-layout.ts'
import { LiveRecords, type RecordArguments } from '../live-records.ts'
import { FileOutput } from '../report-output.ts'
import type { Stdio } from '../stdio.ts'

export interface ListeningArguments extends RecordArguments {
  readonly backend: Backend
  readonly filter?: string | undefined
  /** Bytes kept of each packet. */
  readonly snaplen: number
  /** Of the kernel, MiB. */
  readonly buffer: number
  readonly promiscuous: boolean
  /** Packets after which it ends. */
  readonly count?: number | undefined
  readonly output?: string | undefined
}

/** What is open while an interface is listened on. */
export interface Listening {
  readonly source: LiveSource
  readonly records: LiveRecords
  /** What `-o` names. */
  readonly file: FileOutput | undefined
}

/**
 * Opens the interface and what is to be written, has `use` listen, and closes everything whatever comes of it; the file that `-o`
 * names is only kept if that was a result. `isOpen` is called when the kernel has begun to keep packets, before any is read.
 */
export async function whileListening(
  given: ListeningArguments,
  stdio: Stdio,
  isOpen: () => void,
  use: (listening: Listening) => Promise<number>,
): Promise<number> {
  const file = given.output === undefined ? undefined : new FileOutput(given.output)
  let isDone = false
  try {
    const records = await LiveRecords.open(given, stdio)
    try {
      const source = await openSource(given, records, stdio, isOpen)
      try {
        const code = await use({ source, records, file })
        isDone = true
        return code
      } finally {
        await source.close()
      }
    } finally {
      await records.stop()
    }
  } finally {
    file?.close(isDone)
  }
}

async function openSource(
  given: ListeningArguments,
  records: LiveRecords,
  { stderr }: Stdio,
  isOpen: () => void,
): Promise<LiveSource> {
  const { name, backend, filter, snaplen, buffer, promiscuous } = given
  const options = { filter, snaplen, promiscuous, bufferLength: buffer * 1024 * 1024 }
  const { input, instead } = openInput(backend, name, options)
  if (instead !== undefined) {
    stderr.write(`tcpaudit: ${printable(instead.message)}: ${input.backend} is used instead\n`)
  }
  isOpen()
  const source = await openLiveSource(name, records.tapped(input), given)
  records.listenTo(source)
  return source
}
