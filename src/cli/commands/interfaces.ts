import { listInterfaces } from '../../live/interfaces.ts'
import { interfaceTable } from '../../report/interface-table.ts'
import { EXIT_DONE, EXIT_NO_INTERFACE } from '../exit-codes.ts'
import { StreamOutput } from '../report-output.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'

/** `tcpaudit interfaces`: what `live` can listen on. Returns the exit code. */
export async function interfacesCommand(
  { color }: { readonly color: boolean },
  stdio: Stdio,
): Promise<number> {
  const interfaces = listInterfaces()
  const style = terminalStyle(stdio, { color, toFile: false })
  await new StreamOutput(stdio.stdout).write(interfaceTable(interfaces, style))
  return interfaces.some(({ obstacle }) => obstacle === undefined) ? EXIT_DONE : EXIT_NO_INTERFACE
}
