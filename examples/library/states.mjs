// tcpdump -U -w - tcp | node states.mjs [SECONDS]: every change of state, as it happens; ends by itself after SECONDS.
import { audit } from 'tcpaudit'

const seconds = Number(process.argv[2] ?? 3600)
const signal = AbortSignal.timeout(seconds * 1000)

try {
  for await (const event of audit(process.stdin, { events: ['state', 'retraction'], signal })) {
    const sign = event.type === 'state' ? '' : `not ${event.retracted}, still `
    console.log(`${event.time} ${event.address}:${event.port} ${sign}${event.state} (${event.basis})`)
  }
} catch (error) {
  if (!signal.aborted) throw error
}
