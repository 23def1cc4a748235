import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'

const NULL_DEVICE = '/dev/null'

/**
 * Puts /dev/null where a terminal was that has gone. Node sets the terminals it was started with back when it ends, and aborts
 * if one does not answer (`ResetStdio`): whoever outlives the hangup of its terminal would end with a core dump.
 */
export function releaseLostTerminals(): void {
  for (const descriptor of [0, 1, 2]) {
    if (!isLost(descriptor)) continue
    closeSync(descriptor)
    // The lowest number that is free: the same.
    openSync(NULL_DEVICE, 'r+')
  }
}

/** A character device that is no terminal (any more) and not where nothing comes from and everything may go. */
function isLost(descriptor: number): boolean {
  if (isatty(descriptor)) return false
  try {
    const file = fstatSync(descriptor)
    return file.isCharacterDevice() && file.rdev !== statSync(NULL_DEVICE).rdev
  } catch {
    return false
  }
}
