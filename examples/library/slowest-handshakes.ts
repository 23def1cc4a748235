// Compiled (tsc) and run as: node slowest-handshakes.js CAPTURE: the five slowest handshakes of a capture.
import { auditReport, type ConnectionDocument } from 'tcpaudit'

function handshakeSeconds({ handshake }: ConnectionDocument): number {
  return handshake?.rttSeconds ?? 0
}

const [capture = ''] = process.argv.slice(2)
const { connections } = await auditReport(capture, { config: { rules: { 'capture-offload': 'off' } } })
const slowest = connections.sort((one, other) => handshakeSeconds(other) - handshakeSeconds(one)).slice(0, 5)
for (const connection of slowest) {
  const { client, server } = connection
  const time = (1000 * handshakeSeconds(connection)).toFixed(3)
  console.log(`${time} ms  ${client.address}:${client.port} → ${server.address}:${server.port}`)
}
