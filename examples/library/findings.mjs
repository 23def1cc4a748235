// node findings.mjs CAPTURE...: what went wrong, gravest first; exits with 1 if anything is an error or worse.
import { AuditError, audit } from 'tcpaudit'

const GRAVE = ['critical', 'error']

try {
  for await (const event of audit(process.argv.slice(2), { events: ['finding', 'end'] })) {
    if (event.type === 'end') console.log(`${event.summary.connections} connections`)
    else if (event.final) {
      console.log(`${event.severity}: ${event.title} (${event.rule})`)
      if (GRAVE.includes(event.severity)) process.exitCode = 1
    }
  }
} catch (error) {
  if (!(error instanceof AuditError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
