import { fileCommandText } from './file-command.ts'
import type { PacketView } from './packet-input.ts'

/** Commands that show more, as they have to be typed. */
export function moreCommands({ connection, capture, facts, findings }: PacketView): string[] {
  const command = fileCommandText(capture)
  const rules = [...new Set(findings.map(({ rule }) => rule))]
  const since = (facts.time / 1e9).toFixed(9).replace(/0{1,8}$/, '')
  return [
    ...(connection === null || command === undefined ? [] : [`${command} --connection ${connection.id}`]),
    ...(facts.time < 0 || connection === null || command === undefined
      ? []
      : [`${command} --as-of +${since}`]),
    ...rules.map((rule) => `tcpaudit explain ${rule}`),
  ]
}

/** The display filter that finds the frame, in the capture that it is from. */
export function wiresharkFilter({ facts, capture: { origins } }: PacketView): string {
  return `frame.number == ${origins === undefined ? facts.packet : origins.packet(facts.packet)}`
}

/** The one that finds its connection; null where Wireshark’s number is not known, as that of several captures. */
export function streamFilter({ capture, connection }: PacketView): string | null {
  if (capture.origins !== undefined || connection === null || connection.stream === null) return null
  return `tcp.stream == ${connection.stream}`
}
