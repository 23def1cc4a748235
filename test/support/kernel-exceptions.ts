import { readFileSync } from 'node:fs'

/** A state that no packet shows, or not yet: each with its reason, and what tcpaudit says instead. */
export interface Exception {
  readonly fixture: string
  readonly moment: string
  /** Or the first one of many, `and N others`. */
  readonly endpoint: string
  readonly kernel: string
  /** What --as-of says, if that is not the kernel's state. */
  readonly asOf?: string
  /** What is believed when the whole capture has been read, if that is not the kernel's state. */
  readonly believed?: string
}

export interface Reason {
  readonly reason: string
  readonly cases: readonly Exception[]
}

export const EXCEPTIONS_FILE = new URL('../fixtures/kernel-exceptions.json', import.meta.url)

/** Where what is told of the recordings differs from the kernel. */
export function kernelExceptions(): Reason[] {
  return JSON.parse(readFileSync(EXCEPTIONS_FILE, 'utf8'))
}
