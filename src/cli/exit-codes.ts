/** What the exit code says; if several apply, the first of EXIT_PRIORITY. */
export const EXIT_DONE = 0
export const EXIT_FINDINGS = 1
export const EXIT_USAGE = 2
/** A capture could not be read at all. */
export const EXIT_UNREADABLE = 3
/** A capture was cut or damaged part-way: what was readable is reported. */
export const EXIT_INCOMPLETE = 4
export const EXIT_NO_INTERFACE = 5
/** A fault of tcpaudit itself; the number is EX_SOFTWARE of sysexits.h. */
export const EXIT_FAULT = 70

/** Only of `run`: its command cannot be executed, is not there, or was ended by a signal, whose number is added. */
export const EXIT_NOT_EXECUTABLE = 126
export const EXIT_NOT_FOUND = 127
export const EXIT_SIGNAL = 128

const EXIT_PRIORITY: readonly number[] = [
  EXIT_FAULT,
  EXIT_USAGE,
  EXIT_UNREADABLE,
  EXIT_NO_INTERFACE,
  EXIT_INCOMPLETE,
  EXIT_FINDINGS,
]

/** The one code for everything that applied. */
export function exitCode(codes: Iterable<number>): number {
  const all = new Set(codes)
  return EXIT_PRIORITY.find((code) => all.has(code)) ?? EXIT_DONE
}
