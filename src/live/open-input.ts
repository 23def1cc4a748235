import { openCapInput } from './cap-input.ts'
import { openLibpcapInput } from './libpcap-input.ts'
import { LiveError } from './live-error.ts'
import type { Backend, LiveInput, LiveOptions } from './live-input.ts'

const OPENERS: Readonly<Record<Backend, (name: string, options: LiveOptions) => LiveInput>> = {
  libpcap: openLibpcapInput,
  cap: openCapInput,
}

export interface OpenedInput {
  readonly input: LiveInput
  /** Why it is not the backend that was asked for. */
  readonly instead?: LiveError
}

/** Opens an interface by one backend, or by the other if that one is not installed. Throws LiveError and FilterError. */
export function openInput(backend: Backend, name: string, options: LiveOptions): OpenedInput {
  try {
    return { input: OPENERS[backend](name, options) }
  } catch (error) {
    if (!isMissing(error)) throw error
    return { input: openOther(backend, name, options, error), instead: error }
  }
}

function openOther(backend: Backend, name: string, options: LiveOptions, missing: LiveError): LiveInput {
  try {
    return OPENERS[backend === 'cap' ? 'libpcap' : 'cap'](name, options)
  } catch (error) {
    // If neither is there, the one that was asked for is what to install.
    throw isMissing(error) ? missing : error
  }
}

function isMissing(error: unknown): error is LiveError {
  return error instanceof LiveError && (error.code === 'no-libpcap' || error.code === 'no-cap')
}
