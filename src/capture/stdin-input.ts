import { fstatSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { ByteInput } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import { FileInput } from './file-input.ts'
import { StreamInput } from './stream-input.ts'

/** What is needed of `process.stdin`. */
export type StandardInput = Readable & { readonly fd?: number; readonly isTTY?: boolean }

/** Standard input: a file that was redirected is read like any file, anything else as its bytes come. */
export function openStdin(stdin: StandardInput): ByteInput {
  if (stdin.isTTY === true) {
    throw new CaptureError(
      'not-readable',
      `-: standard input is a terminal: pipe a capture into it, as in 'tcpdump -U -w - | tcpaudit file -'`,
    )
  }
  if (stdin.fd !== undefined) {
    const stat = fstatSync(stdin.fd)
    if (stat.isDirectory()) {
      throw new CaptureError('not-readable', '-: standard input is a directory: give a capture file')
    }
    if (stat.isFile()) return new FileInput(stdin.fd, 'standard input', stat)
  }
  return new StreamInput(stdin, 'standard input')
}
